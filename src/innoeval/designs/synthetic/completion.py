"""Completion of the treated units' outcomes by shared factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.synthetic.base import DonorDesign
from innoeval.designs.synthetic.pool import Pool
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.stats.donors import Imitation, Task
from innoeval.stats.factors import choose_rank, covariate_effects, interactive_effects


@dataclass(frozen=True, slots=True)
class MatrixCompletion(DonorDesign):
    r"""What the treated units would have shown, completed from a matrix of low rank.

    Estimand: the average effect on the treated over all periods from their start. Donors give
    period effects and r shared factors; each treated unit has its own level and follows the factors
    in its own measure, fitted before its start (interactive fixed effects, the generalised synthetic
    control). It is the ATT if outcomes without the innovation are such a matrix plus noise, nothing
    was anticipated, and donors were not reached: units may be on different trends, as long as those
    trends are shared by donors. Rank 0 is difference-in-differences.

    Parameters
    ----------
    rank
        Number of factors r; None: the one that predicts the treated units best in periods before
        the start that are left out in turn.
    covariates
        Columns whose effects are estimated from the donors and taken off.

    References
    ----------
    Bai (2009), Econometrica 77:1229-1279, doi:10.3982/ECTA6135; Xu (2017), Political Analysis
    25:57-76, doi:10.1017/pan.2016.2; Athey, Bayati, Doudchenko, Imbens & Khosravi (2021), JASA
    116:1716-1730, doi:10.1080/01621459.2021.1891924.

    Examples
    --------
    Everybody follows one movement; A three times as strongly as B, and it falls by 2 at last:

    >>> import pandas as pd
    >>> from innoeval.records import Claim, Panel
    >>> move = [0., 1, -1, 2, 1]
    >>> days = [*(3 * m for m in move), *move, *(2 * m for m in move), *(-m for m in move)]
    >>> days[4] -= 2
    >>> frame = pd.DataFrame({"ward": [w for w in "ABCD" for _ in move],
    ...                       "year": [2020, 2021, 2022, 2023, 2024] * 4, "days": days})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2024", size=2, scale="absolute")
    >>> round(MatrixCompletion(rank=1).fit(panel, claim).effect, 6)
    -2.0
    """

    rank: int | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rank is not None and self.rank < 0:
            raise DesignError(f"the rank is {self.rank}; it must be 0 or more, or None")

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level than the treated units."""
        return True

    @property
    def columns(self) -> tuple[str, ...]:
        """Covariates that are taken off."""
        return self.covariates

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """The factors' part of each series."""
        outcomes, targets = pool.outcomes, task.targets
        rank = self._rank(pool, outcomes)
        if self.covariates:
            off = _covariates_part(pool, rank)
            outcomes = outcomes - off
            if task.members is not None:
                targets = targets - task.members @ off
            # The rank is chosen anew for what the covariates leave.
            rank = self._rank(pool, outcomes)
        spare = int(task.before.sum()) - 2
        completed = task._replace(targets=targets)
        return interactive_effects(outcomes, completed, min(rank, max(spare, 0)))

    def _rank(self, pool: Pool, outcomes: Floats) -> int:
        if self.rank is not None:
            return self.rank
        rows = np.flatnonzero(pool.treated)
        befores = np.stack([pool.before(int(pool.starts[i])) for i in rows])
        return choose_rank(outcomes, outcomes[rows], befores, ~pool.treated)


def _covariates_part(pool: Pool, rank: int) -> Floats:
    """What the covariates add to each outcome, (N, S)."""
    values = pool.covariates
    if not np.isfinite(values).all():
        raise DesignError(
            f"the covariates {', '.join(pool.columns)} have missing values; fill them, or leave them out"
        )
    donors = ~pool.treated
    effects = covariate_effects(pool.outcomes[donors], values[:, donors], rank)
    return np.tensordot(effects, values, axes=1)
