"""What a verdict carries besides its status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.cases import INF, claim_of, estimate_of, finding_of

from innoeval.decide import decide
from innoeval.records import Interval, Policy

POLICY = Policy()


def verdict(claim=None, found=None, *findings):
    return decide(claim or claim_of(), found or estimate_of(), {}, findings, POLICY)


def ends(low: float, high: float, **changes: object):
    """An estimate whose improvement has this interval."""
    return replace(estimate_of(), conf_int=Interval(-high, -low), **changes)


@pytest.mark.parametrize(
    ("low", "improvement", "material"),
    [(-0.1, False, False), (0.0, False, False), (0.1, True, False), (1.0, True, False),
     (1.1, True, True)],
)  # fmt: skip
def test_an_improvement_is_shown_above_nothing_and_material_above_the_smallest(
    low: float, improvement: bool, material: bool
) -> None:
    found = verdict(None, ends(low, 5.0))
    assert (found.improvement_shown, found.material_shown) == (improvement, material)
    none = verdict(claim_of(size=None, smallest_effect=None), ends(low, 5.0))
    assert (none.improvement_shown, none.material_shown) == (improvement, False)


@pytest.mark.parametrize(("low", "level"), [(-0.1, "2"), (0.0, "2"), (0.1, "3")])
def test_standards_read_what_the_deciding_interval_shows(low: float, level: str) -> None:
    found = decide(claim_of(), ends(low, 5.0), {}, (), POLICY, sms_level=3)
    assert found.standard("Nesta").score == level
    assert found.standard("Maryland SMS, design").score == "3"
    # Without a level nothing is claimed of the design.
    bare = verdict(None, ends(low, 5.0))
    assert not [one for one in bare.standards if one.name.startswith("Maryland")]
    assert bare.standard("Nesta").score == "2"


@pytest.mark.parametrize(
    ("claim", "changes", "resolution"),
    [({}, {}, 2.0), ({}, {"std_error": 0.5}, 4.0), ({}, {"std_error": None}, None),
     ({}, {"std_error": 0.0}, None), ({"size": None, "smallest_effect": None}, {}, None),
     # 20 % of 50 are 10: (0.2 − 0.1) / (1 / 50).
     ({"scale": "relative", "size": 0.2, "smallest_effect": 0.05}, {}, 5.0),
     ({"scale": "percentage_points"}, {"whole": 1.0, "std_error": 0.01}, 2.0),
     ({"scale": "percentage_points"}, {"whole": 100.0}, 2.0)],
)  # fmt: skip
def test_resolution_is_what_lies_between_claim_and_bar_in_standard_errors(
    claim, changes, resolution
) -> None:
    found = verdict(claim_of(**claim), replace(estimate_of(), **changes)).resolution
    assert found == (None if resolution is None else pytest.approx(resolution))


def test_breakdown_is_the_smallest_shift_that_changes_the_status() -> None:
    assert verdict(None, ends(2.5, 5.0)).breakdown == pytest.approx(0.5)
    assert verdict(None, ends(-INF, INF)).breakdown is None


@pytest.mark.parametrize(
    ("check", "status", "severity", "evaluable"),
    [("definition_break", "problem", "fatal", False), ("concurrent_change", "problem", "fatal", False),
     ("definition_break", "problem", "major", True), ("definition_break", "cannot_tell", "fatal", True),
     ("attrition", "problem", "fatal", True)],
)  # fmt: skip
def test_only_a_fatal_problem_of_a_fatal_check_stops_it(check, status, severity, evaluable) -> None:
    found = verdict(None, None, finding_of(check, status, severity))
    assert (found.status != "not_evaluable") == evaluable
    if not evaluable:
        assert found.reasons == (f"Cannot be evaluated, because {check} says problem.",)
        assert found.certainty == "very_low"
        assert (found.claimed, found.smallest, found.interval) == (4.0, 1.0, None)
        assert {s.name for s in found.standards} == {"TIDieR completeness"}
