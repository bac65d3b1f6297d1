"""Would comparison units show as large a change?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.stats.contrast import window_contrasts
from innoeval.stats.placebo_groups import placebo_groups

#: Random groups of comparison units, and fewest of them left to compare a group with.
_DRAWS, _LEFT = 999, 3
#: A change as large is common from the first share of groups on, and rare up to the second.
_COMMON, _RARE = 0.10, 0.05


@dataclass(frozen=True, slots=True)
class PlaceboUnits:
    """The rank of the treated units' change among groups of as many comparison units.

    A cross-check of the inference, with no test of its own: groups of comparison units are taken
    for treated and held against the rest. A problem where the interval shows an improvement, and
    yet more than a tenth of such groups show one as large (after correction for the smaller rest).
    Designs that imitate by donors rank their placebos themselves.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746;
    MacKinnon & Webb (2020), Journal of Econometrics 218:435-450,
    doi:10.1016/j.jeconom.2020.04.024.
    """

    name: ClassVar[str] = "placebo_units"
    question: ClassVar[str] = "Would units without the innovation show as large a change?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.not_one_unit,)

    def measure(self, case: Case) -> Measurement:
        """Rank the treated units among groups of comparison units."""
        if why := _impossible(case):
            return Measurement(status="not_applicable", says=why)
        time = np.arange(case.arrangement.n_periods)
        after = time >= case.arrangement.launch
        changes = case.sign * window_contrasts(case.arrangement.outcomes, ~after[None], after[None])
        share = placebo_groups(
            changes[:, 0], case.arrangement.treated, draws=_DRAWS, seed=case.policy.seed
        )
        if not np.isfinite(share):
            return Measurement(
                status="not_applicable",
                says="Too many values are missing to pretend other treated units.",
            )
        of_all = f"{100 * share:.0f} %" if share >= 0.01 else "fewer than 1 %"
        ranked = f"Of groups of units without the innovation {of_all} show as large a gain"
        shown = case.estimate.improvement_int.low > 0
        if shown and share > _COMMON:
            return Measurement(
                status="problem",
                says=f"{ranked}; so it may be chance, though the usual interval shows an improvement.",
                statistic=share,
            )
        if shown and share > _RARE:
            return Measurement(
                status="cannot_tell", says=f"{ranked}; that is few, but not rare.", statistic=share
            )
        return Measurement(
            status="clear",
            says=f"{ranked}"
            + (
                ", which is rare."
                if shown
                else "; no improvement is shown that this could put in doubt."
            ),
            statistic=share,
        )


def _impossible(case: Case) -> str:
    """Why no other units can be taken for treated; "" if they can."""
    n_treated, n_comparison = len(case.ours), len(case.theirs)
    if isinstance(case.kernel, Imitating):
        return "The estimate is itself a rank among units without the innovation."
    if case.staggered:
        return "The treated units start at different dates."
    if n_comparison - n_treated < _LEFT:
        return (
            f"There are {n_treated} treated and {n_comparison} comparison units; {_LEFT} more of "
            "the latter are needed to pretend."
        )
    return ""
