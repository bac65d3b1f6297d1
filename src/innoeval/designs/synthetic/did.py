"""Synthetic difference-in-differences."""

from __future__ import annotations

from dataclasses import dataclass

from innoeval.designs.synthetic.base import DonorDesign
from innoeval.designs.synthetic.pool import Pool
from innoeval.stats.donors import Imitation, Task, did_ridge, synthetic_did


@dataclass(frozen=True, slots=True)
class SyntheticDiD(DonorDesign):
    r"""Difference-in-differences with donors that move like the treated, and periods like those after.

    Estimand: the average effect on the treated over all periods from their start. Donors are
    weighted to move in parallel with the treated units before (their level may differ, and a ridge
    :math:`\zeta^2=\sqrt{N_1T_1}\,\hat\sigma^2` keeps the weights spread), periods before to predict
    the donors' later ones; the estimate is the difference-in-differences under both weights. With
    several starting dates each cohort is compared with units never treated, and the effects are
    averaged over treated cells. It is the ATT if, so weighted, both would have moved together
    without the innovation, nothing was anticipated, and donors were not reached.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088-4118,
    doi:10.1257/aer.20190159.

    Examples
    --------
    A moves as the average of B and C do, 10 higher, until it falls by 2 in the last year:

    >>> import pandas as pd
    >>> from innoeval.records import Claim, Panel
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCC"), "year": [2020, 2021, 2022] * 3,
    ...                       "days": [15., 16, 13, 4, 7, 4, 6, 5, 6]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2022", size=2, scale="absolute")
    >>> round(SyntheticDiD().fit(panel, claim).effect, 1)
    -2.0
    """

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level than the treated units."""
        return True

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """Weights of donors and of periods."""
        ridge = did_ridge(
            pool.outcomes,
            ~pool.treated,
            task.before,
            pool.started(task.before),
            int(task.after.sum()),
        )
        return synthetic_did(pool.outcomes, task, ridge=ridge)
