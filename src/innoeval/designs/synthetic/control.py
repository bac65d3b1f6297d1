"""Synthetic control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.synthetic.base import DonorDesign
from innoeval.designs.synthetic.pool import Pool
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.stats.donors import Imitation, Task, synthetic_control
from innoeval.stats.predictors import Importance, choose_importance, matched_control

#: Seed of the search for the importance of predictors.
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class SyntheticControl(DonorDesign):
    r"""The treated unit against a weighted average of donors that went the same way before.

    Estimand: the average effect on the treated over all periods from the start,
    :math:`\frac1{T_1}\sum_{t\,after}(y_{1t}-\sum_j w_jy_{jt})`, with weights :math:`w_j\ge0`,
    :math:`\sum_jw_j=1` that follow the treated unit before the start. It is the ATT if the donors
    that could imitate it before would have done so after (donor fit), nothing was anticipated, and
    donors were not reached.

    Parameters
    ----------
    intercept
        Lets the level of the imitation differ (Ferman & Pinto): for a treated unit that lies above
        or below every donor.
    penalty
        λ of Abadie & L'Hour: keeps to donors that are like the treated unit one by one.

    predictors
        Columns whose averages before the start are matched instead of the outcome's whole path.
    lags
        Periods whose outcomes are matched beside them.
    importance
        How closely each predictor is matched: "regression" (by how well it predicts the outcomes
        before), "cross_validation" (by the imitation of the second half of the time before) or
        "equal". Placebos are matched by the same importance.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746; Abadie
    (2021), Journal of Economic Literature 59:391-425, doi:10.1257/jel.20191450; Abadie & L'Hour
    (2021), JASA 116:1817-1834, doi:10.1080/01621459.2021.1971535; Ferman & Pinto (2021),
    Quantitative Economics 12:1197-1221, doi:10.3982/QE1596.

    Examples
    --------
    A is the average of B and C until it falls by 2 in the last year:

    >>> import pandas as pd
    >>> from innoeval.records import Claim, Panel
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCC"), "year": [2020, 2021, 2022] * 3,
    ...                       "days": [5., 6, 3, 4, 7, 4, 6, 5, 6]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2022", size=2, scale="absolute")
    >>> found = SyntheticControl().fit(panel, claim)
    >>> round(found.effect, 6), [(part.term, round(part.estimate, 6)) for part in found.components[1:3]]
    (-2.0, [('weight of B', 0.5), ('weight of C', 0.5)])
    """

    intercept: bool = False
    penalty: float = 0.0
    predictors: tuple[str, ...] = ()
    lags: tuple[str, ...] = ()
    importance: Importance = "regression"

    def __post_init__(self) -> None:
        if (self.predictors or self.lags) and (self.intercept or self.penalty):
            raise DesignError(
                "intercept and penalty are for a match of the outcome's path; leave them out, or the "
                "predictors and lags"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """Predictors that are columns of the panel."""
        return self.predictors

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level than the treated units."""
        return self.intercept

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """Weights that follow a series before the start, or that match the predictors."""
        if not self.predictors and not self.lags:
            return synthetic_control(
                pool.outcomes, task, intercept=self.intercept, penalty=self.penalty
            )
        features = _features(pool, self.lags)
        importance = choose_importance(pool.outcomes, task, features, self.importance, seed=_SEED)
        return matched_control(pool.outcomes, task, features, importance)


def _features(pool: Pool, lags: tuple[str, ...]) -> Floats:
    """Averages of the predictors before the first start, and the outcomes of some periods, (N, P)."""
    before = pool.before(pool.launches[0])
    places = [pool.place(period) for period in lags]
    if late := [
        period for period, at in zip(lags, places, strict=True) if at < 0 or not before[at]
    ]:
        raise DesignError(
            f"the lags {', '.join(late)} are not periods before the start that are in use; name others"
        )
    averages = []
    for name, values in zip(pool.columns, pool.covariates[:, :, before], strict=True):
        known = np.isfinite(values)
        if not known.any(axis=1).all():
            lacking = [pool.units[i] for i in np.flatnonzero(~known.any(axis=1))]
            raise DesignError(
                f"the predictor '{name}' has no value before the start for {', '.join(lacking[:5])}; "
                "leave it out, or drop these units"
            )
        averages.append(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))
    return np.column_stack([*averages, *(pool.outcomes[:, at] for at in places)])
