"""The change of the treated units and that of the others, apart: parts by hand, words and edges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from tests.checks.cases import by_hand

from innoeval.checks import Case, Measurement
from innoeval.checks.comparator_drift import (
    ComparatorDrift,
    _changes,
    _explained,
    _for_all,
    _reach,
    _redefined,
    _worse_at_once,
)
from innoeval.records import Event, Panel
from innoeval.stats.breaks import Step

SHORT = np.array([[0.0, 1, 0, 1, 2, 3], [1, 0, 1, 2, 2, 2], [0, 2, 1, 0, 0, 3], [2, 1, 0, 1, 1, 1]])


def test_changes_and_their_reach_by_hand() -> None:
    starts = {"u00": "2002", "u01": "2004"}
    case = by_hand(SHORT, 2, 2, claim={"treated": starts, "start": None})
    # The others at the first start.
    assert _changes(case).tolist() == [1.0, 1.0, -0.0, -0.75]
    # 1 and 3: standard deviation √2, over √2; one degree of freedom.
    assert _reach(np.array([1.0, 3.0]), 0.95) == pytest.approx(12.706, abs=1e-3)


def drift(own: tuple[float, float], others: tuple[float, float], margin: float = 1.0, *,
          measured: float = 1.0, low: float = 0.5, **more: object) -> Measurement:  # fmt: skip
    """Changes of two treated units and of two others, on either side of a start."""
    values = np.zeros((4, 4))
    values[:, 1] = [0.5, -0.5, 0.5, -0.5]
    values[:, 2] = [*own, *others]
    values[:, 3] = values[:, 2]
    values[:, 0] = -values[:, 1]
    case = by_hand(values, 2, 2, improved=(measured, low, 2 * measured), margin=margin, **more)
    return ComparatorDrift().measure(case)


def test_little_here_and_worse_there() -> None:
    found = drift((0.1, 0.1), (-2.0, -2.0), measured=0.3)
    assert found.status == "problem"
    assert found.says == (
        "The treated units changed by 0.1 for the better, the others by −2: little got better here, the others "
        "got worse, and no event on record explains why."
    )
    assert (found.bias.value, found.bias.std_error) == (2.0, 0.0)
    event = Event(period="2002", scope="all", what="a law")
    told = drift((0.1, 0.1), (-2.0, -2.0), measured=0.3, claim={"events": [event]})
    # An event that explains it does not rule out that it made the improvement.
    assert told.status == "cannot_tell"
    assert told.says.endswith(
        "; part of the improvement is that the others got worse, which an event on record explains."
    )


def test_half_of_what_is_measured_is_enough() -> None:
    # Half of .25 is .125, exactly.
    half = drift((0.125, 0.125), (-2.0, -2.0), measured=0.25)
    assert (half.status, half.says.rpartition("; ")[2]) == (
        "clear", "part of the improvement is that the others got worse.",
    )  # fmt: skip
    assert drift((0.125, 0.125), (-2.0, -2.0), measured=0.26).status == "problem"
    # Of one treated unit nobody knows by how much it might have moved alone.
    values = np.array([[0.0, 0, 3, 3], [0.5, -0.5, -2, -2], [-0.5, 0.5, -2, -2]])
    one = ComparatorDrift().measure(by_hand(values, 1, 2, improved=(5.0, 4.0, 6.0)))
    assert one.status == "cannot_tell"
    assert (
        ComparatorDrift().measure(by_hand(values, 1, 2, improved=(7.0, 6.0, 8.0))).status
        == "problem"
    )


def test_others_that_may_have_got_worse() -> None:
    # The others moved by −1 and 1: up to 12.7 worse. The treated units' 3 are half of 6, and not of 6.1.
    assert drift((3.0, 3.0), (-1.0, 1.0), measured=6.0).status == "clear"
    found = drift((3.0, 3.0), (-1.0, 1.0), measured=6.1)
    assert found.status == "cannot_tell"
    assert found.says == (
        "The treated units changed by 3 for the better, the others by 0; that the others got worse by 12.7 is not "
        "ruled out."
    )
    assert drift((3.0, 3.0), (-1.0, 1.0), 12.8, measured=6.1).says.endswith("the others by 0.")
    assert drift((3.0, 3.0), (-1.0, 1.0), 12.8, measured=6.1).status == "clear"
    event = Event(period="2002", scope="all", what="a law")
    assert drift((3.0, 3.0), (-1.0, 1.0), measured=6.1, claim={"events": [event]}).status == "clear"
    # Others that stayed did not get worse.
    assert drift((3.0, 3.0), (0.0, 0.0), measured=6.1).says.endswith("the others by 0.")


def test_no_improvement_that_it_could_have_made() -> None:
    found = drift((3.0, 3.0), (-1.0, 1.0), low=0.0)
    assert found.status == "clear"
    assert found.says.endswith("; no improvement is shown that this could have made.")
    assert drift((3.0, 3.0), (-1.0, 1.0), low=0.001, measured=7.0).status == "cannot_tell"


def test_two_others_are_enough_and_one_is_not() -> None:
    few = ComparatorDrift().measure(by_hand(SHORT[:3], 2, 2))
    assert (few.status, few.says) == ("not_applicable", "There are too few units to tell.")
    assert ComparatorDrift().measure(by_hand(SHORT, 2, 2)).status != "not_applicable"


def stepped(monkeypatch: pytest.MonkeyPatch, beside_a_trend: float, alone: float, *,
            n: int = 12, launch: int = 6, **more: object) -> Step | None:  # fmt: skip
    """The step that is shown, of steps that lie so many errors away."""

    def shared_step(series: object, at: int, cycle: int, *, trend: bool) -> Step:
        return Step(beside_a_trend / 2 if trend else alone / 2, 0.5, 1e12)

    monkeypatch.setattr("innoeval.checks.comparator_drift.shared_step", shared_step)
    values = np.arange(5.0 * n).reshape(5, n) % 7
    return _worse_at_once(by_hand(values, 2, launch, **more))


def test_a_step_is_shown_beyond_both_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful, sure = float(ndtri(0.1)), float(ndtri(0.005))
    found = stepped(monkeypatch, doubtful - 0.01, sure - 0.01)
    assert found is not None
    assert found.change == pytest.approx((sure - 0.01) / 2)
    assert stepped(monkeypatch, doubtful + 0.01, sure - 0.01) is None
    assert stepped(monkeypatch, doubtful - 0.01, sure + 0.01) is None
    assert (
        stepped(monkeypatch, -doubtful + 0.01, 0.01 - sure, claim={"better": "lower"}) is not None
    )
    assert stepped(monkeypatch, 3.0, 3.0) is None
    # With five periods on a side nothing is asked.
    assert stepped(monkeypatch, -5.0, -5.0, n=11) is None
    assert stepped(monkeypatch, -5.0, -5.0, launch=5) is None
    starts = {"u00": "2006", "u01": "2007"}
    several = {"treated": starts, "start": None}
    assert stepped(monkeypatch, -5.0, -5.0, n=14, claim=several) is None


def test_no_step_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(60.0).reshape(5, 12) % 7
    monkeypatch.setattr("innoeval.checks.comparator_drift.shared_step", lambda *_, **__: None)
    assert _worse_at_once(by_hand(values, 2, 6)) is None
    flat = Step(-1.0, 0.0, 5.0)
    monkeypatch.setattr("innoeval.checks.comparator_drift.shared_step", lambda *_, **__: flat)
    assert _worse_at_once(by_hand(values, 2, 6)) is None
    monkeypatch.setattr("innoeval.checks.comparator_drift.shared_step", lambda *_, **__: 1 / 0)
    values[2:, 3] = np.nan
    assert _worse_at_once(by_hand(values, 2, 6)) is None


@pytest.mark.parametrize(
    ("period", "scope", "known"),
    [("2003", "all", False), ("2004", "all", True), ("2005", "all", True), ("2009", "all", True),
     ("2005", "treated", False), ("2005", ("u00", "u03"), False)],
)  # fmt: skip
def test_an_event_that_reached_all_explains_it(period: str, scope: object, known: bool) -> None:
    values = np.arange(40.0).reshape(4, 10) % 7
    case = by_hand(
        values, 2, 5, claim={"events": [Event(period=period, scope=scope, what="a law")]}
    )
    assert _for_all(case) is known
    assert _explained(case) is known


@pytest.mark.parametrize(
    ("assignment", "alike"),
    [("lottery", True), ("randomised", True), ("observational", False), ("cutoff", False)],
)
def test_a_lot_makes_them_alike(assignment: str, alike: bool) -> None:
    values = np.arange(40.0).reshape(4, 10) % 7
    assert _explained(by_hand(values, 2, 5, claim={"assignment": assignment})) is alike


def versioned(
    anew: dict[int, int], n: int = 10, launch: int = 5, missing: tuple[int, ...] = ()
) -> Case:
    """A case whose units are recorded in another way from the periods given on."""
    plain = by_hand(np.arange(4.0 * n).reshape(4, n) % 7, 2, launch)
    frame = plain.panel.frame.copy()
    year = frame["year"].astype(str).str[:4].astype(int) - 2000
    unit = frame["unit"].str[1:].astype(int)
    frame["version"] = np.where(year >= unit.map(lambda i: anew.get(i, 99)), "b", "a")
    frame["year"] = (year + 2000).astype(str)
    frame = frame[~((unit > 1) & year.isin(missing))]
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  version="version")  # fmt: skip
    return by_hand(plain.arrangement.outcomes, 2, launch, panel=panel)


@pytest.mark.parametrize(
    ("when", "shared"), [(3, False), (4, True), (5, True), (6, True), (7, False)]
)
def test_a_definition_that_the_others_changed_around_the_start(when: int, shared: bool) -> None:
    assert _redefined(versioned({2: when})) is shared
    assert _redefined(versioned({0: when, 1: when})) is False
    assert _explained(versioned({2: when, 3: when})) is shared


def test_a_definition_at_the_ends_of_the_panel() -> None:
    # The start is in the second, or in the last period.
    assert _redefined(versioned({3: 1}, launch=1)) is True
    assert _redefined(versioned({3: 9}, launch=9)) is True
    # Where rows are missing that would show it, it is not known.
    assert _redefined(versioned({2: 5, 3: 5}, missing=(3,))) is False
    assert _redefined(versioned({2: 5, 3: 5}, missing=(6,))) is False
