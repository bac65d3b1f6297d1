"""Checks that read facts: definitions, events, comparison units, numbers of units."""

from __future__ import annotations

import numpy as np
import pytest
from tests.checks.cases import finding
from tests.panels import claim_on, panel_of

from innoeval.evaluate import evaluate
from innoeval.records import Event, Panel

RNG = np.random.default_rng(5)
OUTCOMES = RNG.normal(size=(20, 16)) + 10


def versioned(changes: dict[int, int], default: int | None = None) -> Panel:
    """Panel whose unit i changes its version in period changes[i]."""
    frame = panel_of(OUTCOMES).frame
    unit = frame["unit"].str[1:].astype(int)
    year = frame["year"].dt.year - 2000
    when = unit.map(lambda i: changes.get(i, default if default is not None else 99))
    frame["version"] = np.where(year >= when, "v2", "v1")
    return Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), version="version"
    )


CLAIM = claim_on(range(6), 10)


def test_no_record_of_definitions_is_not_applicable() -> None:
    assert finding("definition_break", CLAIM, panel_of(OUTCOMES)).status == "not_applicable"


def test_one_definition_throughout_is_clear() -> None:
    assert finding("definition_break", CLAIM, versioned({})).status == "clear"


@pytest.mark.parametrize("when", [9, 10, 13])
def test_a_break_of_the_treated_from_the_start_on_is_fatal(when: int) -> None:
    panel = versioned(dict.fromkeys(range(6), when))
    found = finding("definition_break", CLAIM, panel)
    assert (found.status, found.severity) == ("problem", "fatal")
    assert evaluate(CLAIM, panel).verdict.status == "not_evaluable"


def test_an_earlier_break_is_major_and_one_of_a_single_unit_counts() -> None:
    found = finding("definition_break", CLAIM, versioned({0: 4}))
    assert (found.status, found.severity) == ("problem", "major")


def test_a_break_that_all_share_cannot_be_told() -> None:
    assert finding("definition_break", CLAIM, versioned({}, default=10)).status == "cannot_tell"


def test_a_break_that_only_some_comparison_units_share_is_fatal() -> None:
    panel = versioned(dict.fromkeys(range(10), 10))
    assert finding("definition_break", CLAIM, panel).severity == "fatal"


def test_a_declared_change_counts_without_a_version_column() -> None:
    claim = claim_on(range(6), 10, definition_changes=["2010"])
    assert finding("definition_break", claim, panel_of(OUTCOMES)).severity == "fatal"


def test_a_break_of_the_comparison_units_alone_is_fatal() -> None:
    panel = versioned(dict.fromkeys(range(6, 20), 10))
    found = finding("definition_break", CLAIM, panel)
    assert (found.status, found.severity) == ("problem", "fatal")
    few = finding("definition_break", CLAIM, versioned({19: 10}))
    assert (few.status, few.severity) == ("problem", "major")


def test_a_missing_row_at_a_shared_break_makes_no_break_of_its_own() -> None:
    panel = versioned({}, default=10)
    frame = panel.frame[~((panel.frame["unit"] == "u15") & (panel.frame["year"].dt.year == 2010))]
    holed = Panel(
        frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), version="version"
    )
    assert finding("definition_break", CLAIM, holed).status == "cannot_tell"


def test_of_two_events_with_the_same_words_none_is_lost() -> None:
    events = [
        Event(period="2010", scope="treated", what="a law"),
        Event(period="2012", scope="all", what="a law"),
    ]
    found = finding("concurrent_change", claim_on(range(6), 10, events=events), panel_of(OUTCOMES))
    assert found.severity == "fatal"


@pytest.mark.parametrize(
    ("scope", "period", "status", "severity"),
    [
        ("treated", "2010", "problem", "fatal"),
        ("treated", "2009", "problem", "fatal"),
        ("treated", "2003", "cannot_tell", "major"),
        ("treated", "1999", "clear", "major"),
        ("all", "2003", "clear", "major"),
        ("all", "2010", "clear", "major"),
        (("u00", "u01"), "2011", "problem", "fatal"),
        (("u15",), "2011", "problem", "major"),
        (tuple(f"u{i:02d}" for i in range(6, 20)), "2011", "problem", "fatal"),
        (tuple(f"u{i:02d}" for i in range(20)), "2011", "clear", "major"),
    ],
)
def test_declared_events(scope: object, period: str, status: str, severity: str) -> None:
    claim = claim_on(range(6), 10, events=[Event(period=period, scope=scope, what="a law")])
    found = finding("concurrent_change", claim, panel_of(OUTCOMES))
    assert (found.status, found.severity) == (status, severity)


def test_who_shares_an_event_is_told() -> None:
    scope = ("u00", "u01", *(f"u{i:02d}" for i in range(6, 20)))
    claim = claim_on(range(6), 10, events=[Event(period="2011", scope=scope, what="a law")])
    says = finding("concurrent_change", claim, panel_of(OUTCOMES)).says
    assert "2 of 6 treated and 14 of 14 comparison units" in says


def test_an_event_for_all_is_fatal_without_a_comparison() -> None:
    claim = claim_on(range(3), 10, events=[Event(period="2010", scope="all", what="a law")])
    ev = evaluate(claim, panel_of(OUTCOMES[:3]))
    assert ev.verdict.status == "not_evaluable"
    assert "a law" in ev.verdict.reasons[0]


def test_no_comparison_caps_certainty() -> None:
    ev = evaluate(claim_on(range(20), 10, size=8.0), panel_of(OUTCOMES))
    assert finding("no_comparison", ev.claim, panel_of(OUTCOMES)).status == "problem"
    assert ev.verdict.certainty in {"low", "very_low"}
    assert ev.design == "SegmentedRegression"


def test_few_units_compares_the_honest_with_the_naive_error() -> None:
    assert finding("few_units", CLAIM, panel_of(OUTCOMES)).status == "clear"
    # Units that wander on their own: the usual error counts 16 periods as 16 pieces of evidence.
    walks = np.cumsum(np.random.default_rng(3).normal(size=(20, 16)), axis=1)
    walks[0, 10:] -= 6.0
    found = finding("few_units", claim_on([0], 10), panel_of(walks))
    assert found.status == "problem"
    assert found.severity == "note"
    assert found.statistic is not None
    assert found.statistic > 2
