"""Did the problem only move next door?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.stats.group_means import group_means


@dataclass(frozen=True, slots=True)
class Displacement:
    """The total effect: what treated units gained and their neighbours lost, for a treated unit.

    Null: the neighbours did not get worse against the comparison units farther away. The bias is
    their loss, summed over neighbours and shared among the treated units; `left` is the interval of
    the total effect. It is meaningful for outcomes that add up (crimes, cases, costs).

    References
    ----------
    Guerette & Bowers (2009), Criminology 47:1331-1368, doi:10.1111/j.1745-9125.2009.00177.x;
    Crépon, Duflo, Gurgand, Rathelot & Zamora (2013), Quarterly Journal of Economics 128:531-580,
    doi:10.1093/qje/qjt001.
    """

    name: ClassVar[str] = "displacement"
    question: ClassVar[str] = "Did the problem only move next door?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_harm_elsewhere,)

    def measure(self, case: Case) -> Measurement:
        """Add what the neighbours lost to what the treated gained."""
        column, treated = case.panel.neighbour, case.arrangement.treated
        if column is None:
            return Measurement(
                status="not_applicable",
                says="The data do not say which units are next to a treated one.",
            )
        numbers = case.changes_of()
        known = np.isfinite(numbers)
        beside = (np.nan_to_num(case.panel.matrix(column), nan=0.0) > 0).any(axis=1)
        groups = np.stack([treated, ~treated & beside, ~treated & ~beside]) & known
        ours, near, far = (int(count) for count in groups.sum(axis=1))
        if not near:
            return Measurement(
                status="not_applicable", says="No comparison unit is next to a treated one."
            )
        if far < 2 or not ours:
            return Measurement(
                status="cannot_tell",
                says="Too few units are farther away to tell whether neighbours got worse.",
            )
        ratio = near / ours
        weights = np.array([
            [1.0, 0.0, -1.0],
            [0.0, -ratio, ratio],
            [1.0, ratio, -1.0 - ratio],
        ])  # fmt: skip
        found = group_means(case.sign * numbers, groups, weights, case.policy.level)
        gain, moved, total = (float(value) for value in found.effect)
        error, p = float(found.std_error[1]), float(found.p_value[1]) / 2
        most = float(found.high[1])
        told = (
            f"with what happened next door the improvement is {amount(total)} for each treated unit"
        )
        return Measurement(
            status="clear" if most < case.margin else "cannot_tell",
            says=f"What neighbours may have lost is too little to change the verdict; {told}."
            if most < case.margin
            else f"Neighbours may have lost up to {amount(most)} for each treated unit; {told}.",
            says_problem=f"Next door things got worse: a treated unit gained {amount(gain)}, and its neighbours "
            f"lost {amount(moved)} for each of them; {told}.",
            p_value=p if moved > 0 else 1 - p,
            bias=Bias(moved, error, power_for_half(case, error)),
            left=Interval(float(found.low[2]), float(found.high[2])),
        )
