"""Random panels and series: unbalanced, with missing cells, weights and ties, each from its seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.staggered_panels import drawn


def panel(seed: int, starts: tuple[int, ...]) -> tuple[pd.DataFrame, bool]:
    """A long frame with staggered starts, and whether it is complete.

    By the seed: 36 to 80 units, 6 to 9 periods, no missing cells or up to a fifth of them, units
    that leave early, and numbers rounded so that many are tied.
    """
    rng = np.random.default_rng([seed, 1])
    missing = float(rng.choice([0.0, 0.0, 0.05, 0.2]))
    frame = drawn(
        seed=seed, n=int(rng.integers(36, 81)), periods=int(rng.integers(7, 10)), starts=starts,
        missing=missing, growth=float(rng.normal()),
    )  # fmt: skip
    leaves = rng.random() < 0.25
    if leaves:
        gone = rng.choice(frame["unit"].unique(), 5, replace=False)
        frame = frame[~(frame["unit"].isin(gone) & (frame["year"] >= 2006))]
    if rng.random() < 0.3:
        frame["y"] = frame["y"].round(0 if rng.random() < 0.5 else 1)
    # A unit that is seen once says nothing of changes; libraries differ in whether they count it.
    seen = frame.groupby("unit")["y"].transform("size")
    frame = frame[seen > 1].reset_index(drop=True)
    frame["d"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(int)
    frame["e"] = np.where(frame["first"] > 0, frame["year"] - frame["first"], -1)
    return frame, missing == 0 and not leaves


def series(seed: int) -> tuple[np.ndarray, int]:
    """A series of 24 to 80 periods with errors that linger, and the place of its launch."""
    rng = np.random.default_rng([seed, 2])
    n = int(rng.integers(24, 81))
    launch = int(rng.integers(n // 3, 2 * n // 3 + 1))
    rho, e = float(rng.uniform(-0.3, 0.7)), rng.normal(size=n)
    for t in range(1, n):
        e[t] += rho * e[t - 1]
    y = 50 + rng.normal() * 0.1 * np.arange(n) - 2 * (np.arange(n) >= launch) + e
    return np.round(y, 6), launch


def donors(seed: int, n: int = 16, T: int = 18) -> np.ndarray:
    """Units that follow three factors, the first unit inside the others' reach."""
    rng = np.random.default_rng([seed, 3])
    loadings, factors = rng.normal(size=(n, 3)), np.cumsum(rng.normal(size=(3, T)), axis=1)
    loadings[0] = rng.dirichlet(np.ones(n - 1)) @ loadings[1:]
    return 10 + loadings @ factors + 0.3 * rng.normal(size=(n, T))
