"""Do the compared periods cover the same seasons?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.stats.contrast import student


@dataclass(frozen=True, slots=True)
class CalendarMismatch:
    """Seasons of the claimed before and after windows, and what their difference alone would show.

    Null: the difference in seasons between the windows shows nothing. The seasonal profile is
    fitted by least squares (season means and a linear trend) to what is untreated: the comparison
    units throughout, else the treated units before the start. The verdict itself does not compare
    the claimed windows; the finding is a note on the announced number.

    References
    ----------
    Bernal, Cummins & Gasparrini (2017), International Journal of Epidemiology 46:348-355,
    doi:10.1093/ije/dyw098.
    """

    name: ClassVar[str] = "calendar_mismatch"
    question: ClassVar[str] = "Do the compared periods cover the same seasons?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_window,)

    def measure(self, case: Case) -> Measurement:
        """Compare the seasons of the claimed windows."""
        calendar = case.panel.calendar
        if case.claim.windows is None:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The claim does not say which periods it compares.",
            )
        if calendar.cycle < 2:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="There are no seasons within these periods.",
            )
        before, after = (_seasons(case, window) for window in case.claim.windows)
        if np.allclose(before, after):
            return Measurement(
                status="clear",
                severity="note",
                says="The compared periods cover the same months or quarters.",
            )
        found = _seasonal_difference(case, after - before)
        if found is None:
            return Measurement(
                status="cannot_tell",
                severity="note",
                says="The compared periods cover different months or quarters, and the record is too short to know what that does.",
            )
        bias, error, df = found
        tested = student(np.array([bias]), np.array([error]), np.array([df]), case.policy.level)
        reach = max(abs(float(tested.low[0])), abs(float(tested.high[0])))
        small = case.claimed is not None and reach < case.policy.default_smallest * case.claimed
        return Measurement(
            status="clear" if small else "cannot_tell",
            severity="note",
            says=f"The compared periods cover different months or quarters; that alone shows {amount(bias)}, "
            + ("which is little." if small else "which may be chance."),
            says_problem="The compared periods cover different months or quarters; the season alone shows "
            f"an {'improvement' if bias > 0 else 'apparent worsening'} of {amount(abs(bias))}.",
            p_value=float(tested.p_value[0]),
            bias=Bias(bias, error),
        )


def _seasons(case: Case, window: tuple[str, str]) -> np.ndarray:
    """Share of a window that falls in each season, (cycle,)."""
    calendar = case.panel.calendar
    first, last = (calendar.position(period) for period in window)
    counts = Counter(calendar.season(t) for t in range(first, last + 1))
    shares = np.zeros(calendar.cycle)
    for season, count in counts.items():
        shares[season] = count / (last + 1 - first)
    return shares


def _seasonal_difference(case: Case, weights: np.ndarray) -> tuple[float, float, float] | None:
    """What a difference in seasons shows, as improvement, with its error and degrees of freedom."""
    outcomes, treated = case.arrangement.outcomes, case.arrangement.treated
    if treated.all():
        series = _mean_over_units(outcomes)
        series[case.arrangement.launches[0] :] = np.nan
    else:
        series = _mean_over_units(outcomes[~treated])
    time = np.flatnonzero(np.isfinite(series))
    calendar = case.panel.calendar
    season = np.array([calendar.season(int(t)) for t in time])
    if len(time) < 2 * calendar.cycle or len(np.unique(season)) < calendar.cycle:
        return None
    design = np.column_stack([np.eye(calendar.cycle)[season], time - time.mean()])
    df = len(time) - design.shape[1]
    coefficients, *_ = np.linalg.lstsq(design, series[time] - series[time].mean(), rcond=None)
    residuals = series[time] - series[time].mean() - design @ coefficients
    contrast = np.append(weights, 0.0)
    spread = contrast @ np.linalg.solve(design.T @ design, contrast)
    error = float(np.sqrt(residuals @ residuals / df * spread))
    return case.sign * float(contrast @ coefficients), error, float(df)


def _mean_over_units(outcomes: np.ndarray) -> np.ndarray:
    """Mean over units of each period where all of them have a value; `nan` elsewhere."""
    return np.array(outcomes.mean(axis=0))
