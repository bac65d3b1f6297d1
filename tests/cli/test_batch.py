"""`innoeval batch`: a register into a folder, on from a kill, and what its end says."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from tests.cli.conftest import CLAIM, write

import innoeval as ie


def table(desk: Any) -> list[dict[str, str]]:
    with (desk.out / "portfolio.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def register(desk: Any, *changes: dict[str, object]) -> None:
    write(desk.claims, [CLAIM, *(CLAIM | change for change in changes)])


def test_a_register_becomes_a_table_and_a_summary(desk: Any, run: Any) -> None:
    register(desk, {"id": "door", "size": "0.9"})
    done = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 0, done.err
    assert {row["id"]: row["status"] for row in table(desk)} == {
        "desk": "supported", "door": "overstated",
    }  # fmt: skip
    for word in ("2 claims", "holds up", "does not hold up", "50 %", "portfolio.csv"):
        assert word in done.out
    assert len(ie.read_portfolio(desk.out / "run.parquet")) == 2


def test_reports_are_written_on_request(desk: Any, run: Any) -> None:
    register(desk, {"id": "door", "size": "0.9"})
    done = run("batch", desk.claims, desk.panel, "-o", desk.out, "--html", "--pdf")
    assert done.code == 0, done.err
    assert "portfolio.csv, portfolio.html, portfolio.pdf and" in " ".join(done.out.split())
    assert b"Of 2 claims, 1 holds up" in (desk.out / "portfolio.html").read_bytes()
    assert (desk.out / "portfolio.pdf").read_bytes().startswith(b"%PDF")


def test_a_claim_that_fails_does_not_end_the_run(desk: Any, run: Any) -> None:
    register(desk, {"id": "lost", "treated": "Nowhere"})
    done = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 3
    assert "1 of 2 claims failed" in done.out
    by_id = {row["id"]: row for row in table(desk)}
    assert "Nowhere" in by_id["lost"]["error"]
    assert by_id["desk"]["status"] == "supported"


def test_a_claim_about_a_metric_that_is_not_there_does_not_end_the_run(desk: Any, run: Any) -> None:
    register(desk, {"id": "typo", "outcome": "dayz"})
    done = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert done.code == 3, done.err
    by_id = {row["id"]: row for row in table(desk)}
    assert "'dayz' is not a metric" in by_id["typo"]["error"]
    assert by_id["desk"]["status"] == "supported"
    register(desk, {"id": "typo", "outcome": "dayz"}, {"id": "desk"})
    assert run("batch", desk.claims, desk.panel, "-o", desk.out / "twice").code == 1


def test_a_run_is_not_begun_twice_by_mistake_and_goes_on_when_told(desk: Any, run: Any) -> None:
    assert run("batch", desk.claims, desk.panel, "-o", desk.out).code == 0
    again = run("batch", desk.claims, desk.panel, "-o", desk.out)
    assert again.code == 1
    assert "holds a run already; add --resume" in again.err
    register(desk, {"id": "=door"})
    done = run("batch", desk.claims, desk.panel, "-o", desk.out, "--resume")
    assert done.code == 0, done.err
    assert [row["id"] for row in table(desk)] == ["'=door", "desk"]
    strict = run("batch", desk.claims, desk.panel, "-o", desk.out, "--resume", "--strict")
    assert strict.code == 1
    assert "strict False and this one has True" in strict.err


@pytest.mark.parametrize(
    ("options", "word"),
    [(["--jobs", "-2"], "--jobs"), (["--dask", "nonsense://here"], "no Dask scheduler answers")],
)
def test_wrong_workers_are_told(desk: Any, run: Any, options: list[str], word: str) -> None:
    if "--dask" in options:
        pytest.importorskip("distributed")
    done = run("batch", desk.claims, desk.panel, "-o", desk.out, *options)
    assert done.code in {1, 2}
    assert word in done.err
    assert not (desk.out / "portfolio.csv").exists()
