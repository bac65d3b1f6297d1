"""What goes to the workers of this machine: joblib remembers each array that does, for good."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from tests.portfolio.portfolios import one_panel, own_panels

import innoeval as ie
from innoeval.portfolio import judge as judge_module
from innoeval.portfolio import run as run_module
from innoeval.portfolio import workers as workers_module
from innoeval.portfolio.panels import laid_down, taken_up


class Counting(pickle.Pickler):
    """Counts arrays on their way, as joblib's own pickler meets them."""

    arrays = 0

    def reducer_override(self, obj: object) -> Any:
        self.arrays += isinstance(obj, np.ndarray)
        return NotImplemented


def arrays_in(task: tuple[Any, ...]) -> int:
    counting = Counting(io.BytesIO(), pickle.HIGHEST_PROTOCOL)
    counting.dump(task)
    return counting.arrays


@pytest.mark.parametrize("shared", [False, True])
def test_a_shared_panel_travels_as_one_array_and_others_as_none(
    shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, panels = one_panel(5) if shared else own_panels(5)
    expected = ie.evaluate_all(claims, panels, progress=False).tidy()
    met: list[int] = []

    def each(work: Any, tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        for task in tasks:
            met.append(arrays_in(task))
            yield work(*task)

    monkeypatch.setattr(run_module, "each", each)
    monkeypatch.setattr(run_module, "share_a_disk", lambda: True)
    found = ie.evaluate_all(claims, panels, chunk_size=2, progress=False).tidy()
    assert met == [int(shared)] * 3
    assert found.equals(expected)


def test_a_file_of_panels_is_gone_once_it_is_taken_up(tmp_path: Path) -> None:
    panels = tuple(own_panels(2)[1].values())
    path = laid_down(panels, tmp_path)
    assert isinstance(path, Path)
    whole = taken_up(path)
    assert [panel.fingerprint for panel in whole] == [panel.fingerprint for panel in panels]
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_room_panels_travel_as_they_are(tmp_path: Path) -> None:
    panels = tuple(own_panels(1)[1].values())
    assert laid_down(panels, tmp_path / "missing") is panels
    assert laid_down(panels, None) is panels


def test_nothing_to_do_calls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joblib, "Parallel", None)
    assert list(workers_module.each(abs, [])) == []


def test_a_worker_collects_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(judge_module, "_COLLECT_AFTER", 4)
    monkeypatch.setattr(judge_module, "_judged_since", 0)
    monkeypatch.setattr(judge_module.gc, "collect", lambda: collected.append(1))
    ie.evaluate_all(*own_panels(5), chunk_size=2, progress=False)
    assert collected == [1]
