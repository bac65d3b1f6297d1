"""Boundaries against published values, and the promise that they make."""

from __future__ import annotations

import numpy as np
import pytest

from innoeval.stats.sequential import always_valid, boundaries, share_of_version, spent

EQUAL = np.arange(1, 6) / 5


def test_boundaries_are_the_published_ones() -> None:
    """Lan-DeMets, five equal looks, two-sided 5 % (Jennison & Turnbull 2000, chapter 7)."""
    assert boundaries(EQUAL) == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=1e-3)
    assert boundaries(EQUAL, kind="pocock") == pytest.approx(
        [2.438, 2.427, 2.410, 2.397, 2.386], abs=1e-3
    )


def test_all_is_spent_at_the_end_and_no_more() -> None:
    for kind in ("obrien_fleming", "pocock"):
        assert spent([1.0, 1.3], 0.05, kind) == pytest.approx([0.05, 0.05])
    assert sum(share_of_version(k) for k in range(1, 10_000)) == pytest.approx(1, abs=1e-3)
    assert sum(share_of_version(k, planned=7) for k in range(1, 20)) == pytest.approx(1)


def test_ten_looks_at_nothing_find_something_at_most_so_often() -> None:
    rng = np.random.default_rng(20261124)
    paths = np.cumsum(rng.standard_normal((40_000, 10)), axis=1) / np.sqrt(np.arange(1, 11))
    for kind in ("obrien_fleming", "pocock"):
        crossed = (np.abs(paths) > boundaries(np.arange(1, 11) / 10, 0.05, kind)).any(axis=1)
        # Standard error 0.11 points.
        assert crossed.mean() == pytest.approx(0.05, abs=0.004)
    error = 1 / np.sqrt(np.arange(1, 11))
    missed = (np.abs(paths * error) > always_valid(error, error[-1])).any(axis=1)
    assert missed.mean() < 0.05
    assert (np.abs(paths) > 1.96).any(axis=1).mean() > 0.15  # what looking without a rule does


def test_the_width_is_least_at_the_planned_information() -> None:
    for error in (0.2, 1.0, 7.0):
        best = always_valid([error], planned=error)[0]
        for times in (0.25, 0.8, 1.25, 4.0):
            assert always_valid([error], planned=times * error)[0] > best
    # Units carry over.
    assert always_valid([2.0], planned=3.0)[0] == pytest.approx(
        10 * always_valid([0.2], planned=0.3)[0]
    )
