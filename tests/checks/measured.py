"""Panels with inputs behind the outcome, for the checks of measuring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from innoeval.records import Panel

N, T, LAUNCH = 20, 18, 12


def noise(seed: int = 1, sd: float = 0.1) -> np.ndarray:
    """Noise of 20 units over 18 years."""
    return np.random.default_rng(seed).normal(size=(N, T)) * sd


def panel_with(outcome: np.ndarray, first_year: int = 2000, **given: object) -> Panel:
    """Panel of the outcome y and further columns (arrays of its shape); other arguments are roles."""
    n, periods = outcome.shape
    frame = pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(n)], periods),
            "year": np.tile([str(first_year + t) for t in range(periods)], n),
            "y": outcome.ravel(),
        }
    )
    roles = {}
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            frame[name] = value.ravel().astype(float)
        else:
            roles[name] = value
    return Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",), **roles)


def step(size: float, n: int = N) -> np.ndarray:
    """A step of the first ten units at the launch."""
    out = np.zeros((n, T))
    out[:10, LAUNCH:] = size
    return out
