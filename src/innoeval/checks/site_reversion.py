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
from innoeval.stats.contrast import Compared
from innoeval.stats.group_means import group_means

#: Fewest periods before the first start, and fewest units, to tell lasting levels from chance.
_PERIODS, _UNITS = 6, 10
#: The treated against the others.
_APART = np.array([[1.0, -1.0]])


@dataclass(frozen=True, slots=True)
class SiteReversion:
    """Levels of sites before the start, shrunk to the average (empirical Bayes), and their last half.

    Null: treated units were no worse than the others before the start, on the whole and in the later
    half of the time, nor worse there than they had been in the earlier half (Bonferroni). Where they
    were, the part of the gap that is chance goes away by itself: what the two halves disagree by tells
    the noise of a unit's level, and its share in the spread of levels is the expected return to the
    average. Where levels last, nothing of them returns, and units may well be chosen by need; a bad
    half still does. `left` is the interval less the expected return. Comparison units that were
    matched on noisy levels bounce back in the same way.

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
        spread = _within(level, groups) / freedom
        if not spread > 0:
            return Measurement(status="not_applicable", says="All sites have the same level.")
        share = min(1.0, _within(early - late, groups) / 4 / freedom / spread)
        gaps = [
            group_means(numbers, groups, _APART, case.policy.level)
            for numbers in (level, late, late - early)
        ]
        return _measured(case, gaps, share, 1 - half / launch, freedom)


def _measured(
    case: Case, gaps: list[Compared], share: float, part: float, freedom: int
) -> Measurement:
    """What returns of the gaps in level, and of the later half, which is `part` of the baseline."""
    effect, error, two_sided = (
        np.concatenate([getattr(gap, name) for gap in gaps])
        for name in ("effect", "std_error", "p_value")
    )
    p = np.where(effect > 0, two_sided / 2, 1 - two_sided / 2)
    by_level, by_half = float(effect[0]), float(effect[2])
    # The share is a ratio of two variances on about `freedom` degrees each.
    doubts = (
        float(np.hypot(share * error[0], share * by_level * (4 / freedom) ** 0.5)),
        part * float(error[2]),
    )
    returns = (share * by_level, part * by_half)
    reach = [gone + 1.645 * doubt for gone, doubt in zip(returns, doubts, strict=True)]
    # What can neither change the verdict nor move the interval by its error is not asked about.
    little = min(case.margin, case.estimate.std_error or case.margin)
    asked = np.where(np.array(reach) < little, 1.0, [min(p[0], p[1]), p[2]])
    k = int(asked.argmin())
    said = (
        (
            f"Before the start the treated sites were {amount(abs(by_level))} {'worse' if by_level > 0 else 'better'} "
            f"than the others, of which {100 * share:.0f} % is chance"
        ),
        (
            f"In the later half of the time before the start the treated sites were {amount(abs(by_half))} "
            f"{'worse' if by_half > 0 else 'better'} than in the earlier half, against the others"
        ),
    )[k]
    bias = Bias(returns[k], doubts[k], power_for_half(case, doubts[k]))
    clear = max(reach) < case.margin
    if max(reach) < little:
        return Measurement(
            status="clear", says=f"{said}: too little to change the verdict.", bias=bias
        )
    interval = case.estimate.improvement_int
    return Measurement(
        status="clear" if clear else "cannot_tell",
        says=f"{said}: too little to change the verdict."
        if clear
        else f"{said}; up to {amount(reach[k])} may go away by itself.",
        says_problem=f"{said}; {amount(returns[k])} of the improvement comes by itself when such a spell ends.",
        p_value=min(1.0, 3 * float(asked.min())),
        bias=bias,
        left=Interval(
            interval.low - returns[k] - 1.96 * doubts[k],
            interval.high - returns[k] + 1.96 * doubts[k],
        ),
    )


def _within(numbers: Floats, groups: Mask) -> float:
    """Sum of squares around the mean of each group."""
    return float(sum(((numbers[g] - numbers[g].mean()) ** 2).sum() for g in groups))
