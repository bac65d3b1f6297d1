"""Would the usual error bars have been too small?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount

#: With so many units on each side, errors clustered by unit are trusted.
_ENOUGH = 6
#: From this ratio on the usual 95 % interval covers 81 % or less.
_TOO_SMALL = 1.5


@dataclass(frozen=True, slots=True)
class FewUnits:
    """The honest standard error against the one that counts every unit-period as independent.

    A fact, not a test: the ratio of the two; a problem from 1.5 on, or where an improvement would be
    "shown" only by the naive one. The verdict already rests on the honest error; the finding says how far an
    ordinary analysis would have been off.

    References
    ----------
    Moulton (1990), Review of Economics and Statistics 72:334-338, doi:10.2307/2109724; Conley &
    Taber (2011), Review of Economics and Statistics 93:113-125, doi:10.1162/REST_a_00049.
    """

    name: ClassVar[str] = "few_units"
    question: ClassVar[str] = "Are there enough units to tell chance from effect?"
    probes: ClassVar[tuple[Assumption, ...]] = (
        Assumption.not_one_unit,
        Assumption.autocorrelation_modelled,
    )

    def measure(self, case: Case) -> Measurement:
        """Hold the honest error against the naive one."""
        treated = case.arrangement.treated
        n_treated, n_comparison = int(treated.sum()), int((~treated).sum())
        who = f"{n_treated} treated and {n_comparison} comparison unit{'s' if n_comparison != 1 else ''}"
        if min(n_treated, n_comparison) >= _ENOUGH:
            return Measurement(status="clear", says=f"There are {who}.", severity="note")
        naive, honest = _naive_error(case), case.estimate.std_error
        if honest is None or not naive > 0:
            return Measurement(
                status="cannot_tell",
                says=f"There are only {who}; no error can be computed.",
                severity="note",
            )
        ratio = honest / naive
        shown_naively = case.estimate.improvement - 1.96 * naive > 0
        flips = shown_naively and case.estimate.improvement_int.low <= 0
        if flips or ratio >= _TOO_SMALL:
            ending = "only by it would an improvement be shown" if flips else "it is not used here"
            return Measurement(
                status="problem",
                says=f"With {who}, the usual error is {amount(ratio)} times too small; {ending}.",
                severity="note",
                statistic=ratio,
            )
        return Measurement(
            status="clear",
            says=f"There are only {who}; counted honestly the error is {amount(ratio)} times the usual one, with the same answer.",
            severity="note",
            statistic=ratio,
        )


def _naive_error(case: Case) -> float:
    """Standard error if every cell were independent: pooled over the four group-by-time cells."""
    outcomes, treated = case.arrangement.outcomes, case.arrangement.treated
    # Units that are never treated are cut at the first start.
    starts = np.where(treated, case.arrangement.starts, case.arrangement.launches[0])
    post = np.arange(outcomes.shape[1]) >= starts[:, None]
    variance = 0.0
    for group in (treated, ~treated):
        for side in (~post[group], post[group]):
            part = np.where(side, outcomes[group], np.nan)
            part = part[np.isfinite(part).any(axis=1)]
            known = part - np.nanmean(part, axis=1, keepdims=True) if part.size else part
            count = int(np.isfinite(known).sum())
            if count > len(known):
                variance += float(np.nansum(known**2)) / (count - len(known)) / count
    return float(np.sqrt(variance))
