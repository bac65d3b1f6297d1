"""Is the result carried by one or two sites?"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats

#: Fewest treated units of which two can be left out, and from which on their own spread is used.
_FEWEST, _ENOUGH = 4, 7


@dataclass(frozen=True, slots=True)
class CarriedByFew:
    """The improvement without the one or two sites that improved most.

    Null: the sites that improved most lie no farther from the other treated sites than the best of
    as many do by chance (Student's t of the deleted residual, Bonferroni over all sites and pairs).
    Clear where without them the improvement would change by less than half the claim and less than what
    would change the verdict.
    `left` reaches from the lower end without them, which their spread no longer blurs, to the
    higher of both upper ends: what they gained may well be real.

    References
    ----------
    Rosner (1983), Technometrics 25:165-172, doi:10.1080/00401706.1983.10487848; Broderick, Giordano
    & Meager (2020), arXiv:2011.14999.
    """

    name: ClassVar[str] = "carried_by_few"
    question: ClassVar[str] = "Is the result carried by one or two sites?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.not_one_unit,)

    def measure(self, case: Case) -> Measurement:
        """Leave out every site and every pair of sites."""
        numbers = case.changes_of()
        known = np.isfinite(numbers)
        ours = np.flatnonzero(case.arrangement.treated & known)
        others = numbers[~case.arrangement.treated & known]
        if len(ours) < _FEWEST or len(others) < 2:
            return Measurement(
                status="not_applicable",
                severity="note",
                says=f"Leaving out one or two sites needs {_FEWEST} treated ones with data and others to compare "
                f"with; there are {len(ours)} and {len(others)}.",
            )
        gains = case.sign * numbers[ours]
        order = np.argsort(-gains)
        tested = [_outlying(gains[order], case.sign * others, k) for k in (1, 2)]
        k = 1 + int(tested[1] < tested[0])
        best = ours[order[:k]]
        shift = float(gains.mean() - gains[order[k:]].mean())
        names = " and ".join(case.panel.units[unit] for unit in best)
        effect, left = case.without(np.isin(np.arange(len(numbers)), best))
        if effect is None:  # no analysis is left without them
            said = (
                f"The average gain of the sites is {amount(shift)} larger with {names} than without"
            )
        else:
            whole = case.estimate.improvement if case.staggered else effect + shift
            said = f"Without {names} the improvement would be {amount(effect)} instead of {amount(whole)}"
        error = float(gains.std(ddof=1)) * (1 / (len(gains) - k) - 1 / len(gains)) ** 0.5
        half = case.claimed / 2 if case.claimed else case.margin
        if shift < min(case.margin, half):
            return Measurement(
                status="clear", says=f"{said}, which changes nothing.", bias=Bias(shift, error)
            )
        return Measurement(
            status="cannot_tell",
            says=f"{said}; they improved most, though not more than the best of {len(gains)} do by chance.",
            says_problem=f"{said}: {'this site' if k == 1 else 'these sites'} improved far more than the others.",
            p_value=min(1.0, 2 * min(tested)),
            bias=Bias(shift, error),
            left=Interval(left.low, max(left.high, case.estimate.improvement_int.high))
            if left
            else None,
        )


def _outlying(gains: Floats, others: Floats, k: int) -> float:
    """p-value of the k largest gains (sorted, largest first) against the rest, for all choices of k."""
    from scipy.special import stdtr

    rest = gains[k:]
    squares, freedom = ((rest - rest.mean()) ** 2).sum(), len(rest) - 1
    if len(gains) < _ENOUGH:
        squares, freedom = (
            squares + ((others - others.mean()) ** 2).sum(),
            freedom + len(others) - 1,
        )
    error = np.sqrt(squares / freedom * (1 / k + 1 / len(rest)))
    away = gains[:k].mean() - rest.mean()
    if not error > 0:
        return 0.0 if away > 0 else 1.0
    return min(1.0, comb(len(gains), k) * float(stdtr(freedom, -away / error)))
