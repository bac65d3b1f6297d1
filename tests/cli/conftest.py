"""A small service with a claim about it, and the command line as a function."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from innoeval.cli import main

UNITS = ("North", "East", "South", "West", *(f"Ward {i}" for i in range(1, 11)))
MONTHS = tuple(f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in range(1, 13))
CLAIM = {
    "id": "desk", "innovation": "One-stop desk", "outcome": "days", "better": "lower",
    "treated": "North; East; South; West", "start": "2023-01", "size": "0.25", "scale": "relative",
    "smallest_effect": "0.05",
}  # fmt: skip
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Run:
    """What a call of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Call the command line in this process."""

    def call(*arguments: object) -> Run:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Run(code=int(stop.value.code or 0), out=said.out, err=said.err)

    return call


def service(offset: float = 0.0) -> Rows:
    """Fourteen wards over three years; the four first gain 5 of 20 days in 2023."""
    noise = np.random.default_rng(7).normal(0, 0.6, (len(UNITS), len(MONTHS)))
    return [
        {"ward": unit, "month": month,
         "days": round(20 + i * 0.2 + noise[i, t] - 5 * (i < 4 and t >= 24) + offset, 3)}
        for i, unit in enumerate(UNITS) for t, month in enumerate(MONTHS)
    ]  # fmt: skip


def write(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """Rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True)
class Desk:
    """The files of one run, and where its results go."""

    claims: Path
    panel: Path
    out: Path

    def claim(self, **changes: object) -> None:
        """Write the claim with some cells changed."""
        write(self.claims, [CLAIM | changes])

    def rows(self, offset: float = 0.0) -> Rows:
        """The rows of the panel, to be changed and written again."""
        return service(offset)

    def data(self, rows: Rows) -> None:
        """Write the panel."""
        write(self.panel, rows)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The claim and the panel as files, both without fault."""
    files = Desk(claims=tmp_path / "claims.csv", panel=tmp_path / "panel.csv", out=tmp_path / "out")
    files.claim()
    files.data(service())
    return files
