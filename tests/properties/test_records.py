"""Records to a panel agree with the slow way, whatever the records are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import innoeval as ie

NOW = pd.Timestamp("2023-04-01 00:00")
M = ie.metrics

case = st.tuples(
    st.sampled_from(["A", "B", "'; drop table x; --"]),
    st.integers(0, 89),  # day of opening, from the first of January
    st.one_of(st.none(), st.integers(0, 60), st.sampled_from([3, 7, 7, 7])),  # days to closing
)


def table(cases: list[tuple[str, int, int | None]]) -> pd.DataFrame:
    opened = pd.Timestamp("2023-01-01") + pd.to_timedelta([day for _, day, _ in cases], unit="D")
    took = pd.to_timedelta([np.nan if days is None else days for _, _, days in cases], unit="D")
    closed = pd.Series(opened + took)
    return pd.DataFrame({"ward": [ward for ward, _, _ in cases], "opened": opened,
                         "closed": closed.where(closed <= NOW).astype("datetime64[us]")})  # fmt: skip


def survival(cell: pd.DataFrame) -> list[tuple[float, float]]:
    """Times at which cases end, and the Kaplan-Meier curve from each on."""
    time = ((cell["closed"].fillna(NOW) - cell["opened"]) / pd.Timedelta(days=1)).to_numpy()
    ended = cell["closed"].notna().to_numpy()
    left, curve = 1.0, []
    for moment in sorted(set(time[ended])):
        left *= 1 - (ended & (time == moment)).sum() / (time >= moment).sum()
        curve.append((moment, left))
    return curve


def median(cell: pd.DataFrame) -> float:
    curve = survival(cell)
    reached = [moment for moment, left in curve if left <= 0.5 + 1e-9]
    if not reached:
        return float("nan")
    level = dict(curve)[reached[0]]
    if level < 0.5 - 1e-9:
        return reached[0]
    later = [moment for moment, left in curve if left < 0.5 - 1e-9]
    last = float(((cell["closed"].fillna(NOW) - cell["opened"]) / pd.Timedelta(days=1)).max())
    return (reached[0] + (later[0] if later else last)) / 2


def within(cell: pd.DataFrame, days: float) -> float:
    curve = survival(cell)
    followed = float(((cell["closed"].fillna(NOW) - cell["opened"]) / pd.Timedelta(days=1)).max())
    if followed < days and not (curve and curve[-1][1] < 1e-9):
        return float("nan")
    return 1 - min([left for moment, left in curve if moment <= days], default=1.0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(case, min_size=1, max_size=40))
def test_counts_medians_and_shares_are_those_of_the_slow_way(
    cases: list[tuple[str, int, int | None]],
) -> None:
    frame = table(cases)
    panel = ie.records(
        frame, unit="ward", opened="opened", closed="closed", as_of="2023-04-01 00:00"
    ).panel(
        metrics={"n": M.Count(), "median": M.Median(), "within": M.ShareWithin(7)}, silent="missing"
    )
    assert panel.frame["n"].sum() == len(cases)
    for row in panel.frame.itertuples():
        cell = frame[
            (frame["ward"] == row.ward) & (frame["opened"].dt.strftime("%Y-%m") == str(row.period))
        ]
        assert row.n == len(cell)
        np.testing.assert_allclose(row.median, median(cell), atol=1e-9)
        np.testing.assert_allclose(row.within, within(cell, 7), atol=1e-9)
        if "provisional" not in panel.frame or not row.provisional:
            closed = (cell["closed"] - cell["opened"]) / pd.Timedelta(days=1)
            np.testing.assert_allclose(row.median, closed.fillna(1e9).median(), atol=1e-9)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(case, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(
    cases: list[tuple[str, int, int | None]], random: object
) -> None:
    shuffled = list(cases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    panels = [
        ie.records(table(some), unit="ward", opened="opened", closed="closed", as_of="2023-04-01 00:00").panel(
            metrics={"n": M.Count(), "median": M.Median()}, silent="zero")
        for some in (cases, shuffled)
    ]  # fmt: skip
    assert panels[0].fingerprint == panels[1].fingerprint
