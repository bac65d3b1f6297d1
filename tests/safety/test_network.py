"""No word over the network that nobody asked for: every command, every report, every file that is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.safety.asked import LONG, commands, ended
from tests.safety.watching import watched

import innoeval as ie
from innoeval.cli import app
from innoeval.errors import SourceError


def test_no_command_asks_for_a_socket(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INNOEVAL_DEBUG", "1")
    tried = set()
    for typed in commands(tmp_path):
        with watched() as seen:
            code = ended(typed)
        said = capsys.readouterr()
        assert (typed, code, seen) == (typed, 0, []), said.err
        tried.add(typed[0])
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert tried == known - {LONG}


def test_the_watch_sees_what_is_asked() -> None:
    import socket

    with watched() as seen, socket.socket():
        pass
    assert seen[0].startswith("socket.__new__")


def test_a_portfolio_and_its_reports_ask_for_none(tmp_path: Path) -> None:
    case = ie.simulate.draw(seed=1, n_units=16, n_treated=4, size=2.0)
    with watched() as seen:
        portfolio = ie.evaluate_all(
            [case.claim], case.panel, resume=tmp_path / "run.parquet", progress=False
        )
        for suffix in ("html", "pdf", "csv"):
            ie.write_portfolio(portfolio, tmp_path / f"all.{suffix}")
        ie.portfolio.two_lists(portfolio)
        ie.read_portfolio(tmp_path / "run.parquet").tidy()
        ie.write_briefs(portfolio, tmp_path)
    assert seen == []


def test_a_file_of_duckdb_reaches_nothing_beside_itself(tmp_path: Path) -> None:
    """A view may name any file or address; whoever sent the file does not read ours with it."""
    import duckdb

    (tmp_path / "mine.csv").write_text("ward,opened\nA,2023-01-05\n")
    held = tmp_path / "theirs.duckdb"
    with duckdb.connect(held) as con:
        con.execute("CREATE TABLE honest AS SELECT 'A' AS ward, DATE '2023-01-05' AS opened")
        con.execute(f"CREATE VIEW sly AS SELECT * FROM read_csv('{tmp_path / 'mine.csv'}')")
    asked = {"unit": "ward", "opened": "opened", "as_of": "2023-02-01"}
    metrics = {"n": ie.metrics.Count()}
    assert ie.records(held, table="honest", **asked).panel(metrics=metrics).matrix("n").sum() == 1
    with pytest.raises(SourceError, match="file system operations are disabled"):
        ie.records(held, table="sly", **asked)


@pytest.mark.slow
def test_no_command_lives_that_asks_the_kernel_for_a_socket(tmp_path: Path) -> None:
    """Compiled libraries are not in Python's audit: here the kernel ends what asks."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.safety.asked", str(tmp_path)],
        capture_output=True, check=False, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    if done.stdout.strip().endswith("allowed {}"):
        pytest.skip("this system has no filter of system calls (Linux on x86-64 or ARM)")
    assert (done.returncode, done.stdout.strip()[-12:]) == (0, "forbidden {}"), done.stderr
