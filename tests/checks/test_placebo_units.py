"""Groups of other units: what share of them is rare, and where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand

from innoeval.checks import Measurement
from innoeval.checks.placebo_units import PlaceboUnits, _impossible

VALUES = np.arange(42.0).reshape(7, 6) % 5


def asked(monkeypatch: pytest.MonkeyPatch, share: float, low: float = 0.5) -> Measurement:
    """The answer where such a share of groups shows as much."""
    monkeypatch.setattr("innoeval.checks.placebo_units.placebo_groups", lambda *_, **__: share)
    return PlaceboUnits().measure(by_hand(VALUES, 2, 3, improved=(1.0, low, 1.5)))


@pytest.mark.parametrize(
    ("share", "status"),
    [(0.05, "clear"), (0.051, "cannot_tell"), (0.1, "cannot_tell"), (0.101, "problem")],
)
def test_shares_that_are_rare_and_common(
    monkeypatch: pytest.MonkeyPatch, share: float, status: str
) -> None:
    found = asked(monkeypatch, share)
    assert (found.status, found.statistic) == (status, share)
    ending = {
        "clear": ", which is rare.",
        "cannot_tell": "; that is few, but not rare.",
        "problem": "; so it may be chance, though the usual interval shows an improvement.",
    }[status]
    assert found.says.endswith(ending)


def test_no_improvement_and_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, 0.4, 0.0)
    assert found.status == "clear"
    assert found.says.endswith(
        "40 % show as large a gain; no improvement is shown that this could put in doubt."
    )
    assert "without the innovation 1 % show" in asked(monkeypatch, 0.01).says
    assert "without the innovation fewer than 1 % show" in asked(monkeypatch, 0.009).says
    none = asked(monkeypatch, float("nan"))
    told = "Too many values are missing to pretend other treated units."
    assert (none.status, none.says) == ("not_applicable", told)


def test_three_more_others_are_enough() -> None:
    assert _impossible(by_hand(VALUES, 2, 3)) == ""
    assert _impossible(by_hand(VALUES[:6], 2, 3)) == (
        "There are 2 treated and 4 comparison units; 3 more of the latter are needed to pretend."
    )
    starts = {"u00": "2002", "u01": "2003"}
    several = by_hand(VALUES, 2, 2, claim={"treated": starts, "start": None})
    assert _impossible(several) == "The treated units start at different dates."
