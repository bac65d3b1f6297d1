"""Companions by hand: each number, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy.stats import norm
from tests.decide.cases import INF, claim_of, estimate_of

from innoeval.decide.companions import Beside, companions
from innoeval.decide.regions import bar
from innoeval.records import Claim, Estimate, Interval, Policy

POLICY = Policy()


def beside(claim: Claim | None = None, found: Estimate | None = None, **more: object) -> Beside:
    claim, found = claim or claim_of(), found or estimate_of()
    _, interval = found.on_scale(claim.scale)
    return companions(claim, found, (), interval, bar(claim, POLICY), POLICY, **more)


def test_p_values_of_the_two_bars() -> None:
    # Improvement 3 with an error of 1; more than 2 must be shown, 3.2 is the least not overstated.
    found = beside()
    assert found.holds_up == pytest.approx(norm.cdf(-1), abs=1e-4)
    assert found.falls_short == pytest.approx(norm.cdf(-0.2), abs=1e-4)
    assert found.companions.severity_shown == pytest.approx(1 - norm.cdf(-1), abs=1e-4)


def test_without_a_size_only_an_improvement_is_spoken_of() -> None:
    found = beside(claim_of(size=None, smallest_effect=None))
    assert found.holds_up is None
    assert found.falls_short == pytest.approx(norm.cdf(3), abs=1e-4)
    assert found.companions.severity_shown is None
    assert found.companions.s_none == pytest.approx(9.53, abs=0.01)
    assert [(r.says, r.low, r.high) for r in found.companions.posterior] == [
        ("worse", -INF, 0.0), ("better", 0.0, INF)
    ]  # fmt: skip
    assert [r.probability for r in found.companions.posterior] == pytest.approx(
        [norm.cdf(-3), norm.cdf(3)], abs=1e-4
    )


@pytest.mark.parametrize(
    ("ends", "claimed", "reach"),
    [((1.0, 5.0), 4.0, (-5 / 3, 20 / 3)), ((1.0, 5.0), 9.0, (-3.0, 12.0)),
     ((-3.0, 6.0), 4.0, (-6.0, 9.0)), ((-INF, 5.0), 4.0, (-5 / 3, 20 / 3)),
     ((-INF, INF), 3.0, (-1.0, 4.0)), ((-INF, INF), None, (-1.0, 1.0))],
)  # fmt: skip
def test_what_is_drawn_goes_a_third_beyond_interval_zero_and_claim(ends, claimed, reach) -> None:
    claim = claim_of(size=claimed, smallest_effect=None)
    found = companions(claim, estimate_of(), (), Interval(*ends), bar(claim, POLICY), POLICY)
    assert found.companions.reach == pytest.approx(reach)


def power(smallest: float, error: float, critical: float) -> float:
    return float(norm.cdf(smallest / error - critical) + norm.cdf(-smallest / error - critical))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, power(1, 1, 1.96)), ({"std_error": None}, power(1, 1, 1.96)),
     ({"std_error": 0.0}, power(1, 1, 1.96)), ({"std_error": INF}, power(1, 1, 1.96)),
     ({"std_error": 0.7}, power(1, 0.7, 2.8)),
     ({"std_error": 0.4, "conf_int": Interval(-3.8, -2.2)}, power(1, 0.4, 2)),
     ({"std_error": 2.0, "conf_int": Interval(-9, 3)}, power(1, 2, 3))],
)  # fmt: skip
def test_power_takes_the_critical_value_that_the_interval_used(changes, expected) -> None:
    found = beside(found=replace(estimate_of(), **changes)).companions
    assert found.power == pytest.approx(expected, abs=1e-4)


def test_power_at_a_relative_smallest_effect_is_in_the_units_of_the_outcome() -> None:
    # From 50 to 47: a fall of 5 % from what would then have been is 47 · 0.05 / 0.95 = 2.474.
    found = beside(claim_of(size=0.2, smallest_effect=0.05, scale="relative")).companions
    assert found.power == pytest.approx(power(47 * 0.05 / 0.95, 1, 1.96), abs=1e-4)


def test_exaggeration_and_wrong_sign_by_hand() -> None:
    # λ = 1, z = 1.96: tails Phi(-0.96) = 0.1685, Phi(-2.96) = 0.0015; the mean of |Z| beyond z is
    # phi(0.96) + phi(2.96) + 0.1685 - 0.0015 = 0.4236, over a power of 0.1701: 2.49.
    found = beside().companions
    assert found.exaggeration == pytest.approx(2.49, abs=0.01)
    assert found.wrong_sign == pytest.approx(0.00154 / 0.1701, abs=1e-3)


@pytest.mark.parametrize("ends", [(-INF, 3.0), (-3.0, INF), (-INF, INF), (-3.0, -3.0)], ids=str)
def test_power_is_not_told_where_the_interval_has_no_width(ends: tuple[float, float]) -> None:
    found = beside(found=replace(estimate_of(), conf_int=Interval(*ends))).companions
    assert (found.power, found.exaggeration, found.wrong_sign) == (None, None, None)
    assert found.posterior == ()


def test_a_power_of_nothing_has_no_exaggeration() -> None:
    found = beside(found=replace(estimate_of(), conf_int=Interval(-13, 7))).companions
    assert found.power == pytest.approx(norm.cdf(-9) + norm.cdf(-11))
    assert found.exaggeration is None
    assert found.wrong_sign == pytest.approx(norm.cdf(-11) / norm.cdf(-9))


def test_ranges_of_the_posterior() -> None:
    ranges = beside().companions.posterior
    assert [(r.low, r.high) for r in ranges] == [(-INF, 0), (0, 1), (1, 3.2), (3.2, INF)]
    assert [r.says for r in ranges] == [
        "worse", "better by less than 1, which is not meaningful",
        "better by at least that, and by less than 3.2, which falls short",
        "better by 3.2 or more, about as claimed",
    ]  # fmt: skip
    # Where 4 matters, all that falls short of 3.2 is not meaningful either.
    few = beside(claim_of(smallest_effect=4.0)).companions.posterior
    assert [(r.low, r.high) for r in few] == [(-INF, 0), (0, 3.2), (3.2, INF)]
    assert [r.says for r in few] == [
        "worse", "better by less than 3.2, which is not meaningful",
        "better by 3.2 or more, about as claimed",
    ]  # fmt: skip
    assert [r.probability for r in few] == pytest.approx(
        [norm.cdf(-3), norm.cdf(0.2) - norm.cdf(-3), norm.cdf(-0.2)], abs=1e-4
    )


def test_an_analysis_that_replaces_the_base_one_alone_speaks_against_the_claim() -> None:
    claim, base, other = claim_of(), estimate_of(-3.0), estimate_of(-1.0)
    joined = [("parallel_trends", other)]
    both, alone = (
        companions(claim, base, joined, Interval(-0.96, 4.96), bar(claim, POLICY), POLICY, replaced=r)
        for r in (False, True)
    )  # fmt: skip
    # θ ≥ 3.2: Phi(3 - 3.2) by the base analysis, Phi(1 - 3.2) by the other.
    assert both.falls_short == pytest.approx(norm.cdf(-0.2), abs=1e-4)
    assert alone.falls_short == pytest.approx(norm.cdf(-2.2), abs=1e-4)
    assert both.holds_up == alone.holds_up == pytest.approx(norm.cdf(1), abs=1e-4)
    assert (both.companions.replaced, alone.companions.replaced) == (False, True)
