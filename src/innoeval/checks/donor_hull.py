"""Is there a mix of comparison units that is like the treated unit?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount

#: Share of the periods before the start above (or below) every donor that counts as outside. With
#: noise alone some periods are; a third of them on one side are not.
_OUTSIDE = 1 / 3
#: So few equally weighted donors count as one or two, and so far apart as unlike the treated unit.
_FEW, _UNLIKE = 2.0, 2.0
#: A misfit this small, relative to the donors' distance, is a perfect fit.
_EXACT = 1e-6


@dataclass(frozen=True, slots=True)
class DonorHull:
    """Whether the treated unit lies within the donors' range, and how like it the donors are.

    Facts, not a test. Outside the range no mix can follow it. Inside, donors that are each unlike
    it may average to it by chance (interpolation): their weighted distance before the start is held
    against the median distance of all donors; and the effective number of donors is told. A
    perfect fit is told too: with more donors than periods it comes by itself.

    References
    ----------
    King & Zeng (2006), Political Analysis 14:131-159, doi:10.1093/pan/mpj004; Abadie & L'Hour
    (2021), JASA 116:1817-1834, doi:10.1080/01621459.2021.1971535.
    """

    name: ClassVar[str] = "donor_hull"
    question: ClassVar[str] = "Is there a mix of comparison units that is like the treated one?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.donor_fit,)

    def measure(self, case: Case) -> Measurement:
        """Compare the treated unit with the donors before the start."""
        kernel = case.kernel
        if not isinstance(kernel, Imitating) or not kernel.weights.any():
            return Measurement(
                status="not_applicable", says="No comparison unit has a weight of its own here."
            )
        past = kernel.outcomes[:, : kernel.launch]
        past = past[:, np.isfinite(past).all(axis=0)]
        if kernel.levels_differ:
            past = past - past.mean(axis=1, keepdims=True)
        own, donors = past[kernel.treated].mean(axis=0), past[~kernel.treated]
        weights = kernel.weights[~kernel.treated]
        above, below = own > donors.max(axis=0), own < donors.min(axis=0)
        outside = max(float(above.mean()), float(below.mean()))
        apart = np.sqrt(((donors - own) ** 2).mean(axis=1))
        typical = float(np.median(apart))
        unlike = float(weights @ apart) / typical if typical > 0 else 0.0
        effective = float(1 / (weights**2).sum())
        shown = amount(effective)
        mix = f"it is imitated as if by {'one unit alone' if shown == '1' else f'{shown} units of equal weight'}"
        if outside > _OUTSIDE:
            return Measurement(
                status="problem",
                severity="major",
                says=f"In {100 * outside:.0f} % of the periods before the start the treated unit lies "
                f"{'above' if above.mean() > below.mean() else 'below'} all comparison units, so no mix of them can follow it; {mix}.",
                statistic=outside,
            )
        if kernel.misfit[0] <= _EXACT * typical:
            return Measurement(
                status="problem", severity="note", statistic=effective,
                says=f"The mix equals the treated unit in all {past.shape[1]} periods before the start: of "
                f"{len(donors)} units some mix always can, so that this does not show that it would have "
                f"gone on; {mix}.",
            )  # fmt: skip
        if unlike > _UNLIKE or effective < _FEW:
            why = (
                f"the units in the mix are {amount(unlike)} times as unlike it as a typical one"
                if unlike > _UNLIKE
                else "so the result rests on very few"
            )
            return Measurement(
                status="problem", severity="note", says=f"There is a mix, but {mix}: {why}.",
                statistic=effective,
            )  # fmt: skip
        return Measurement(
            status="clear",
            severity="note",
            says=f"The treated unit lies within the range of the comparison units, and {mix}.",
            statistic=effective,
        )
