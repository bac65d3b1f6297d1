"""Certainty: where it starts, every step down with its rule, and when trends count as shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.cases import claim_of, estimate_of, finding_of

from innoeval.decide.certainty import certainty, trends_shown
from innoeval.decide.standards import Evidence
from innoeval.records import Assumption, Finding, Policy

POLICY = Policy()
TRENDS = Assumption.parallel_trends


def evidence(*findings: Finding, **changes: object) -> Evidence:
    fields: dict[str, object] = {
        "claim": claim_of(), "estimate": estimate_of(), "main": "clear", "sms_level": 3,
        "findings": {f.check: f for f in findings},
    }  # fmt: skip
    return Evidence(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "assignment", "grade"),
    [(0, "observational", "very_low"), (1, "observational", "very_low"), (2, "lottery", "low"),
     (3, "observational", "moderate"), (3, "cutoff", "high"), (3, "lottery", "high"),
     (4, "observational", "high")],
)  # fmt: skip
def test_the_design_and_the_assignment_say_where_it_starts(level, assignment, grade) -> None:
    found = evidence(sms_level=level, claim=claim_of(assignment=assignment))
    got, says, standard = certainty(found, TRENDS, POLICY)
    words = grade.replace("_", " ")
    assert (got, says) == (grade, ())
    assert (standard.score, standard.rule) == (words, f"starts at {words}, nothing taken off")
    assert standard.items[0].answer == words
    assert standard.items[0].rule == (
        f"Level {found.reach} of the Maryland scale, the most that the design and the "
        f"declared assignment ({assignment}) can reach."
    )


@pytest.mark.parametrize(
    ("main", "says"),
    [("problem", "The main assumption of the design is shown not to hold."),
     ("cannot_tell", "The main assumption of the design could not be shown to hold."),
     ("clear", None)],
)  # fmt: skip
def test_the_main_assumption_is_one_step(main, says) -> None:
    grade, lost, standard = certainty(evidence(main=main), TRENDS, POLICY)
    assert lost == ((says,) if says else ())
    assert grade == ("low" if says else "moderate")
    if says:
        assert standard.rule == "starts at moderate, less 1"
        step = standard.items[1]
        assert (step.question, step.answer) == ("Risk of bias", "one step down")
        assert step.rule == (
            f"{says} Rule: the check of whether both groups would have moved together "
            "without the innovation has to be clear."
        )
        unnamed = certainty(evidence(main=main), None, POLICY)[2].items[1]
        assert "the check of whether the main assumption has to be clear." in unnamed.rule


@pytest.mark.parametrize(
    ("treated", "level", "says"),
    [(1, 3, "Only 1 treated unit."), (2, 3, "Only 2 treated units."), (5, 3, "Only 5 treated units."),
     (6, 3, None), (1, 2, None)],
)  # fmt: skip
def test_few_treated_units_are_one_step_where_units_are_compared(treated, level, says) -> None:
    found = evidence(estimate=estimate_of(n_treated=treated), sms_level=level)
    _, lost, standard = certainty(found, TRENDS, POLICY)
    assert lost == ((says,) if says else ())
    if says:
        assert standard.items[1].question == "Imprecision"
        assert standard.items[1].rule == f"{says} Rule: at most 5 treated units are few."
    none = certainty(replace(found, estimate=None), TRENDS, POLICY)[1]
    assert none == ()


@pytest.mark.parametrize(
    ("check", "status", "severity", "counts"),
    [("attrition", "problem", "major", True), ("attrition", "problem", "fatal", True),
     ("attrition", "problem", "note", False), ("attrition", "cannot_tell", "major", False),
     ("attrition", "clear", "major", False), ("pre_trend", "problem", "major", False),
     ("no_comparison", "problem", "major", False)],
)  # fmt: skip
def test_a_shown_problem_that_was_not_counted_is_one_step(check, status, severity, counts) -> None:
    found = evidence(finding_of(check, status, severity))
    grade, lost, standard = certainty(found, TRENDS, POLICY)
    assert lost == ((f"{check} says {status}.",) if counts else ())
    assert grade == ("low" if counts else "moderate")
    if counts:
        assert standard.items[1].question == "Risk of bias"
        assert standard.items[1].rule == (
            f"{check} says problem. Rule: the check {check} shows a problem that is more than a note."
        )


@pytest.mark.parametrize(
    ("probed", "domain"),
    [((Assumption.prespecified_window,), "Selective reporting"),
     ((Assumption.prespecified_outcome,), "Selective reporting"),
     ((TRENDS, Assumption.all_sites_reported), "Selective reporting"),
     ((Assumption.stable_measure,), "Risk of bias")],
)  # fmt: skip
def test_domains_of_a_step(probed, domain) -> None:
    found = evidence(finding_of("window", probes=probed))
    assert certainty(found, TRENDS, POLICY)[2].items[1].question == domain


def test_it_never_falls_below_the_lowest() -> None:
    found = evidence(
        *(finding_of(check) for check in ("attrition", "window", "metric", "case_mix"))
    )
    grade, lost, standard = certainty(found, TRENDS, POLICY)
    assert (grade, len(lost), standard.rule) == ("very_low", 4, "starts at moderate, less 4")


@pytest.mark.parametrize(
    ("share", "error", "shown"),
    [(0.5, 0.0, True), (0.51, 0.0, False), (-0.5, 0.0, True), (-0.51, 0.0, False),
     # The 90 % interval reaches to twice the bias: a quarter of the claim may be half of it.
     (0.249, 1 / 1.645, True), (0.251, 1 / 1.645, False),
     (None, 1.0, True), (0.0, 1.0, True), (0.9, None, True)],
)  # fmt: skip
@pytest.mark.parametrize("bias", [1.0, -2.0])
def test_trends_are_shown_where_half_the_claim_is_ruled_out(bias, share, error, shown) -> None:
    error = None if error is None else error * abs(bias)
    clear = finding_of("pre_trend", "clear", bias=bias, bias_se=error, share_explained=share)
    assert trends_shown((clear,), POLICY) == shown
    assert trends_shown((replace(clear, bias=None),), POLICY)
    assert not trends_shown((replace(clear, status="cannot_tell"),), POLICY)
    assert not trends_shown((replace(clear, check="attrition"),), POLICY)
    assert trends_shown((), POLICY) is False
