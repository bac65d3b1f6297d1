"""Block-conformal intervals against a search over every hypothesis."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.calibrated import ar1
from innoeval.stats.conformal import block_conformal


def searched(y: np.ndarray, X: np.ndarray, d: np.ndarray, level: float) -> tuple[float, ...]:
    Q, _ = np.linalg.qr(X)

    def p_value(theta: float) -> float:
        u = y - theta * d
        u = u - Q @ (Q.T @ u)
        blocks = np.array([abs((np.roll(u, -s) * d).sum()) for s in range(len(y))])
        return float((blocks >= blocks[0] * (1 - 1e-12)).mean())

    kept = [t for t in np.linspace(-5, 3, 801) if p_value(t) > 1 - level + 1e-12]
    return p_value(0), min(kept), max(kept)


@pytest.mark.parametrize(("n", "launch"), [(30, 20), (60, 40), (48, 40)])
def test_agrees_with_a_search(n: int, launch: int) -> None:
    d = (np.arange(n) >= launch) * 1.0
    wave = np.column_stack([np.ones(n), np.cos(np.arange(n) / 2)])
    for X in (np.ones((n, 1)), wave):
        y = ar1(np.random.default_rng(n).standard_normal((n, 1)), 0.4)[:, 0] - 2 * d
        found = block_conformal(y, X, d, 0.9)
        p, low, high = searched(y, X, d, 0.9)
        assert found.p_value == pytest.approx(p)
        assert found.low == pytest.approx(low, abs=0.011)
        assert found.high == pytest.approx(high, abs=0.011)
        assert found.low < found.effect < found.high
        moved = block_conformal(y + 1e6 + 3 * d, X, d, 0.9)
        assert moved.effect == pytest.approx(found.effect + 3, abs=1e-6)
        assert moved.high == pytest.approx(found.high + 3, abs=1e-6)


def test_too_few_periods_set_no_bound() -> None:
    d = (np.arange(12) >= 8) * 1.0
    found = block_conformal(
        np.random.default_rng(0).standard_normal(12) - 9 * d, np.ones((12, 1)), d
    )
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert found.p_value >= 1 / 12


def test_a_true_null_is_kept() -> None:
    d = (np.arange(48) >= 32) * 1.0
    Y = ar1(np.random.default_rng(1).standard_normal((48, 400)), 0.4).T
    shares = np.mean([block_conformal(y, np.ones((48, 1)), d).p_value <= 0.05 for y in Y])
    assert shares < 0.05 + 4 * 0.011
