"""A small seeded slice of the calibration table: false alarms on clean claims, hits on the fault."""

from __future__ import annotations

import pytest
from tests.calibration.checks import TESTED, measure
from tests.calibration.families import FAMILIES, Family

DRAWS = 60
NAMED = {family.name: family for family in FAMILIES}
TRUE = ("supported", "partly_supported")


def test_clean_claims_are_rarely_accused() -> None:
    tally = measure(NAMED["clean: 10 of 40 units, true"], DRAWS, first=0)
    statuses, problems = tally.statuses, tally.problems
    # Of 60 draws 5 % are 3; more than 8 come up once in a hundred times.
    assert problems[TESTED] <= 8
    for fact in ("definition_break", "concurrent_change", "no_comparison", "few_units"):
        assert problems[fact] == 0
    assert sum(statuses[s] for s in ("overstated", "refuted", "harmful")) <= 4


def test_clean_nulls_are_rarely_supported() -> None:
    tally = measure(NAMED["clean: 10 of 40 units, null"], DRAWS, first=0)
    statuses, problems = tally.statuses, tally.problems
    assert sum(statuses[s] for s in TRUE) <= 5
    assert problems[TESTED] <= 8


def test_harmful_claims_are_never_supported() -> None:
    statuses = measure(NAMED["clean: 10 of 40 units, harmful"], DRAWS, first=0).statuses
    assert sum(statuses[s] for s in TRUE) == 0
    assert statuses["harmful"] >= 0.8 * DRAWS


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("pre-trend", 0.6),
        ("bad spell of 1.5 SD, 10 of 40", 0.6),
        ("cherry-picked window", 0.6),
        ("calendar mismatch", 0.9),
        ("definition break", 0.9),
        ("co-event of the treated", 0.9),
        ("everybody treated, trend", 0.9),
        ("one unit of 30, null, ρ = .8", 0.6),
    ],
)
def test_each_check_sees_its_own_fault(name: str, least: float) -> None:
    family = NAMED[name]
    draws = DRAWS if least < 0.9 else 20
    tally = measure(family, round(draws / family.draws), first=0)
    assert tally.draws == draws
    assert tally.problems[family.seen_by] >= least * draws
    assert sum(tally.statuses[s] for s in TRUE) <= max(1, 0.08 * draws)


def test_a_pretended_start_shows_a_trend_too() -> None:
    # It has a small weight, as the trend has a check of its own.
    tally = measure(NAMED["pre-trend"], DRAWS, first=0)
    assert tally.problems["placebo_in_time"] >= 0.2 * DRAWS


def test_a_true_claim_is_supported_where_the_data_are_decisive() -> None:
    strong = Family(name="strong", settings={"size": 4.0})
    statuses = measure(strong, 20, first=0).statuses
    assert statuses["supported"] == 20
