"""Small panels and claims for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from innoeval.records import Claim, Panel


def panel_of(outcomes: object, first_year: int = 2000, **roles: object) -> Panel:
    """Panel of units u00, u01 … by year, from an array (N, T) in which `nan` is no row."""
    values = np.asarray(outcomes, dtype=float)
    rows = [
        (f"u{i:02d}", str(first_year + t), value)
        for i, row in enumerate(values)
        for t, value in enumerate(row)
        if np.isfinite(value)
    ]
    frame = pd.DataFrame(rows, columns=["unit", "year", "y"])
    fields = {"unit": "unit", "period": "year", "freq": "year", "outcomes": ("y",)}
    return Panel(frame=frame, **{**fields, **roles})


def claim_on(units: Sequence[int], launch: int, first_year: int = 2000, **more: object) -> Claim:
    """Claim that the units numbered started `launch` years after the first."""
    named = [f"u{i:02d}" for i in units]
    fields = {
        "id": "c", "innovation": "desk", "outcome": "y", "better": "lower",
        "treated": named, "start": str(first_year + launch),
        "size": 1.0, "scale": "absolute",
    }  # fmt: skip
    return Claim(**{**fields, **more})
