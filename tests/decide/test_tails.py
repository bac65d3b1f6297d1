"""How an analysis is read: its unit, its centre, its shape, and the least that it could show."""

from __future__ import annotations

from dataclasses import replace
from math import comb

import pytest
from scipy.stats import t as student
from tests.decide.cases import INF, claim_of, estimate_of

from innoeval.decide.tails import one_sided, reading_of
from innoeval.records import Interval, Policy
from innoeval.stats.severity import NORMAL

POLICY = Policy()


def reading(scale: str = "absolute", better: str = "lower", **changes: object):
    size = {"relative": 0.2}.get(scale, 4.0)
    claim = claim_of(scale=scale, better=better, size=size, smallest_effect=None)
    return reading_of("base", replace(estimate_of(), better=better, **changes), claim, POLICY)


@pytest.mark.parametrize(
    ("scale", "better", "changes", "unit", "bend"),
    [("absolute", "lower", {}, 1.0, 0.0), ("absolute", "higher", {}, 1.0, 0.0),
     ("relative", "lower", {}, 47.0, -1.0), ("relative", "higher", {}, 47.0, 1.0),
     ("percentage_points", "lower", {"whole": 100.0}, 1.0, 0.0),
     ("percentage_points", "lower", {"whole": 1.0}, 0.01, 0.0)],
)  # fmt: skip
def test_units_of_the_scale(scale, better, changes, unit, bend) -> None:
    found = reading(scale, better, **changes)
    assert (found.unit, found.bend) == (unit, bend)
    assert found.level == 0.95


@pytest.mark.parametrize(
    ("effect", "ends", "centre"),
    [(-3.0, (-4.0, 0.0), 3.0), (-5.0, (-4.0, 0.0), 2.0), (-4.0, (-4.0, 0.0), 2.0),
     (0.0, (-4.0, 0.0), 2.0), (-5.0, (-INF, 0.0), 5.0), (-5.0, (-4.0, INF), 5.0)],
)  # fmt: skip
def test_an_estimate_on_or_beyond_its_interval_is_read_at_the_middle(effect, ends, centre) -> None:
    assert reading(effect=effect, conf_int=Interval(*ends)).improvement == centre


def test_shapes_are_declared_or_those_that_the_interval_used() -> None:
    assert reading(df=7.0).df == (7.0, 7.0)
    critical = student.ppf(0.975, [20, 5])
    # Improvement 3: 2.086 errors below and 2.571 above.
    uneven = Interval(-3 - critical[1], -3 + critical[0])
    assert reading(df=None, conf_int=uneven).df == pytest.approx((20, 5))
    even = Interval(-3 - critical[1], -3 + critical[1])
    assert reading(df=None, conf_int=even).df == pytest.approx((5, 5))
    twice = Interval(-3 - 2 * critical[1], -3 + 2 * critical[1])
    assert reading(df=None, std_error=2.0, conf_int=twice).df == pytest.approx((5, 5))
    assert reading(df=None, std_error=None).df == (NORMAL, NORMAL)
    assert reading(df=None, conf_int=Interval(-INF, 0.0)).df == pytest.approx(
        (student_df(3.0), NORMAL)
    )


def student_df(critical: float) -> float:
    from innoeval.stats.severity import implied_df

    return implied_df(critical)


@pytest.mark.parametrize(
    ("treated", "units", "df", "least"),
    [(1, 20, None, 1 / 20), (2, 8, None, 1 / 28), (10, 20, None, 1 / 5000), (5, 5, None, 1 / 5000),
     (0, 5, None, 1 / 5000), (1, 20, 18.0, 0.0)],
)  # fmt: skip
def test_no_p_value_is_below_what_so_many_assignments_can_show(treated, units, df, least) -> None:
    assert comb(20, 10) > POLICY.draws
    assert reading(n_treated=treated, n_units=units, df=df).least == least


def test_an_analysis_that_could_not_be_made_shows_nothing() -> None:
    for missing in (None, estimate_of(-3.0, observed=-3.5)):
        claim = claim_of(scale="relative", size=0.2, smallest_effect=None)
        found = reading_of("donor_fit", missing, claim, Policy(level=0.9))
        assert (found.analysis, found.interval, found.level) == ("donor_fit", (-INF, INF), 0.9)
        assert (found.improvement, found.df, found.least) == (0.0, (1.0, 1.0), 0.0)
        assert (found.unit, found.bend) == (1.0, 0.0)
        assert one_sided(missing, claim, 0.1, POLICY) == (1.0, 1.0)
