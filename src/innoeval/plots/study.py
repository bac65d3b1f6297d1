"""Effects by event time, as an estimate or an evaluation holds them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.errors import BriefError
from innoeval.records.estimate import Component, Estimate, Path
from innoeval.records.evaluation import Evaluation
from innoeval.records.freeze import Floats


class Study(NamedTuple):
    """Effects by event time, arrays of shape (K,); `nan` where there is none."""

    time: Floats
    effect: Floats
    low: Floats
    high: Floats
    band_low: Floats
    band_high: Floats
    design: str
    outcome: str
    better: str
    level: float

    @property
    def banded(self) -> bool:
        """Whether there is a band that holds all effects at once."""
        return bool(np.isfinite(self.band_low).any())


def study_of(of: Evaluation | Estimate) -> Study:
    """Effects by event time of an evaluation or an estimate.

    Raises
    ------
    BriefError
        Where there are none.
    """
    est, outcome = (of.estimate, of.claim.outcome) if isinstance(of, Evaluation) else (of, "")
    if est is None:
        raise BriefError(
            "there is no estimate, and so no effects by period; read ev.verdict.reasons, or draw "
            "plots.findings(ev)"
        )
    if est.group_times is not None and not est.event_times:
        est = est.aggregate("event")
    rows = [est.components[k] for k in est.event_times]
    launch = _launch(of) if isinstance(of, Evaluation) else None
    if rows and (rows[0].event_time or 0) >= 0 and launch is not None and est.path is not None:
        rows = [*_gaps(est.path, launch), *rows]
    if not rows and launch is not None and est.path is not None:
        rows = [*_gaps(est.path, launch), *_from_path(est.path, launch)]
    rows = [part for part in rows if np.isfinite(part.estimate)]
    if not any((part.event_time or 0) >= 0 for part in rows):
        raise BriefError(
            f"{est.design} gives no effects by period since the start; fit EventStudy or "
            "CallawaySantAnna, or draw plots.counterfactual(ev)"
        )

    def column(name: str) -> Floats:
        values = [getattr(part, name) for part in rows]
        found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return np.where(np.isfinite(found), found, np.nan)

    return Study(
        column("event_time"), column("estimate"), column("conf_low"), column("conf_high"),
        column("band_low"), column("band_high"), est.design, outcome, est.better, est.level,
    )  # fmt: skip


def _launch(ev: Evaluation) -> int | None:
    """Place of the one start on the path; None where there are several, or it is not there."""
    if ev.measured.launches or ev.estimate is None or ev.estimate.path is None:
        return None
    periods = ev.estimate.path.period
    return periods.index(ev.measured.launch) if ev.measured.launch in periods else None


def _gaps(path: Path, launch: int) -> list[Component]:
    """What the observed series differs by from the expected one before the start."""
    gap = (path.observed - path.counterfactual)[:launch]
    return [
        Component(term="gap", estimate=float(value), event_time=t - launch)
        for t, value in enumerate(gap)
        if np.isfinite(value)
    ]


def _from_path(path: Path, launch: int) -> list[Component]:
    """Effects of a design that gives a path alone."""
    return [
        Component(
            term="effect", estimate=float(path.observed[t] - path.counterfactual[t]),
            conf_low=float(path.observed[t] - path.high[t]),
            conf_high=float(path.observed[t] - path.low[t]), event_time=t - launch,
        )
        for t in range(launch, len(path.period))
        if np.isfinite(path.observed[t] - path.counterfactual[t])
    ]  # fmt: skip
