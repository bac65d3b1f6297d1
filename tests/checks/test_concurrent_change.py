"""Events beside a claim: who shares them, in words, and the edges of the time that counts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import by_hand

from innoeval.checks import Case, Measurement
from innoeval.checks.concurrent_change import ConcurrentChange, _reach, _shared
from innoeval.records import Event

VALUES = np.arange(50.0).reshape(5, 10) % 7


def with_events(*events: tuple[str, object], n_treated: int = 2) -> Case:
    told = [Event(period=period, scope=scope, what="a law") for period, scope in events]
    return by_hand(VALUES, n_treated, 5, claim={"events": told})


@pytest.mark.parametrize(
    ("scope", "who", "shared"),
    [
        ("all", "both", "all units"),
        ("treated", "treated", "2 of 2 treated and 0 of 3 comparison units"),
        (("u00",), "treated", "1 of 2 treated and 0 of 3 comparison units"),
        (("u02", "u03", "u04"), "comparison", "0 of 2 treated and 3 of 3 comparison units"),
        (("u02", "u03"), "uneven", "0 of 2 treated and 2 of 3 comparison units"),
        (("u00", "u02", "u03", "u04"), "uneven", "1 of 2 treated and 3 of 3 comparison units"),
        (("u00", "u01", "u02"), "uneven", "2 of 2 treated and 1 of 3 comparison units"),
        (("u00", "u01", "u02", "u03", "u04"), "both", "all units"),
    ],
)
def test_who_shares_an_event(scope: object, who: str, shared: str) -> None:
    case = with_events(("2005", scope))
    event = case.claim.events[0]
    assert _reach(event, case) == who
    assert _shared(event, case) == shared


def test_an_event_for_all_where_all_are_treated() -> None:
    case = with_events(("2005", "all"), ("2005", ("u00", "u01", "u02", "u03", "u04")), n_treated=5)
    assert [_reach(event, case) for event in case.claim.events] == ["treated", "treated"]


def asked(*events: tuple[str, object]) -> Measurement:
    return ConcurrentChange().measure(with_events(*events))


def test_words() -> None:
    assert asked(("2005", ("u02", "u03"))).says == (
        "Another change in 2005 (a law) reached 0 of 2 treated and 2 of 3 comparison units: not both groups alike."
    )
    assert asked(("2005", "treated")).says == (
        "At the same time (2005) the treated units also got: a law; no comparison unit shares it, so the two "
        "cannot be told apart."
    )
    assert asked(("2005", ("u02", "u03", "u04"))).says.startswith(
        "The comparison units, and they alone, had a change of their own in 2005: a law;"
    )
    assert (
        asked(("2005", "all")).says
        == "What else changed (a law, 2005) reached all units and is netted off."
    )
    assert asked(("2001", ("u00",))).says == (
        "An earlier change (a law, 2001) reached 1 of 2 treated and 0 of 3 comparison units; what it did between "
        "then and the start is part of the comparison."
    )


@pytest.mark.parametrize(
    ("period", "status"),
    [("2000", "clear"), ("2001", "cannot_tell"), ("2003", "cannot_tell"), ("2004", "problem"),
     ("2009", "problem"), ("2010", "clear")],
)  # fmt: skip
def test_an_event_of_the_treated_by_its_time(period: str, status: str) -> None:
    found = asked((period, "treated"))
    assert found.status == status
    if status == "clear":
        assert found.says == (
            "The other changes on record reached all units, or came before the first or after the last period."
        )


def test_the_worst_of_several_is_told() -> None:
    assert asked(("2005", "all"), ("2006", ("u02",)), ("2007", "treated")).severity == "fatal"
    uneven = asked(("2001", ("u00",)), ("2005", "all"), ("2006", ("u02",)))
    assert (uneven.status, uneven.severity) == ("problem", "major")
