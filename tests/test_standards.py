"""Each standard's answers follow from what was found, and say by which rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import ESTIMATE, MEASURED, claim_of, evidence, finding
from tests.evaluations import build

import innoeval as ie
from innoeval.assess import ROBINS_ANSWERS
from innoeval.decide.standards import standards
from innoeval.decide.standards.robins import QUESTIONS
from innoeval.errors import InnoevalError
from innoeval.records import Finding, Interval


def scores(*findings: Finding, **changes: object) -> dict[str, str]:
    return {s.name: s.score for s in standards(evidence(*findings, **changes))}


def item(name: str, number: str, *findings: Finding, **changes: object):
    (found,) = (s for s in standards(evidence(*findings, **changes)) if s.name.startswith(name))
    return next(i for i in found.items if number in {i.number, i.question})


@pytest.mark.parametrize(
    ("level", "assignment", "trends", "design", "scored"),
    [(1, "observational", True, "1", "1"), (2, "lottery", True, "2", "2"),
     (3, "observational", True, "3", "3"), (3, "observational", False, "3", "2"),
     (3, "cutoff", False, "4", "4"), (3, "randomised", False, "5", "5")],
)  # fmt: skip
def test_maryland(level, assignment, trends, design, scored):
    claim = claim_of(assignment=assignment)
    found = scores(claim=claim, sms_level=level, trends_shown=trends)
    assert found["Maryland SMS, design"] == design
    assert found["Maryland SMS, scored"] == scored


@pytest.mark.parametrize(
    ("changes", "level"),
    [({}, "3"), ({"improvement_shown": False}, "2"), ({"sms_level": 2}, "2"),
     ({"estimate": replace(ESTIMATE, effect=1.0, conf_int=Interval(0.6, 1.4)),
       "improvement_shown": False}, "1")],
)  # fmt: skip
def test_nesta_ends_at_three_with_one_evaluation(changes, level):
    assert scores(**changes)["Nesta standards of evidence"] == level
    assert item("Nesta", "4", **changes).answer == "not from one evaluation"


@pytest.mark.parametrize(
    ("gap", "score"),
    [(0.05, "met"), (-0.05, "met"), (0.051, "met with adjustment"), (-0.25, "met with adjustment"),
     (0.251, "not met"), (None, "not computed")],
)  # fmt: skip
def test_what_works_clearinghouse_thresholds(gap, score):
    measured = replace(MEASURED, baseline_gap=gap)
    assert scores(measured=measured)["WWC baseline equivalence"] == score
    assert "WWC baseline equivalence" not in scores(sms_level=2)


def test_padlocks_that_threats_take_off():
    problem, doubt = finding("pre_trend", "problem"), finding("comparison_jump", "cannot_tell")
    more = [
        finding(n, "cannot_tell") for n in ("spillover", "attrition", "undeclared_break", "metric")
    ]
    off = {
        (): "0 padlocks off",
        (problem,): "1 padlock off",
        (doubt,): "0 padlocks off",
        (doubt, more[0], more[1]): "1 padlock off",
        (doubt, *more): "2 padlocks off",
        (problem, doubt): "2 padlocks off",
        (problem, finding("metric", "problem")): "2 padlocks off",
    }
    for findings, expected in off.items():
        assert scores(*findings)["EEF padlocks, threats"] == expected


def test_epoc_items_and_minimum():
    assert item("EPOC risk", "1").answer == "unclear"
    low = item("EPOC risk", "1", finding("comparison_jump", "clear"))
    assert (low.answer, low.rule) == ("low risk", "Clear by the check comparison_jump.")
    high = item(
        "EPOC risk",
        "1",
        finding("comparison_jump", "clear"),
        finding("concurrent_change", "problem"),
    )
    assert high.answer == "high risk"
    assert "concurrent_change says problem." in high.rule
    assert item("EPOC risk", "4", finding("bunching", "problem")).answer == "high risk"
    assert item("EPOC risk", "5").answer == "low risk"
    gaps = replace(MEASURED, missing=3)
    assert item("EPOC risk", "5", measured=gaps).answer == "unclear"
    assert item("EPOC risk", "5", finding("attrition", "clear"), measured=gaps).answer == "low risk"
    # Low are 2 (always) and 5 (nothing missing).
    assert scores()["EPOC risk of bias"] == "2 of 7 low"
    assert scores()["EPOC minimum"] == "met"
    assert scores(measured=replace(MEASURED, n_after=2))["EPOC minimum"] == "not met"


def test_tidier_counts_what_the_record_says():
    assert scores()["TIDieR completeness"] == "3 of 12"
    full = claim_of(statement="Fewer hand-overs", version_of="desk-1")
    assert scores(claim=full)["TIDieR completeness"] == "5 of 12"
    assert item("TIDieR", "2", claim=full).answer == "in part"


def test_robins_has_all_questions_and_answers_only_what_is_known():
    (form,) = (s for s in standards(evidence()) if s.name.startswith("ROBINS-I"))
    assert [i.number for i in form.items] == list(QUESTIONS)
    assert len(QUESTIONS) == 34
    assert {i.answer for i in form.items} <= set(ROBINS_ANSWERS)
    assert all(i.rule for i in form.items if i.answer != "NI")
    assert item("ROBINS-I", "1.1").answer == "PY"
    assert item("ROBINS-I", "1.1", claim=claim_of(assignment="lottery")).answer == "PN"
    assert item("ROBINS-I", "1.4").answer == "PY"
    assert item("ROBINS-I", "1.4", main="problem").answer == "PN"
    assert item("ROBINS-I", "1.4", sms_level=2).answer == "PN"
    assert item("ROBINS-I", "2.4", finding("anticipation", "problem")).answer == "PN"
    assert item("ROBINS-I", "7.1", finding("metric", "problem")).answer == "PY"
    assert item("ROBINS-I", "7.1", finding("metric", "clear")).answer == "PN"
    assert item("ROBINS-I", "6.3", finding("definition_break", "problem")).answer == "N"
    gaps = replace(MEASURED, missing=3)
    assert item("ROBINS-I", "5.1", measured=gaps).answer == "NI"
    assert item("ROBINS-I", "5.4", finding("attrition", "problem"), measured=gaps).answer == "PN"
    lost = replace(ESTIMATE, n_units=10)
    assert item("ROBINS-I", "5.3", estimate=lost).answer == "Y"
    several = claim_of(treated={"A": "2021-01", "B": "2021-05"}, start=None)
    assert item("ROBINS-I", "1.2", claim=several).answer == "PY"
    assert item("ROBINS-I", "1.7", claim=several).answer == "NI"


def test_every_answer_has_its_rule_and_nothing_is_scored_without_an_estimate():
    for one in standards(evidence(finding("pre_trend", "problem"))):
        assert one.rule
        assert all(i.rule or i.answer == "NI" for i in one.items)
    assert set(scores(estimate=None)) == {"EPOC minimum", "TIDieR completeness"}


def test_certainty_names_the_rule_of_each_step_down():
    case = ie.simulate.draw("pre_trend", seed=2, n_units=12, n_treated=3)
    verdict = ie.evaluate(case.claim, case.panel).verdict
    graded = verdict.standard("Certainty")
    assert graded.score == verdict.certainty.replace("_", " ")
    assert len(graded.items) == 1 + len(verdict.downgrades)
    for step, says in zip(graded.items[1:], verdict.downgrades, strict=True):
        assert says in step.rule
        assert "Rule: " in step.rule
    assert {step.question for step in graded.items[1:]} >= {"Imprecision"}


def test_an_assessor_answers_beside_the_data_and_in_the_file():
    case = ie.simulate.draw(seed=2, n_units=12, n_treated=6)
    ev = ie.evaluate(case.claim, case.panel)
    mine = ie.assess(ev, {"4.4": "PY", "1.1": "PN"})
    form = mine.verdict.standard("ROBINS-I").tidy().set_index("number")
    assert form.loc["1.1", ["proposed", "assessor"]].tolist() == ["PY", "PN"]
    assert mine.verdict.status == ev.verdict.status
    assert ie.Evaluation.from_json(mine.to_json()) == mine
    assert ie.assess(mine, {"4.4": "", "1.1": ""}) == ev
    threats = ie.assess(ev, {"missing data": "high"}, standard="EEF")
    assert threats.verdict.standard("EEF").items[3].assessor == "high"
    assert ie.verify(mine, case.panel).stands
    written = ev.to_json().replace('"assessor": ""', '"assessor": "Y"', 1)
    assert ie.Evaluation.from_json(written) != ev
    for wrong in ({"4.4": "maybe"}, {"9.9": "Y"}):
        with pytest.raises(InnoevalError):
            ie.assess(ev, wrong)
    with pytest.raises(InnoevalError, match="GRADED"):
        ie.assess(ev, {}, standard="GRADED")


def test_older_evaluations_have_no_items_and_load():
    ev = build("supported")
    assert all(not one.items for one in ev.verdict.standards)
    assert ev.measured.baseline_gap is None
