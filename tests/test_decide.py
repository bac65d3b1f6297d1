"""The rule, held against the table in method.md by a grid and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.decide import Bar, bar, decide, margin, status_of
from innoeval.records import Assumption, Claim, Estimate, Finding, Interval, Policy
from innoeval.records.policy import Gate
from innoeval.records.verdict import MARKS

POLICY = Policy()
INF = float("inf")


def claim_of(size: float | None = 10.0, smallest: float | None = 2.0, **more: object) -> Claim:
    fields = {
        "id": "c", "innovation": "i", "outcome": "o", "better": "higher", "treated": ["A"],
        "start": "2021", "size": size, "smallest_effect": smallest, "scale": "absolute",
    }  # fmt: skip
    return Claim(**{**fields, **more})


def estimate_of(low: float, high: float, n_treated: int = 10, **more: object) -> Estimate:
    middle = 0.0 if INF in {abs(low), abs(high)} else (low + high) / 2
    fields = {
        "design": "D", "estimand": "", "effect": middle, "std_error": 1.0,
        "conf_int": Interval(low, high), "p_value": 0.5, "better": "higher", "baseline": 100.0,
        "observed": 100.0 + middle, "n_units": 40, "n_treated": n_treated, "n_clusters": 40,
        "n_obs": 400, "inference": "",
        "assumptions": (
            Assumption.parallel_trends, Assumption.no_mean_reversion, Assumption.no_spillover,
        ),
    }  # fmt: skip
    return Estimate(**{**fields, **more})


def trend(low: float, high: float) -> dict[Assumption, Estimate]:
    """A stressed analysis that gives up parallel trends."""
    return {Assumption.parallel_trends: estimate_of(low, high)}


def finding_of(check: str, status: str, severity: str = "major") -> Finding:
    return Finding(
        check=check, probes=(Assumption.parallel_trends,), status=status, severity=severity,
        question="Is it?", says=f"The check {check} says {status}.",
    )  # fmt: skip


def table_row(low: float, high: float, c: float, delta: float) -> list[str]:
    """The rows of the table that hold, written a second time and independently of the rule."""
    kappa, tau = POLICY.shown_share, POLICY.overstated_below
    stands_in = min(delta, tau * c)
    rows = {
        "supported": high >= tau * c and low > max(delta, kappa * c),
        "partly_supported": high >= tau * c and 0 < low <= max(delta, kappa * c),
        "inconclusive": high >= tau * c and low <= 0,
        "overstated": stands_in <= high < tau * c,
        "refuted": 0 <= high < stands_in,
        "harmful": high < 0,
    }
    return [name for name, holds in rows.items() if holds]


def test_the_regions_partition_the_plane_over_a_grid() -> None:
    ends = [-INF, -11, -10, -2, -1e-9, 0, 1e-9, 1, 2, 2.5, 4, 5, 5.1, 7.9, 8, 8.1, 10, 20, INF]
    for low, high, c, delta in product(ends, ends, [1, 5, 10], [0.25, 2, 4, 8, 9, 10, 12]):
        if low > high or low == INF or high == -INF:
            continue
        rows = table_row(low, high, c, delta)
        assert len(rows) == 1, (low, high, c, delta, rows)
        held = bar(claim_of(c, delta), POLICY)
        assert status_of(Interval(low, high), held) == rows[0]


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_the_regions_partition_the_plane(low: float, width: float, c: float, delta: float) -> None:
    rows = table_row(low, low + width, c, delta)
    assert rows == [status_of(Interval(low, low + width), bar(claim_of(c, delta), POLICY))]


@given(st.floats(-20, 20), st.floats(0, 20), st.floats(0.5, 10), st.floats(0, 5))
def test_a_higher_interval_never_reads_worse(low: float, width: float, c: float, up: float) -> None:
    order = ["harmful", "refuted", "overstated", "inconclusive", "partly_supported", "supported"]
    held = bar(claim_of(c, c / 4), POLICY)
    before = status_of(Interval(low, low + width), held)
    after = status_of(Interval(low + up, low + width + up), held)
    assert order.index(after) >= order.index(before)


@given(st.floats(-20, 20), st.floats(0.01, 20), st.floats(0.5, 10), st.floats(0.2, 12))
def test_the_margin_is_the_smallest_shift_that_changes_the_status(
    low: float, width: float, c: float, delta: float
) -> None:
    held = bar(claim_of(c, delta), POLICY)
    interval = Interval(low, low + width)
    now, room = status_of(interval, held), margin(interval, held)
    assert room >= 0
    for sign in (-1, 1):
        for part in (0.0, 0.5, 0.99):
            shift = sign * part * room - sign * 1e-7
            if part and abs(shift) < room:
                assert status_of(Interval(low + shift, low + width + shift), held) == now


def test_a_claim_without_a_number_is_open_to_three_statuses_only() -> None:
    held = bar(claim_of(None, None), POLICY)
    assert held.claimed is None
    statuses = {status_of(Interval(*ends), held) for ends in [(1, 5), (-1, 5), (-5, -1), (0, 0)]}
    assert statuses == {"partly_supported", "inconclusive", "harmful"}


def test_without_a_number_a_declared_smallest_effect_stands_in() -> None:
    held = bar(claim_of(None, 2.0), POLICY)
    assert (held.claimed, held.smallest, held.shown) == (2.0, 2.0, 2.0)
    assert status_of(Interval(3, 5), held) == "supported"


def test_the_default_smallest_effect_is_printed_as_one() -> None:
    verdict = decide(claim_of(10, None), estimate_of(6, 12), {}, (), POLICY)
    assert verdict.smallest == 2.5
    assert any("by default" in reason for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("status", "deciding", "expected"),
    [
        ("clear", "base", "supported"),
        ("problem", "stressed", "overstated"),
        ("cannot_tell", "hull", "partly_supported"),
    ],
)
def test_the_gate_chooses_the_interval(status: str, deciding: str, expected: str) -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7), (finding_of("pre_trend", status),),
        POLICY, relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.deciding == deciding
    assert verdict.status == expected


@pytest.mark.parametrize(
    ("statistic", "assignment", "deciding"),
    [(0.5, "", "base"), (-1.5, "", "hull"), (1.5, "", "hull"), (1.5, "lottery", "base")],
)
def test_a_trend_that_cannot_matter_and_is_likelier_than_none_widens_the_interval(
    statistic: float, assignment: str, deciding: str
) -> None:
    found = replace(finding_of("pre_trend", "clear"), statistic=statistic)
    claim = claim_of(assignment=assignment) if assignment else claim_of()
    verdict = decide(
        claim, estimate_of(6, 12), trend(5.5, 13), (found,), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.deciding == deciding
    assert verdict.interval == (Interval(5.5, 13) if deciding == "hull" else Interval(6, 12))
    assert verdict.status == "supported"


def test_a_bad_spell_joins_the_long_run_baseline_and_never_replaces_the_base() -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), {Assumption.no_mean_reversion: estimate_of(4, 11)},
        (finding_of("pre_trend", "clear"), finding_of("mean_reversion", "problem")), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.deciding, verdict.interval) == ("hull", Interval(4, 12))
    assert verdict.status == "partly_supported"


def test_what_no_check_could_probe_counts_as_not_known() -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7),
        (finding_of("pre_trend", "not_applicable"),), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.deciding, verdict.interval) == ("hull", Interval(1, 12))


def test_a_check_that_is_no_gate_does_not_choose() -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7),
        (finding_of("pre_trend", "clear"), finding_of("placebo_in_time", "problem")),
        POLICY, relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.deciding == "base"
    assert verdict.certainty == "low"


def test_strict_mode_takes_the_hull_even_if_the_gate_is_clear() -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7), (finding_of("pre_trend", "clear"),),
        Policy(strict=True), relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.deciding, verdict.interval) == ("hull", Interval(1, 12))


def test_one_series_holds_up_only_where_every_admissible_model_agrees() -> None:
    relaxed = {Assumption.trend_form: trend(-1, 7)[Assumption.parallel_trends]}
    verdict = decide(
        claim_of(), estimate_of(6, 12), relaxed, (finding_of("placebo_in_time", "clear"),),
        POLICY, relaxes=Assumption.trend_form, sms_level=2,
    )  # fmt: skip
    assert (verdict.deciding, verdict.interval) == ("hull", Interval(-1, 12))
    assert verdict.status == "inconclusive"
    assert any("no check sees every way" in reason for reason in verdict.reasons)


def test_a_stressed_analysis_that_cannot_be_made_bounds_nothing() -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), {}, (finding_of("pre_trend", "cannot_tell"),),
        POLICY, relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.status == "inconclusive"
    assert verdict.interval == Interval(-INF, INF)


IGNORING = Gate(check="odd", relaxes=Assumption.no_mean_reversion, unsure="ignored")


@pytest.mark.parametrize(
    ("status", "left", "expected"),
    [
        ("problem", Interval(1, 7), Interval(1, 12)),
        ("problem", Interval(8, 14), Interval(6, 14)),
        ("problem", None, Interval(-INF, INF)),
        ("cannot_tell", Interval(1, 7), Interval(6, 12)),
        ("not_applicable", None, Interval(6, 12)),
        ("clear", None, Interval(6, 12)),
    ],
)
def test_what_a_finding_leaves_joins_only_where_a_problem_is_shown(
    status: str, left: Interval | None, expected: Interval
) -> None:
    found = replace(finding_of("odd", status), left=left)
    verdict = decide(
        claim_of(), estimate_of(6, 12), {}, (finding_of("pre_trend", "clear"), found),
        Policy(gates=(*POLICY.gates, IGNORING)), relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.interval == expected


CORRECTING = Gate(check="odd", relaxes=Assumption.no_spillover, problem="corrects",
                  unsure="ignored", shared=True)  # fmt: skip


@pytest.mark.parametrize(
    ("left", "trends", "expected", "deciding"),
    [
        # What is left takes the base analysis' place, also where it is kinder.
        (Interval(8, 14), "clear", Interval(8, 14), "stressed"),
        # The trend's interval (1, 7) shares the fault, which made 9 of 11: it moves by 2.
        (Interval(8, 14), "cannot_tell", Interval(3, 14), "hull"),
        # A trend that is shown never replaces an analysis that was corrected.
        (Interval(8, 14), "problem", Interval(3, 14), "hull"),
        (Interval(-INF, 14), "cannot_tell", Interval(-INF, 14), "hull"),
        (None, "clear", Interval(-INF, INF), "hull"),
    ],
)
def test_a_fault_that_hides_an_effect_is_corrected(
    left: Interval | None, trends: str, expected: Interval, deciding: str
) -> None:
    found = replace(finding_of("odd", "problem"), left=left)
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7), (finding_of("pre_trend", trends), found),
        Policy(gates=(*POLICY.gates, CORRECTING)), relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.interval, verdict.deciding) == (expected, deciding)


def test_a_strict_policy_asks_the_base_analysis_too_where_one_corrects() -> None:
    found = replace(finding_of("odd", "problem"), left=Interval(8, 14))
    verdict = decide(
        claim_of(), estimate_of(6, 12), {}, (found,), Policy(gates=(CORRECTING,), strict=True)
    )
    assert verdict.interval == Interval(6, 14)


def test_what_is_left_is_carried_to_the_scale_of_the_claim() -> None:
    # Observed 110 with an effect of 10: 4 of 106 is left, .0377, and 10 of 100 at most.
    found = replace(finding_of("odd", "problem"), left=Interval(4, 10))
    verdict = decide(
        claim_of(0.1, 0.02, scale="relative"), estimate_of(8, 12), {}, (found,),
        Policy(gates=(IGNORING,)),
    )  # fmt: skip
    assert verdict.interval is not None
    assert verdict.interval.low == pytest.approx(4 / 106)


def test_of_several_reasons_a_shown_problem_is_told() -> None:
    found = replace(finding_of("odd", "problem"), left=Interval(1, 7))
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7), (finding_of("pre_trend", "cannot_tell"), found),
        Policy(gates=(*POLICY.gates, IGNORING)), relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert "the check odd says problem" in " ".join(verdict.reasons)


def test_a_strict_policy_asks_for_what_is_left_only_where_it_is_known() -> None:
    for left, expected in ((None, Interval(6, 12)), (Interval(2, 9), Interval(2, 12))):
        found = replace(finding_of("odd", "clear"), left=left)
        verdict = decide(
            claim_of(), estimate_of(6, 12), {}, (found,), Policy(gates=(IGNORING,), strict=True)
        )
        assert verdict.interval == expected


def test_an_ignored_doubt_does_not_settle_the_main_assumption() -> None:
    gate = Gate(check="odd", relaxes=Assumption.parallel_trends, unsure="ignored")
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(1, 7),
        (finding_of("pre_trend", "clear"), finding_of("odd", "cannot_tell")),
        Policy(gates=(*POLICY.gates, gate)), relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.deciding, verdict.certainty) == ("base", "moderate")


def test_a_declared_lottery_stands_in_for_common_trends() -> None:
    verdict = decide(
        claim_of(assignment="lottery"), estimate_of(6, 12), None,
        (finding_of("pre_trend", "cannot_tell"),), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert (verdict.status, verdict.deciding, verdict.certainty) == ("supported", "base", "high")
    assert [s.score for s in verdict.standards if "SMS" in s.name] == ["5", "5"]


@pytest.mark.parametrize("check", POLICY.fatal)
def test_a_fatal_finding_makes_the_claim_not_evaluable(check: str) -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), {}, (finding_of(check, "problem", "fatal"),), POLICY
    )
    assert verdict.status == "not_evaluable"
    assert verdict.interval is None
    assert verdict.reasons == (f"Cannot be evaluated, because the check {check} says problem.",)


def test_without_a_design_the_obstacles_are_told() -> None:
    verdict = decide(claim_of(), None, {}, (), POLICY, obstacles=("No unit is left.",))
    assert verdict.reasons == ("Cannot be evaluated, because no unit is left.",)


@pytest.mark.parametrize(
    ("sms_level", "n_treated", "status", "expected"),
    [(3, 10, "clear", "moderate"), (3, 10, "cannot_tell", "low"), (3, 1, "clear", "low"),
     (3, 1, "cannot_tell", "very_low"), (2, 1, "clear", "low"), (2, 1, "problem", "very_low"),
     (1, 1, "clear", "very_low")],
)  # fmt: skip
def test_certainty_starts_from_the_design_and_names_each_downgrade(
    sms_level: int, n_treated: int, status: str, expected: str
) -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12, n_treated), trend(6, 12),
        (finding_of("pre_trend", status),), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=sms_level,
    )  # fmt: skip
    assert verdict.certainty == expected
    lost = ["very_low", "low", "moderate"].index(expected)
    start = {3: 2, 2: 1, 1: 0}[sms_level]
    assert len(verdict.downgrades) >= start - lost


def test_a_single_series_never_exceeds_low_certainty() -> None:
    verdict = decide(
        claim_of(assignment="randomised"), estimate_of(6, 12), trend(6, 12),
        (finding_of("placebo_in_time", "clear"),), POLICY,
        relaxes=Assumption.trend_form, sms_level=2,
    )  # fmt: skip
    assert verdict.certainty == "low"


@pytest.mark.parametrize(
    ("status", "scored"), [("clear", "3"), ("problem", "2"), ("cannot_tell", "2")]
)
def test_maryland_scores_what_the_checks_found(status: str, scored: str) -> None:
    verdict = decide(
        claim_of(), estimate_of(6, 12), trend(6, 12), (finding_of("pre_trend", status),),
        POLICY, relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert [s.score for s in verdict.standards if "SMS" in s.name] == ["3", scored]


def test_resolution_is_on_the_claims_scale() -> None:
    # Absolute: (10 − max(2, 5)) / 1 = 5. Relative: size .10 of a baseline 100 is the same thing.
    absolute = decide(claim_of(10, 2), estimate_of(6, 12), {}, (), POLICY)
    relative = decide(
        claim_of(0.10, 0.02, scale="relative"),
        estimate_of(6, 12, baseline=100.0, observed=109.0), {}, (), POLICY,
    )  # fmt: skip
    assert absolute.resolution == pytest.approx(5.0)
    assert relative.resolution == pytest.approx(5.0)


def test_lower_is_better_mirrors() -> None:
    higher = decide(claim_of(), estimate_of(6, 12), {}, (), POLICY)
    lower = decide(
        claim_of(better="lower"),
        replace(estimate_of(6, 12), better="lower", effect=-9.0, conf_int=Interval(-12, -6)),
        {}, (), POLICY,
    )  # fmt: skip
    assert lower.interval == higher.interval
    assert lower.status == higher.status


def test_an_immaterial_claim_is_noted() -> None:
    verdict = decide(claim_of(1, 5), estimate_of(-1, 6), {}, (), POLICY)
    assert any("smaller than what was declared to matter" in r for r in verdict.reasons)


def test_sub_flags_of_an_overstated_claim() -> None:
    verdict = decide(
        claim_of(), estimate_of(3, 7), {}, (finding_of("pre_trend", "clear"),), POLICY,
        relaxes=Assumption.parallel_trends, sms_level=3,
    )  # fmt: skip
    assert verdict.status == "overstated"
    assert verdict.improvement_shown
    assert verdict.material_shown


def test_every_status_has_one_mark() -> None:
    assert set(MARKS.values()) == {
        "holds up", "holds up in part", "not substantiated", "does not hold up"
    }  # fmt: skip
    held = Bar(claimed=10, smallest=2, shown=5, overstated=8)
    assert MARKS[status_of(Interval(-1, 20), held)] == "not substantiated"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-INF, INF, "They rule nothing out."), (-INF, 12, "Anything up to 12 fits them."),
     (-1, INF, "Anything from −1 upwards fits them."), (-1, 12, "Anything from −1 to 12 fits them.")],
)  # fmt: skip
def test_an_end_that_the_data_do_not_set_is_not_given_one(
    low: float, high: float, said: str
) -> None:
    estimate = estimate_of(low, high)
    verdict = decide(claim_of(), estimate, {}, (finding_of("pre_trend", "clear"),), POLICY,
                     relaxes=Assumption.parallel_trends, sms_level=3)  # fmt: skip
    assert verdict.status == "inconclusive"
    assert verdict.reasons[0].endswith(said)
