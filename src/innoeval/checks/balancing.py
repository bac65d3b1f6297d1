"""Did other measures of the service get worse in exchange?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Better
from innoeval.records.display import amount
from innoeval.stats.changes import usual_spread
from innoeval.stats.multiplicity import holm


@dataclass(frozen=True, slots=True)
class Balancing:
    """Non-inferiority of every balancing measure, by the design that judges the claim.

    Null: no measure got worse by more than its margin (Holm over measures). The margin is as many of
    a measure's usual standard deviations as the smallest effect that matters is of the outcome's.
    Clear where harm beyond the margin is ruled out for every measure. The bias tells the largest harm
    in units of the outcome: what was paid for the improvement.

    References
    ----------
    Piaggio, Elbourne, Pocock, Evans & Altman (2012), JAMA 308:2594-2604,
    doi:10.1001/jama.2012.87802; Schuirmann (1987), doi:10.1007/BF01068419.
    """

    name: ClassVar[str] = "balancing"
    question: ClassVar[str] = "Did other measures of the service get worse in exchange?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_harm_elsewhere,)

    def measure(self, case: Case) -> Measurement:
        """Hold the harm to each measure against its margin."""
        measures = {n: b for n, b in case.panel.balancing.items() if n != case.claim.outcome}
        if not measures:
            return Measurement(
                status="not_applicable",
                says="No measure is declared that must not get worse in exchange.",
            )
        smallest = _smallest(case)
        own = usual_spread(case.arrangement.outcomes, case.arrangement.starts)
        if smallest is None or not own > 0:
            return Measurement(
                status="not_applicable",
                says="Nothing says how much harm would matter: the claim names neither a size nor a smallest "
                "effect.",
            )
        found = [
            harm
            for name, better in measures.items()
            if (harm := _harm(case, name, better, smallest / own)) is not None
        ]
        absent = len(measures) - len(found)
        if not found:
            return Measurement(
                status="not_applicable", says="The design does not fit any balancing measure."
            )
        adjusted = holm([harm.p_value for harm in found])
        worst = found[int(adjusted.argmin())]
        bound = [harm.name for harm in found if not harm.most < harm.margin]
        names = ", ".join(harm.name for harm in found)
        unit = own / worst.spread
        unseen = f" ({absent} could not be examined)" if absent else ""
        return Measurement(
            status="cannot_tell" if bound or absent else "clear",
            says=f"Whether {', '.join(bound)} got worse by more than would matter cannot be told{unseen}."
            if bound
            else f"No harm that would matter is seen in {names}{unseen}.",
            says_problem=f"{worst.name} got worse by {amount(worst.harm)} (at least "
            f"{amount(worst.least)}); {amount(worst.margin)} would matter.",
            p_value=float(adjusted.min()),
            bias=Bias(worst.harm * unit, worst.std_error * unit),
        )


class _Harm(NamedTuple):
    """What one measure lost, its bounds and margin, in its own units."""

    name: str
    harm: float
    std_error: float
    least: float
    most: float
    margin: float
    spread: float
    p_value: float


def _smallest(case: Case) -> float | None:
    """Smallest effect that matters, in outcome units."""
    if case.claim.smallest_effect is not None:
        return case.claim.smallest_effect * case.unit
    return case.policy.default_smallest * case.claimed if case.claimed else None


def _harm(case: Case, name: str, better: Better, margin: float) -> _Harm | None:
    """One measure's loss by the deciding design; None where it does not fit the measure."""
    kernel = case.kernel_of(name, better)
    spread = usual_spread(case.panel.matrix(name), case.arrangement.starts)
    if kernel is None or not spread > 0:
        return None
    after = np.arange(len(kernel.series)) >= kernel.launch
    # At this level the ends are those of two one-sided tests.
    found = kernel.effects(~after[None], after[None], 1 - 2 * case.policy.check_level)
    if not np.isfinite(found.effect[0]):
        return None
    sign = 1 if better == "lower" else -1
    harm, error = sign * float(found.effect[0]), float(found.std_error[0])
    least, most = sorted((sign * float(found.low[0]), sign * float(found.high[0])))
    df = float("nan") if found.df is None else float(found.df[0])
    p = _beyond(harm - margin * spread, error, df)
    # By randomisation no harm is shown more clearly than that there is any at all.
    none = float(found.p_value[0]) / 2
    return _Harm(name, harm, error, least, most, margin * spread, spread,
                 max(p, none if harm > 0 else 1 - none))  # fmt: skip


def _beyond(excess: float, error: float, df: float) -> float:
    """One-sided p-value that harm lies beyond its margin."""
    from scipy.special import ndtr, stdtr

    if not error > 0:
        return 0.0 if excess > 0 else 1.0
    return float(stdtr(df, -excess / error) if df > 0 else ndtr(-excess / error))
