"""Long, unsorted frames with staggered starts, and the panel and claim that they pose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from innoeval.records import Claim, Panel


def drawn(
    seed: int = 1,
    n: int = 60,
    periods: int = 8,
    starts: Sequence[int] = (3, 5, 6, 0),
    missing: float = 0.0,
    growth: float = 0.5,
    slope: float = 0.0,
) -> pd.DataFrame:
    """Text units; effects that grow by `growth` a period; start 0 is never; `x` drives the outcome.

    `w` are weights of units, `cells` of cells.
    """
    rng = np.random.default_rng(seed)
    start = rng.choice(starts, n)
    time = np.arange(periods)
    x = rng.normal(size=(n, periods)) + 0.2 * time
    y = rng.normal(size=(n, 1)) + rng.normal(size=(1, periods)) + rng.normal(size=(n, periods))
    y += (start[:, None] > 0) * np.maximum(time - start[:, None] + 1, 0) * growth + slope * x
    frame = pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(n)], periods),
        "year": np.tile(time, n) + 2000, "y": y.ravel(), "x": x.ravel(),
        "first": np.repeat(np.where(start > 0, start + 2000, 0), periods),
        "w": np.repeat(rng.uniform(0.5, 2, n), periods), "cells": rng.uniform(0.5, 2, n * periods),
    })  # fmt: skip
    if missing:
        frame = frame[rng.random(len(frame)) > missing]
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def posed(frame: pd.DataFrame, **more: object) -> tuple[Panel, Claim]:
    """Panel and claim of such a frame."""
    others = tuple(name for name in frame if name not in {"unit", "year", "y", "first"})
    panel = Panel(frame=frame.drop(columns="first"), unit="unit", period="year", freq="year",
                  outcomes=("y",), covariates=others)  # fmt: skip
    first = frame[frame["first"] > 0].groupby("unit")["first"].first()
    fields = {"id": "c", "innovation": "i", "outcome": "y", "better": "higher", "size": 1.0,
              "scale": "absolute", "treated": {u: str(year) for u, year in first.items()}}  # fmt: skip
    return panel, Claim(**{**fields, **more})


def matrices(frame: pd.DataFrame, *columns: str) -> tuple[np.ndarray, ...]:
    """Columns as arrays (N, T), `nan` where there is no row, units in order of their names."""
    return tuple(frame.pivot_table(index="unit", columns="year", values=name, observed=False,
                                   dropna=False).to_numpy() for name in columns)  # fmt: skip
