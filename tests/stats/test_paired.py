"""Sums over blocks of units are sums over all of them."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats import paired


@pytest.mark.parametrize("clusters", [None, np.arange(10) // 4])
def test_a_covariance_does_not_hang_on_the_size_of_blocks(
    clusters: np.ndarray | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    each, shares = rng.normal(size=(10, 3)), rng.normal(size=(10, 2))
    # By hand: what each cluster adds, and the squares of that.
    added = np.concatenate([each, shares], axis=1)
    groups = np.arange(10) if clusters is None else clusters
    sums = np.array([added[groups == g].sum(axis=0) for g in range(groups.max() + 1)])
    for size in (3, 1000):
        monkeypatch.setattr(paired, "BLOCK", size)
        found = paired.summed(lambda rows: each[rows], shares, clusters)
        assert found == pytest.approx(sums.T @ sums)
