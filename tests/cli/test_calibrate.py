"""`innoeval calibrate`: a folder of rows, a page of tables, and what its end says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyarrow import parquet


def test_a_run_leaves_rows_and_a_page(tmp_path: Path, run: Any) -> None:
    page = tmp_path / "judge.md"
    asked = ("calibrate", tmp_path / "run", "--judge", "welch", "--judge", "twfe", "--family",
             "clean", "--draws", 2, "--page", page)  # fmt: skip
    done = run(*asked)
    assert done.code == 0, done.err
    assert "welch" in done.out
    assert parquet.read_table(tmp_path / "run" / "rows.parquet").num_rows == 16
    written = page.read_text("utf-8")
    assert "| clean |" in written
    again = run(*asked)
    assert again.code == 1
    assert "--resume" in again.err
    resumed = run(*asked, "--resume")
    assert resumed.code == 0
    assert page.read_text("utf-8") == written


def test_what_is_not_known_is_told_and_the_rest_is_run(tmp_path: Path, run: Any) -> None:
    done = run("calibrate", tmp_path / "run", "--judge", "welch", "--family", "clean", "--family",
               "clear", "--draws", 1)  # fmt: skip
    assert done.code == 3
    assert "did you mean 'clean'" in " ".join(done.out.split())


def test_a_run_of_nothing_is_refused(tmp_path: Path, run: Any) -> None:
    done = run("calibrate", tmp_path / "run", "--judge", "welsh")
    assert done.code == 1
    assert "did you mean 'welch'" in done.err
