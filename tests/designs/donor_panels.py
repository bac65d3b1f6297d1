"""Panels for tests of designs with donors: simulated ones, and real ones with published results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from innoeval.records import Claim, Panel


def factors(seed: int, n: int = 24, periods: int = 20) -> np.ndarray:
    """Outcomes (n, periods) with a shared factor, as real units have."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(periods, 1)).cumsum(axis=0)
    return (
        rng.normal(size=(n, 1))
        + (shared @ rng.uniform(size=(1, n))).T
        + rng.normal(size=(n, periods)) * 0.5
    )


def published(
    file: Path, unit: str, period: str, outcome: str, treated: str, start: str, freq: str = "year"
) -> tuple[Panel, Claim]:
    """A panel of real units that have every value, and a claim on one of them."""
    frame = pd.read_csv(file)[[unit, period, outcome]].dropna()
    if freq == "quarter":
        years = frame[period].astype(int)
        quarters = ((frame[period] - years) * 4 + 1).round().astype(int)
        frame[period] = years.astype(str) + "-Q" + quarters.astype(str)
    else:
        frame[period] = frame[period].astype(int).astype(str)
    panel = Panel(frame=frame, unit=unit, period=period, freq=freq, outcomes=(outcome,))
    claim = Claim(
        id="c", innovation="i", outcome=outcome, better="lower", treated=[treated], start=start,
        size=1.0, scale="absolute",
    )  # fmt: skip
    return panel, claim


def prop99(folder: Path) -> tuple[Panel, Claim]:
    return published(
        folder / "california_prop99.csv", "state", "year", "packs", "California", "1989"
    )
