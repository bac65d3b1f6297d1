"""Were the sites chosen because their numbers happened to be bad?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import Mask
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.stats.changes import mean_of
from innoeval.stats.group_means import group_means

#: Fewest periods before the first start, and fewest units, to tell lasting levels from chance.
_PERIODS, _UNITS = 6, 10


@dataclass(frozen=True, slots=True)
class SiteReversion:
    """Levels of sites before the start, shrunk to the average (empirical Bayes).

    Null: treated units were no worse than the others before the start, on the whole and in the later
    half of the time (Bonferroni). Where they were, the part of the gap that is chance goes away by
    itself: what the two halves of the time before the start disagree by tells the noise of a unit's
    level, and its share in the spread of levels is the expected return to the average. Where levels
    last, nothing returns, and units may well be chosen by need. `left` is the interval less the
    expected return. Comparison units that were matched on noisy levels bounce back in the same way.

    References
    ----------
    Efron & Morris (1977), Scientific American 236:119-127, doi:10.1038/scientificamerican0577-119;
    Chay, McEwan & Urquiola (2005), American Economic Review 95:1237-1258,
    doi:10.1257/0002828054825529; Daw & Hatfield (2018), Health Services Research 53:4138-4156,
    doi:10.1111/1475-6773.12993.
    """

    name: ClassVar[str] = "site_reversion"
    question: ClassVar[str] = "Were the sites chosen because their numbers happened to be bad?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_mean_reversion,)

    def measure(self, case: Case) -> Measurement:
        """Tell how much of the gap in earlier levels is chance."""
        arrangement = case.arrangement
        launch, treated = int(arrangement.launches[0]), arrangement.treated
        past = -case.sign * arrangement.outcomes[:, :launch]
        past = past - mean_of(past, axis=0)
        half = launch // 2
        early, late = mean_of(past[:, :half], axis=1), mean_of(past[:, launch - half :], axis=1)
        level = (early + late) / 2
        whole = np.isfinite(level)
        ours, theirs = int((whole & treated).sum()), int((whole & ~treated).sum())
        if launch < _PERIODS or ours < 2 or theirs < 2 or ours + theirs < _UNITS:
            return Measurement(
                status="not_applicable",
                says="There are too few sites or earlier periods to tell lasting levels from chance.",
            )
        groups = np.stack([whole & treated, whole & ~treated])
        freedom = ours + theirs - 2
        noise = _within(early - late, groups) / 4 / freedom
        spread = _within(level, groups) / freedom
        found = group_means(level, groups, np.array([[1.0, -1.0]]), case.policy.level)
        gap, error = float(found.effect[0]), float(found.std_error[0])
        if not spread > 0 or not np.isfinite(gap):
            return Measurement(status="not_applicable", says="All sites have the same level.")
        share = min(1.0, noise / spread)
        returns = share * gap
        # The share is a ratio of two variances on about `freedom` degrees each.
        doubt = float(np.hypot(share * error, abs(returns) * (4 / freedom) ** 0.5))
        interval = case.estimate.improvement_int
        reach = max(abs(returns - 1.645 * doubt), abs(returns + 1.645 * doubt))
        p = min(1.0, 2 * min(_worse(level, groups), _worse(late, groups)))
        said = (
            f"Before the start the treated sites were {amount(abs(gap))} {'worse' if gap > 0 else 'better'} than the "
            f"others, of which {100 * share:.0f} % is chance"
        )
        bias = Bias(returns, doubt, power_for_half(case, doubt))
        if reach < case.margin or gap <= 0:
            return Measurement(
                status="clear",
                says=f"{said}: too little to change the verdict." if gap > 0 else f"{said}.",
                bias=bias,
            )
        return Measurement(
            status="cannot_tell",
            says=f"{said}; up to {amount(reach)} may go away by itself.",
            says_problem=f"{said}; {amount(returns)} of it goes away by itself.",
            p_value=p,
            bias=bias,
            left=Interval(
                interval.low - returns - 1.96 * doubt, interval.high - returns + 1.96 * doubt
            ),
        )


def _worse(numbers: Floats, groups: Mask) -> float:
    """One-sided p-value that the first group lies above the second."""
    found = group_means(numbers, groups, np.array([[1.0, -1.0]]), 0.95)
    half = float(found.p_value[0]) / 2
    return half if found.effect[0] > 0 else 1 - half


def _within(numbers: Floats, groups: Mask) -> float:
    """Sum of squares around the mean of each group."""
    return float(sum(((numbers[g] - numbers[g].mean()) ** 2).sum() for g in groups))
