"""False alarms and hits of every check on simulated claims: `python -m tests.calibration.checks`."""

from __future__ import annotations

import pytest
from tests.calibration.checks import TESTED, measure
from tests.calibration.families import FAMILIES, TARGETS, Family

from innoeval.checks import CHECKS
from innoeval.records import Policy

DRAWS, FIRST = 100, 300_000
WEIGHED = [name for name, _ in Policy().check_weights]
#: What stays out of reach at 5 % for all tests together: docs/calibration/checks.md, "Frontier".
OUT_OF_REACH = {
    "pre-trend worth half the claim",
    "fade to zero",
    "best of 36 windows",
}


def noise(share: float, draws: int) -> float:
    """Three Monte Carlo errors."""
    return 3 * (share * (1 - share) / draws) ** 0.5


def named(family: Family) -> str:
    return family.name


@pytest.mark.slow
@pytest.mark.parametrize("family", [f for f in FAMILIES if f.clean], ids=named)
def test_clean_claims_are_rarely_accused(family: Family) -> None:
    tally = measure(family, DRAWS, FIRST)
    assert tally.share(TESTED) <= 0.05 + noise(0.05, tally.draws)
    for name in WEIGHED:
        assert tally.share(name) <= 0.05 + noise(0.05, tally.draws), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "family", [f for f in FAMILIES if f.target and f.name not in OUT_OF_REACH], ids=named
)
def test_each_fault_is_seen_by_its_check(family: Family) -> None:
    tally, target = measure(family, DRAWS, FIRST), TARGETS[family.target]
    assert tally.share(family.seen_by) >= target - noise(target, tally.draws)


def test_every_family_names_a_check_and_has_a_name_of_its_own() -> None:
    known = {check.name for check in CHECKS}
    assert {f.seen_by for f in FAMILIES if f.seen_by} <= known
    assert len({f.name for f in FAMILIES}) == len(FAMILIES)
    assert {f.name for f in FAMILIES} >= OUT_OF_REACH


@pytest.mark.parametrize(
    "name",
    ["volume falls by a quarter", "outlier month", "best sites claimed", "attrition of the worst",
     "spillover to neighbours", "easier cases", "displacement to neighbours"],
)  # fmt: skip
def test_structural_faults_are_seen_in_a_seeded_slice(name: str) -> None:
    family = next(f for f in FAMILIES if f.name == name)
    tally = measure(family, 8, first=0)
    assert tally.problems[family.seen_by] >= 7
