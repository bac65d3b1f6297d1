"""A clock that jumps, forwards and backwards: no verdict, no resume and no order hangs on it."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import time
from pathlib import Path

import pytest
from tests.faults.runs import Half, tidy, undisturbed

import innoeval as ie
from innoeval.claims import append
from innoeval.errors import RecordError
from innoeval.portfolio.store import Store

#: Seconds that the clock jumps each time somebody looks: half a century either way.
JUMPS = (0.0, 1.6e9, -1.6e9, 3.2e9, -1.0)


def test_a_run_goes_on_whatever_the_clock_says(run: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, then in zip(Store(run.folder).parts, (0, 4e9), strict=True):
        os.utime(part, (then, then))
    before = {path: path.stat().st_mtime_ns for path in Store(run.folder).parts}
    now, jumps = time.time, itertools.cycle(JUMPS)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: max(0.0, now() + next(jumps)))
        patch.setattr(time, "time_ns", lambda: int(1e9 * max(0.0, now() + next(jumps))))
        jumped = run.go_on()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert tidy(jumped) == tidy(undisturbed())
    # The whole record, provenance included, has no time of its making in it.
    assert sorted(jumped.texts()) == sorted(undisturbed().texts())


def test_a_clock_behind_the_register_is_told_and_spoils_nothing(
    run: Half, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, _ = run.claims
    path = tmp_path / "ledger.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(append, "datetime", clock("2026-11-24"))
        ie.register_claims([first], path)
        before = path.read_bytes()
        patch.setattr(append, "datetime", clock("1999-01-01"))
        with pytest.raises(RecordError, match=r"clock says 1999.*nothing was added: set the clock"):
            ie.register_claims([first, second], path)
        ie.register_claims([first], path)  # nothing new: nothing to date
        assert path.read_bytes() == before
        patch.setattr(append, "datetime", clock("2026-11-25"))
        ie.register_claims([second, third], path)
    ledger = ie.read_ledger(path)
    assert ledger.stands
    assert [entry.claim for entry in ledger.entries] == [first, second, third]


def clock(day: str) -> type[dt.datetime]:
    """A clock that stands still."""

    class Still(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Still:
            return cls.fromisoformat(day).replace(tzinfo=tz)

    return Still
