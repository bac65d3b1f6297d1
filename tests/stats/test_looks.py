"""Critical values over several looks."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.looks import looked_critical


@pytest.mark.parametrize(
    ("looks", "critical"),
    # Pocock (1977), two-sided 5 %.
    [(1, 1.960), (2, 2.178), (3, 2.289), (4, 2.361), (5, 2.413), (10, 2.555)],
)
def test_the_constants_of_pocock(looks: int, critical: float) -> None:
    shares = tuple(k / looks for k in range(1, looks + 1))
    assert looked_critical(shares) == pytest.approx(critical, abs=6e-4)


def test_uneven_looks_as_simulated() -> None:
    shares = (0.1, 0.15, 0.6, 1.0)
    rng = np.random.default_rng(7)
    steps = np.sqrt(np.diff((0.0, *shares)))
    paths = np.cumsum(rng.normal(size=(200_000, 4)) * steps, axis=1) / np.sqrt(shares)
    simulated = np.quantile(np.abs(paths).max(axis=1), 0.9)
    assert looked_critical(shares, 0.9) == pytest.approx(simulated, abs=0.01)


def test_many_looks_close_together() -> None:
    shares = tuple(k / 100 for k in range(50, 101))
    critical = looked_critical(shares)
    assert 1.96 < critical < looked_critical(tuple(k / 100 for k in range(1, 101)))
