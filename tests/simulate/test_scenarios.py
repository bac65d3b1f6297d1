"""The public benchmark: every family can be drawn, tells its truth, and is told by no column."""

from __future__ import annotations

from dataclasses import fields

import pytest

from innoeval.checks import CHECKS
from innoeval.errors import InnoevalError
from innoeval.simulate import FAULTS, TRUTHS, Family, draw, families, scenarios, score

FAMILIES = scenarios()


def test_there_are_forty_families_at_least_each_with_a_name_of_its_own() -> None:
    assert len(FAMILIES) == len(families.FAMILIES) >= 40


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_the_effect_is_the_share_of_the_claim_that_the_truth_names(family: Family) -> None:
    for truth in family.truths:
        scenario = family.draw(seed=3, truth=truth)
        size = float(family.settings.get("size", 1.0))
        assert scenario.truth.effect == pytest.approx(TRUTHS[truth] * size)
        if truth != "null":
            assert scenario.claim.size == size
        assert scenario.claim.outcome in scenario.panel.metrics


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_seed_always_gives_the_same_draw(family: Family) -> None:
    one, two = (family.draw(seed=5, truth="null") for _ in range(2))
    assert one.panel.fingerprint == two.panel.fingerprint
    assert one.claim.digest == two.claim.digest


def test_a_claim_does_not_name_its_family() -> None:
    ids = {family.draw(seed=2, truth="null").claim.id for family in FAMILIES.values()}
    assert ids == {"claim-2"}


def _traces(family: Family, seed: int) -> set[str]:
    """Fields of the claim and roles of the panel that something stands in."""
    scenario = family.draw(seed=seed, truth="null")
    panel, claim = scenario.panel, scenario.claim
    roles = {
        f"panel.{f.name}"
        for f in fields(panel)
        if f.init and f.name != "frame" and getattr(panel, f.name)
    }
    said = {f"claim.{f.name}" for f in fields(claim) if getattr(claim, f.name)}
    return roles | said | {f"column.{name}" for name in panel.frame.columns}


def test_what_a_fault_needs_is_on_record_in_clean_claims_as_well() -> None:
    clean = FAMILIES["clean"], FAMILIES["everything_recorded"]
    seen = set().union(*(_traces(family, seed) for family in clean for seed in range(40)))
    needed = set().union(*(_traces(family, 1) for family in FAMILIES.values()))
    # A rate is another kind of outcome, and peeking has its twin in the same family.
    assert needed - seen <= {"panel.numerator", "column.events", "claim.looks"}


def test_decoys_do_not_move_the_outcome() -> None:
    plain, dressed = (draw("bad_spell", seed=4, decoys=decoys) for decoys in (False, True))
    kept = dressed.panel.frame.set_index(["unit", "period"])["outcome"]
    same = plain.panel.frame.set_index(["unit", "period"])["outcome"].loc[kept.index]
    assert (kept == same).all()
    assert len(dressed.panel.frame.columns) > len(plain.panel.frame.columns)


def test_checks_and_faults_that_families_name_exist() -> None:
    checks = {check.name for check in CHECKS}
    for family in FAMILIES.values():
        assert {*family.seen_by, *family.also} <= checks
        assert set(family.fault.split("+")) <= set(FAULTS)


def test_two_faults_at_once_leave_the_traces_of_both() -> None:
    scenario = draw("definition_break+co_event", seed=1)
    assert scenario.panel.version is not None
    assert scenario.claim.events
    assert scenario.truth.allowed == ("not_evaluable",)


@pytest.mark.parametrize(
    ("truth", "status", "wrong"),
    [
        ("null", "supported", "false_support"),
        ("null", "partly_supported", "false_support"),
        ("harmful", "supported", "false_support"),
        ("half", "supported", "half_support"),
        ("true", "overstated", "false_accusation"),
        ("true", "harmful", "false_accusation"),
    ],
)
def test_errors_are_counted(truth: str, status: str, wrong: str) -> None:
    found = score("clean", truth, status)
    assert getattr(found, wrong) is True
    assert not found.right


def test_flags_hit_or_are_false() -> None:
    assert score("pre_trend", "null", "inconclusive", flags=("pre_trend",)).hit is True
    assert score("pre_trend", "null", "inconclusive", flags=("window",)).hit is False
    assert score("clean", "null", "inconclusive", flags=("window",)).false_flag is True
    assert score("one_city", "null", "inconclusive", flags=("few_units",)).false_flag is False
    assert score("best_of_12_metrics", "true", "supported").hit is None


def test_an_interval_covers_the_effect_or_does_not() -> None:
    told = FAMILIES["clean"].draw(seed=1, truth="true").truth
    assert score("clean", "true", "supported", told=told, interval=(1.5, 2.5)).covers is True
    assert score("clean", "true", "supported", told=told, interval=(2.1, 2.5)).covers is False
    assert score("clean", "true", "supported", told=told).covers is None


def test_what_nobody_can_tell_is_to_be_left_open() -> None:
    assert score("co_intervention", "true", "not_evaluable").left_open is True
    assert score("co_intervention", "true", "supported").left_open is False


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("clear", "null", "supported"), "no family 'clear'; did you mean 'clean'"),
        (("clean", "truly", "supported"), "no truth 'truly'; did you mean 'true'"),
        (("clean", "null", "suported"), "no status; did you mean 'supported'"),
    ],
)
def test_unknown_names_are_refused_with_a_remedy(
    arguments: tuple[str, str, str], says: str
) -> None:
    with pytest.raises(InnoevalError, match=says):
        score(*arguments)


def test_a_truth_that_a_family_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(InnoevalError, match=r"'clean' has no truth 'nul'; did you mean 'null'"):
        FAMILIES["clean"].draw(seed=1, truth="nul")
