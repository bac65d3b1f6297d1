"""`innoeval verify` and `innoeval register`: what they say, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from innoeval.cli import main

SAVED = Path(__file__).parents[1] / "reference" / "saved"
PANEL = str(SAVED / "evaluation_panel.csv")
CLAIMS = """id,innovation,outcome,better,treated,start,size,registered_on
none,Simulated innovation,outcome,lower,unit-001; unit-002,2022-07,0.15,{said}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    shown = capsys.readouterr()
    return code, " ".join((shown.out + shown.err).split())


@pytest.fixture
def results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    claims = tmp_path / "claims.csv"
    claims.write_text(CLAIMS.format(said=""))
    folder = tmp_path / "results"
    code, _ = run(capsys, "evaluate", claims, PANEL, "--out", folder, "--no-briefs")
    assert code == 0
    return folder


def test_a_verdict_stands_without_a_word_about_columns(results: Path, capsys) -> None:
    code, told = run(capsys, "verify", results / "none.json", PANEL)
    assert code == 0
    assert "stands: the same data" in told
    code, told = run(capsys, "verify", results / "none.json", PANEL, "--json")
    assert json.loads(told)["stands"] is True


def test_other_data_are_named_and_the_exit_code_says_so(results, tmp_path, capsys) -> None:
    other = tmp_path / "other.csv"
    other.write_text(Path(PANEL).read_text().replace("19.583310587585437", "29.5"))
    code, told = run(capsys, "verify", results / "none.json", other)
    assert code == 4
    assert "does not stand: data" in told
    code, told = run(capsys, "verify", PANEL, PANEL)
    assert code == 1


def test_a_list_of_panels_and_an_older_record_are_read(results, tmp_path, capsys) -> None:
    listed = tmp_path / "panels.yaml"
    (tmp_path / "panel.csv").write_bytes(Path(PANEL).read_bytes())
    listed.write_text("a: {file: panel.csv, claims: [none], unit: unit, period: period, outcomes: [outcome]}")  # fmt: skip
    assert run(capsys, "verify", results / "none.json", listed)[0] == 0
    listed.write_text("a: {file: panel.csv, claims: [x], unit: unit, period: period, outcomes: [outcome]}")  # fmt: skip
    assert run(capsys, "verify", results / "none.json", listed)[0] == 1
    code, told = run(capsys, "verify", SAVED / "evaluation_format_1.json", PANEL)
    assert code in {0, 4}  # a later version may judge otherwise; the data are the same
    assert "The data are not" not in told


def test_a_register_shows_edits_and_its_exit_code_says_so(results, tmp_path, capsys) -> None:
    claims, ledger = tmp_path / "claims.csv", tmp_path / "ledger.jsonl"
    code, told = run(capsys, "register", claims, ledger)
    assert code == 0
    assert "1 put on record" in told
    head = told.split()[-1]
    assert run(capsys, "verify", results / "none.json", PANEL, "--ledger", ledger)[0] == 0
    code, told = run(capsys, "register", claims, ledger, "--check", "--head", head)
    assert code == 0
    assert "Nothing was changed" in told
    claims.write_text(CLAIMS.format(said="2020-01-01").replace("0.15", "0.1"))
    code, told = run(capsys, "register", claims, ledger, "--check")
    assert code == 4
    assert "size was 0.15 and is 0.1" in told
    code, told = run(capsys, "register", claims, ledger)
    assert code == 1
    assert "--amend" in told
    code, told = run(capsys, "register", claims, ledger, "--amend")
    assert code == 0
    assert "registered on 2020-01-01" in told
    assert run(capsys, "register", claims, ledger, "--head", "f" * 64)[0] == 4
    assert run(capsys, "verify", results / "none.json", PANEL, "--ledger", ledger)[0] == 4
    ledger.write_text(ledger.read_text().replace("unit-001", "unit-003", 1))
    code, told = run(capsys, "register", claims, ledger, "--check")
    assert code == 4
    assert "Line 1 (claim 'none'" in told
