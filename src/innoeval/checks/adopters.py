"""Were only the sites claimed where it went well?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.stats.changes import unit_changes
from innoeval.stats.contrast import Compared
from innoeval.stats.group_means import group_means


@dataclass(frozen=True, slots=True)
class Adopters:
    """Claimed sites against all units that got the innovation.

    Null: adopting units that the claim leaves out did no worse than those that it names. The bias is
    the estimate of the claim, in which units left out stand among the comparison units, less that
    of all adopting units against units that never adopted; the interval of the latter is `left`.
    Adopting units without any data are counted and named.

    References
    ----------
    Allcott (2015), Quarterly Journal of Economics 130:1117-1165, doi:10.1093/qje/qjv015.
    """

    name: ClassVar[str] = "adopters"
    question: ClassVar[str] = "Were only the sites claimed where it went well?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.all_sites_reported,)

    def measure(self, case: Case) -> Measurement:
        """Hold the sites left out against the sites claimed."""
        claim = case.claim
        if not claim.adopters:
            return Measurement(
                status="not_applicable",
                says="No record says where else the innovation was introduced.",
            )
        others = [unit for unit in claim.adopters if unit not in claim.treated]
        gone = [unit for unit in others if unit not in case.panel.units]
        if not others:
            return Measurement(status="clear", says="Every site that got it is in the claim.")
        told = f"{len(others)} of {len(claim.adopters)} sites that got it are not in the claim"
        if gone:
            told += f", and there are no data of {', '.join(gone[:5])}{' and more' if len(gone) > 5 else ''}"
        if gone and (len(gone) == len(others) or case.arrangement.treated.all()):
            return Measurement(status="problem", says=f"{told}.")
        numbers, treated, out = _changes(case, others)
        groups = np.stack([treated, out, ~treated & ~out])
        found, everywhere = _estimates(numbers, groups, case.policy.level)
        if not np.isfinite([*found.effect, *everywhere.effect]).all():
            return Measurement(
                status="cannot_tell",
                says=f"{told}, and too few units are left to compare them with.",
            )
        worse, flattery = float(found.effect[0]), float(found.effect[1])
        error, all_sites = float(found.std_error[1]), float(everywhere.effect[0])
        p = float(found.p_value[0]) / 2
        most = max(abs(float(found.low[1])), abs(float(found.high[1])))
        return Measurement(
            status="clear" if most < case.margin and not gone else "cannot_tell",
            says=f"{told}; where it went in, all sites together improved by {amount(all_sites)}"
            + (", and leaving some out changes little." if most < case.margin else "."),
            says_problem=f"{told}; they did worse by {amount(worse)}, and all sites together "
            f"improved by {amount(all_sites)} only.",
            p_value=p if worse > 0 else 1 - p,
            bias=Bias(flattery, error, power_for_half(case, error)),
            left=Interval(float(everywhere.low[0]), float(everywhere.high[0])),
        )


def _changes(case: Case, others: list[str]) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Improvement of each unit at its own start, and masks of the claimed and of those left out."""
    panel, starts = case.panel, case.arrangement.starts.copy()
    out = panel.rows(others) & ~case.arrangement.treated
    for unit in np.flatnonzero(out):
        starts[unit] = case.panel.calendar.position(case.claim.adopters[panel.units[unit]])
    # One that starts outside the panel has no change to show.
    beyond = out & ((starts <= 0) | (starts >= panel.calendar.n))
    starts[beyond] = panel.calendar.n
    numbers = case.sign * unit_changes(case.arrangement.outcomes, starts)
    numbers[beyond] = np.nan
    return numbers, case.arrangement.treated, out


def _estimates(numbers: Floats, groups: np.ndarray, level: float) -> tuple[Compared, Compared]:
    """How much worse the left out did and what leaving them out adds; and the effect of all sites."""
    ours, out, rest = (groups & np.isfinite(numbers)).sum(axis=1)
    # Parts chosen for their results vary less than the whole: so the sites are one group here.
    both = np.stack([groups[0] | groups[1], groups[2]])
    all_sites = group_means(numbers, both, np.array([[1.0, -1.0]]), level)
    everywhere = np.array([ours, out, 0]) / max(ours + out, 1) - np.array([0, 0, 1.0])
    claimed = np.array([1.0, 0, 0]) - np.array([0, out, rest]) / max(out + rest, 1)
    weights = np.stack([np.array([1.0, -1, 0]), claimed - everywhere])
    return group_means(numbers, groups, weights, level), all_sites
