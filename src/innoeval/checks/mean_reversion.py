"""Was the innovation launched after an unusually bad spell?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import FEWEST_FOR_SPELL, SPELL
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class MeanReversion:
    """The last periods before the start against all earlier ones, relative to the comparison units.

    Null: the last periods were no worse than the earlier ones. Bad spells end by themselves, so a
    number that counts from one is flattered. The bias is the part of the spell that the announced
    baseline holds (its before window, if stated). Measured against the comparison units or the
    fitted trend and with a standard error: a dip that everybody shares is none.

    References
    ----------
    Barnett, van der Pols & Dobson (2005), International Journal of Epidemiology 34:215-220,
    doi:10.1093/ije/dyh299; Ashenfelter (1978), Review of Economics and Statistics 60:47-57,
    doi:10.2307/1924332.
    """

    name: ClassVar[str] = "mean_reversion"
    question: ClassVar[str] = "Was it launched after an unusually bad spell?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_mean_reversion,)

    def measure(self, case: Case) -> Measurement:
        """Hold the last spell before the start against all earlier periods."""
        launch, n_periods = case.kernel.launch, len(case.kernel.series)
        if launch < FEWEST_FOR_SPELL:
            return Measurement(
                status="not_applicable",
                says=f"There are {launch} periods before the start; {FEWEST_FOR_SPELL} are needed to know a bad spell.",
            )
        time = np.arange(n_periods)
        last = (time >= launch - SPELL) & (time < launch)
        earlier = time < launch - SPELL
        level = 1 - 2 * case.policy.check_level
        found = case.kernel.effects(earlier[None], last[None], level=level)
        if not np.isfinite(found.effect[0]):
            return Measurement(
                status="not_applicable", says="Too many values are missing just before the start."
            )
        dip, error = -case.sign * float(found.effect[0]), float(found.std_error[0])
        deepest = max(-case.sign * float(found.low[0]), -case.sign * float(found.high[0]))
        part = self._part_of_baseline(case, last)
        # One-sided: a good spell before the start does not flatter a claim.
        p_value = float(found.p_value[0]) / 2
        p_value = p_value if dip > 0 else 1 - p_value
        rank, n_spells = _rank(case, launch)
        place = _place(rank, n_spells)
        faked = Bias(part * dip, part * error, power_for_half(case, part * error))
        ruled_out = part * deepest < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"The {SPELL} periods before the start were {place}; "
            + (
                "counting from them cannot change the verdict."
                if ruled_out
                else f"they could explain up to {amount(part * deepest)} of the change."
            ),
            says_problem=f"The {SPELL} periods before the start were {place}, "
            f"{amount(dip)} worse than usual; bad spells end by themselves.",
            p_value=p_value,
            bias=faked,
            statistic=dip / error if error > 0 else None,
        )

    def _part_of_baseline(self, case: Case, last: np.ndarray) -> float:
        """Share of the announced baseline (else of all earlier periods) that the spell fills."""
        if case.staggered:
            starts = case.arrangement.starts[case.arrangement.treated]
            return float(np.minimum(SPELL / starts, 1).mean())
        if case.claim.windows is None:
            return float(last.sum() / case.kernel.launch)
        first, end = (case.panel.calendar.position(p) for p in case.claim.windows[0])
        return float(last[first : end + 1].mean())


def _place(rank: int, n_spells: int) -> str:
    if rank == 1:
        return f"the worst of {n_spells} such spells"
    if rank > n_spells / 2:
        return f"no worse than most of {n_spells} such spells"
    return f"number {rank} from the worst of {n_spells} such spells"


def _rank(case: Case, launch: int) -> tuple[int, int]:
    """Place of the last spell among all spells of its length before the start, worst = 1."""
    series = -case.sign * case.kernel.series[:launch]
    # Each spell against the periods outside it, so that a level shared by all drops out.
    spells = np.lib.stride_tricks.sliding_window_view(series, SPELL).mean(axis=1)
    known = spells[np.isfinite(spells)]
    return int((known >= spells[-1]).sum()) or 1, len(known)
