"""Counts and shares over denominators of any size, and counts that are all zero before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import innoeval as ie
from innoeval import designs as d
from innoeval.errors import DesignError

N, T, TREATED, START = 16, 8, 7, 5


def posed(counts: np.ndarray, sizes: np.ndarray, treated: int, start: int) -> tuple[ie.Panel, ie.Claim]:  # fmt: skip
    n, T = counts.shape
    names = [f"u{i:02d}" for i in range(n)]
    frame = pd.DataFrame({
        "unit": np.repeat(names, T), "year": np.tile(np.arange(T) + 1990, n), "cases": counts.ravel(),
        "people": sizes.ravel(), "rate": (counts / sizes).ravel(),
    })  # fmt: skip
    panel = ie.Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("rate", "cases"),
                     numerator="cases", denominator="people")  # fmt: skip
    claim = ie.Claim(id="c", innovation="desk", outcome="rate", better="lower", size=0.1, scale="relative",
                     treated=dict.fromkeys(names[:treated], str(1990 + start)))  # fmt: skip
    return panel, claim


def drawn() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    sizes = rng.integers(400, 900, (N, 1)) * np.ones((1, T))
    return rng.poisson(0.1 * sizes * np.exp(0.02 * np.arange(T))).astype(float), sizes


def series() -> tuple[np.ndarray, np.ndarray]:
    rng, t = np.random.default_rng(6), np.arange(40)
    counts = rng.poisson(50 * np.exp(0.01 * t) * np.where(t >= 25, 0.7, 1.0))[None].astype(float)
    return counts, np.full((1, 40), 1024.0)


CASES = {
    "PoissonDiD": (d.PoissonDiD(), drawn, TREATED, START),
    "ITS, Poisson": (d.SegmentedRegression(family="poisson"), series, 1, 25),
    "ITS, negative binomial": (d.SegmentedRegression(family="negative_binomial"), series, 1, 25),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("times", [2.0**-30, 2.0**30, 2.0**50])
def test_the_unit_of_the_denominator_moves_the_decimal_point_alone(name: str, times: float) -> None:
    design, draw, treated, start = CASES[name]
    counts, sizes = draw()
    one = design.fit(*posed(counts, sizes, treated, start))
    other = design.fit(*posed(counts, sizes * times, treated, start))
    assert other.effect * times == pytest.approx(one.effect, rel=1e-9)
    assert other.std_error * times == pytest.approx(one.std_error, rel=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-9)


def test_shares_near_none_and_near_all_mirror_each_other() -> None:
    counts, _ = drawn()
    trials = np.full(counts.shape, 2.0**36)  # shares of some 10⁻⁹
    few, nearly_all = (
        d.FractionalDiD().fit(*posed(found, trials, TREATED, START))
        for found in (counts, trials - counts)
    )
    assert nearly_all.effect == pytest.approx(-few.effect, rel=1e-4)
    assert nearly_all.std_error == pytest.approx(few.std_error, rel=1e-5)
    rate = d.PoissonDiD().fit(*posed(counts, trials, TREATED, START))
    assert few.effect == pytest.approx(rate.effect, rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_no_case_before_is_refused_and_not_a_number(name: str) -> None:
    design, draw, treated, start = CASES[name]
    counts, sizes = draw()
    counts[:treated, :start] = 0
    with pytest.raises(DesignError, match="no case"):
        design.fit(*posed(counts, sizes, treated, start))
    panel, claim = posed(counts, sizes, treated, start)
    plain = d.DifferenceInDifferences() if treated > 1 else d.SegmentedRegression()
    found = plain.fit(panel, claim)
    assert np.isfinite([found.effect, found.std_error, *found.conf_int]).all()
