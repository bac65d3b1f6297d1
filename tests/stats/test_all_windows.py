"""A stated pair of windows among all, against plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from innoeval.stats.all_windows import largest_by_chance, place_among_all


def test_the_place_is_that_of_a_loop_over_all_pairs() -> None:
    series, launch, lengths = np.random.default_rng(2).normal(size=20), 11, (2, 5)
    stated = (6, 9, 13, 17)
    rises, scaled = [], []
    sizes = {*lengths, 4}, {*lengths, 5}
    for k, m in product(*sizes):
        for i, j in product(range(launch - k + 1), range(launch, 20 - m + 1)):
            rise = series[j : j + m].mean() - series[i : i + k].mean()
            rises.append(rise)
            scaled.append(rise / np.sqrt(1 / k + 1 / m))
    own = (series[13:18].mean() - series[6:10].mean()) / np.sqrt(1 / 4 + 1 / 5)
    found = place_among_all(series, launch, stated, lengths)
    assert found.pairs == len(rises)
    assert found.largest == pytest.approx(max(rises))
    assert found.percentile == pytest.approx(np.mean(np.array(scaled) <= own + 1e-9))


def test_the_largest_by_chance_keeps_its_level_when_the_best_is_stated() -> None:
    # No effect, and the best of eight contrasts is stated each time: about 5 % are below .05.
    rng = np.random.default_rng(5)
    treated = np.arange(16) < 6
    low = 0
    for seed in range(200):
        changes = rng.normal(size=(16, 8))
        apart = changes[treated].mean(axis=0) - changes[~treated].mean(axis=0)
        error = np.sqrt(changes.var(axis=0))
        low += largest_by_chance(changes, treated, int((apart / error).argmax()), 199, seed) <= 0.05
    assert low <= 20
