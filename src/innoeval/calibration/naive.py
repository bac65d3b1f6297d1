"""Numbers as they are usually printed, where innoeval's own designs would refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.freeze import Floats, Frozen
from innoeval.records.panel import Panel

#: Sweeps of alternating means at most, and the change at which they stop.
_SWEEPS, _STILL = 200, 1e-10


def two_way(claim: Claim, panel: Panel, level: float = 0.95) -> Estimate:
    """Two-way fixed effects with errors clustered by unit, also where one unit is treated.

    The factor is G / (G − 1) · (n − 1) / (n − k) with t(G − 1); unit effects, nested in the clusters,
    are not counted in k.
    """
    from scipy.special import stdtrit

    from innoeval.designs.base import arrange

    case = arrange(panel, claim)
    cells = np.isfinite(case.outcomes)
    time = np.arange(case.n_periods)
    exposed = (time >= case.starts[:, None]) & case.treated[:, None]
    own = _demeaned(exposed.astype(np.float64), cells)
    outcome = _demeaned(np.where(cells, case.outcomes, 0.0), cells)
    weight = float((own**2).sum())
    effect = float((own * outcome).sum()) / weight
    scores = (own * (outcome - effect * own)).sum(axis=1)
    groups, n = len(scores), int(cells.sum())
    regressors = case.n_periods + 1  # unit effects are nested in the clusters
    factor = groups / (groups - 1) * (n - 1) / max(n - regressors, 1)
    error = float(np.sqrt(factor * (scores**2).sum())) / weight
    reach = float(stdtrit(groups - 1, 0.5 + level / 2)) * error
    observed = float(case.outcomes[exposed & cells].mean())
    return Estimate(
        design="TwoWayFixedEffects",
        estimand="coefficient of treatment",
        effect=effect,
        std_error=error,
        conf_int=Interval(effect - reach, effect + reach),
        p_value=None,
        better=claim.better,
        baseline=observed - effect,
        observed=observed,
        n_units=groups,
        n_treated=int(case.treated.sum()),
        n_clusters=groups,
        n_obs=n,
        inference="clustered by unit, however few",
    )


def averaged(claim: Claim, panel: Panel) -> tuple[Claim, Panel]:
    """The claim about one series: the treated units' average of what is recorded each period."""
    from innoeval.designs.base import arrange

    case = arrange(panel, claim)
    ours = case.outcomes[case.treated]
    known = np.isfinite(ours).any(axis=0)
    frame = pd.DataFrame(
        {
            "unit": "average",
            "period": np.array(panel.periods, dtype=object)[known],
            claim.outcome: np.nanmean(ours[:, known], axis=0),
        }
    )
    series = Panel(
        frame=frame, unit="unit", period="period", freq=panel.freq, outcomes=(claim.outcome,)
    )
    start = panel.periods[int(case.launches[0])]
    return replace(claim, treated=Frozen({"average": start}), adopters=Frozen(), looks=()), series


def _demeaned(values: Floats, cells: np.ndarray) -> Floats:
    """Without unit and period means, by sweeping one and the other out in turn."""
    left = np.where(cells, values, 0.0)
    by_unit = np.maximum(cells.sum(axis=1, keepdims=True), 1)
    by_period = np.maximum(cells.sum(axis=0, keepdims=True), 1)
    for _ in range(_SWEEPS):
        left = np.where(cells, left - left.sum(axis=1, keepdims=True) / by_unit, 0.0)
        means = left.sum(axis=0, keepdims=True) / by_period
        left = np.where(cells, left - means, 0.0)
        if np.abs(left.sum(axis=1, keepdims=True) / by_unit).max() < _STILL:
            break
    return left
