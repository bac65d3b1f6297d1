"""Far from zero, very small, very large: the same answer, to a stated share of its error."""

from __future__ import annotations

import numpy as np
import pytest
from tests.properties.posed import DESIGNS, Drawn

from innoeval.records import Estimate

#: Outcomes are multiples of this, so that 2³⁰ (some 10⁹) is added to them without rounding.
FINE = 2.0**-16
FAR = 2.0**30
#: Of the standard error. Double numbers near 10⁹ are 10⁻⁷ apart, and a fit adds up some of them.
CLOSE = 2e-5
THOSE = (
    "DifferenceInDifferences", "EventStudy", "CallawaySantAnna, never", "SegmentedRegression, REML",
    "SyntheticControl", "AugmentedSyntheticControl", "SyntheticDiD", "TripleDifference",
)  # fmt: skip


def gaps(one: Estimate, other: Estimate, times: float = 1.0) -> list[float]:
    error = one.std_error or 1.0
    return [
        abs(other.effect / times - one.effect) / error,
        abs((other.std_error or 0.0) / times - (one.std_error or 0.0)) / error,
        abs((other.p_value or 0.0) - (one.p_value or 0.0)),
    ]


def drawn(name: str) -> Drawn:
    found = DESIGNS[name].drawn(3)
    return found.but(np.round(found.values / FINE) * FINE)


@pytest.mark.parametrize("name", THOSE)
def test_ten_to_the_nine_above_zero(name: str) -> None:
    of, near = DESIGNS[name], drawn(name)
    assert max(gaps(of.fit(near), of.fit(near.but(near.values + FAR)))) < CLOSE


@pytest.mark.parametrize("name", THOSE)
@pytest.mark.parametrize("times", [2.0**-30, 2.0**40])
def test_very_small_and_very_large(name: str, times: float) -> None:
    of, plain = DESIGNS[name], drawn(name)
    assert max(gaps(of.fit(plain), of.fit(plain.but(plain.values * times)), times)) < 1e-9
