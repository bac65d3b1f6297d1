"""What workers send back, and the rows that they make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.evaluations import build
from tests.portfolio.portfolios import own_panels

from innoeval.portfolio.judge import judge
from innoeval.portfolio.rows import row
from innoeval.portfolio.workers import WorkerLostError, each
from innoeval.records import Policy


def test_rows_are_left_in_the_tray_and_sent_where_there_is_none(tmp_path: Path) -> None:
    claims, panels = own_panels(1)
    there, sent, gone = (
        judge(0, tuple(claims), (panels["c000"],), "", Policy(), "auto", None, tray).part
        for tray in (tmp_path, None, tmp_path / "gone")
    )
    assert isinstance(there, Path)
    assert there.parent == tmp_path
    assert there.read_bytes() == sent == gone


def test_a_chunk_without_its_panel_fails_by_name() -> None:
    claims, _ = own_panels(2)
    done = judge(7, tuple(claims), None, "", Policy(), "auto", None, None)
    assert (done.number, done.failures, done.faults) == (7, 2, ())
    assert b"PAR1" in done.part  # type: ignore[operator]


class KilledWorker(Exception):  # noqa: N818 - Dask's name for it
    """As Dask tells of a worker that was killed."""


def test_a_worker_killed_under_dask_is_a_lost_one_and_other_errors_are_themselves() -> None:
    def broken(error: Exception) -> None:
        raise error

    with pytest.raises(WorkerLostError) as caught:
        list(each(broken, [(KilledWorker("chunk 3"),)]))
    assert isinstance(caught.value.__cause__, KilledWorker)
    with pytest.raises(KeyError, match="slip"):
        list(each(broken, [(KeyError("slip"),)]))


def test_a_row_holds_what_is_known_of_the_estimate() -> None:
    none = row(build("not_evaluable", estimated=False))
    assert none["status"] == "not_evaluable"
    assert {"estimate", "std_error", "conf_low"} & set(none) == set()
    ev = build("overstated")
    assert ev.estimate is not None
    unsure = row(replace(ev, estimate=replace(ev.estimate, std_error=None)))
    assert (unsure["std_error"], unsure["statistic"]) == (None, None)
    assert unsure["estimate"] == row(ev)["estimate"]


@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_points_are_hundredths_of_the_whole(whole: float) -> None:
    ev = build("x", scale="percentage_points", size=15, smallest_effect=1, found=(6, (4, 8)))
    assert ev.estimate is not None
    found = replace(ev.estimate, whole=whole)
    told = row(replace(ev, estimate=found))
    assert told["std_error"] == pytest.approx(100 / whole * found.std_error)
    assert told["estimate"] == pytest.approx(100 / whole * found.improvement)
    assert told["statistic"] == pytest.approx(found.improvement / found.std_error)
