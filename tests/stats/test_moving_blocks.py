"""Moving blocks: an interval is found wherever the search begins, and has no end where none is."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.moving_blocks import conformal

WINDOW = np.arange(30) >= 24
NOISE = np.random.default_rng(1).normal(size=30)


def residuals(tried: np.ndarray) -> np.ndarray:
    """What is left of noise with an effect of 5 when hypothetical effects are taken off."""
    return NOISE + np.outer(5.0 - tried, WINDOW)


def test_an_estimate_between_two_hypotheses_is_looked_at_more_closely() -> None:
    # At 100 scales the hypotheses lie 20 apart, and none of them near 5 is kept.
    usual = conformal(residuals, WINDOW, 5.0, 1.0, 0.9)
    coarse = conformal(residuals, WINDOW, 13.0, 100.0, 0.9)
    assert usual.low < 5 + NOISE[WINDOW].mean() < usual.high
    assert (coarse.low, coarse.high) == pytest.approx((usual.low, usual.high), abs=0.02)
    assert coarse.p_value == usual.p_value


def test_a_level_that_no_shift_can_reach_sets_no_bound() -> None:
    # Of thirty shifts none is rarer than 1 in 30.
    found = conformal(residuals, WINDOW, 5.0, 1.0, 0.99)
    assert (found.low, found.high) == (-np.inf, np.inf)
