"""A slice of odd files for every reader, and every file that broke one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.page import page
from tests.fuzz.readers import READERS
from tests.fuzz.run import attempt, fuzz

FOUND = sorted((Path(__file__).parent / "found").glob("*.*"))
#: So many that every reader takes about a tenth of a second.
SLICE = {"service records": 1, "records as lines": 1, "panel in Excel": 3, "panel as text": 6, "panel with marks": 4,
         "run record": 20, "run in Parquet": 20, "panel in Parquet": 30, "claims as table": 30, "claims in YAML": 40}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_no_odd_file_breaks_a_reader(name: str, tmp_path: Path) -> None:
    tally = fuzz(READERS[name], 20_261_124, SLICE.get(name, 150), tmp_path)
    assert tally.crashes == {}
    assert tally.read + tally.refused == tally.inputs
    assert tally.worst < 10


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_broke_a_reader_once_does_not_break_it_again(path: Path, tmp_path: Path) -> None:
    name = path.stem.rsplit("-", 1)[0].replace("_", " ")
    assert attempt(READERS[name], path.read_bytes(), tmp_path) in {"", "refused"}


def test_the_page_adds_the_runs_up() -> None:
    run = {"name": "ledger", "inputs": 1200, "read": 1000, "refused": 200, "crashes": {}, "worst": 0.5,
           "spent": 0.6, "memory": 2048, "seed": 3}  # fmt: skip
    told = page([run, run | {"seed": 4, "worst": 0.1, "crashes": {"x": "y"}}])
    assert "**2,400 files, 1 crashes.**" in told
    assert "| ledger | 2,400 | 2,000 | 400 | 1 | 500 ms | 0.50 ms | 2 MB |" in told
