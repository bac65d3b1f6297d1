"""Writes survival_cases.csv: 2,400 cases in whole seconds, some open, some with equal times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

NOW = pd.Timestamp("2023-07-01")

if __name__ == "__main__":
    rng = np.random.default_rng(907)
    n = 2400
    opened = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 181 * 86400, n), unit="s")
    ward = rng.choice(["A", "B", "C", "D"], n, p=[0.4, 0.3, 0.25, 0.05])
    slow = np.where(ward == "C", 30.0, 9.0)
    took = np.round(rng.gamma(1.5, slow / 1.5) * 86400)
    took = np.where(rng.random(n) < 0.3, np.ceil(took / 86400) * 86400, took)  # ties
    took = np.where(rng.random(n) < 0.04, np.nan, took)  # never closed
    closed = opened + pd.to_timedelta(took, unit="s")
    frame = pd.DataFrame({"ward": ward, "opened": opened, "closed": closed.where(closed <= NOW)})
    frame.sort_values(["opened", "ward"]).to_csv(
        Path(__file__).with_suffix(".csv"), index=False, date_format="%Y-%m-%d %H:%M:%S"
    )
