"""Was the innovation launched after an unusually bad spell?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import Spell
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class MeanReversion:
    """The last periods before the start against all earlier ones, relative to the comparison units.

    Null: the last one, two, three or six periods were no worse than the earlier ones. Bad spells
    end by themselves, so a number that counts from one is flattered. The bias is the part of the
    spell that the design's baseline, or the announced one if that is larger, holds. Measured
    against the comparison units or the fitted trend and with a standard error: a dip that everybody
    shares is none. Clear where no length of spell can change the verdict.

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
        """Hold the last spells before the start against all earlier periods."""
        launch = case.kernel.launch
        spells = case.spells
        if not spells:
            return Measurement(
                status="cannot_tell",
                says=f"There are {launch} periods before the start, too few to know whether they were unusually bad.",
            )
        # One-sided: a good spell before the start does not flatter a claim. Several lengths were
        # looked at (Bonferroni).
        tails = [_tail(case, spell) for spell in spells]
        found = spells[int(np.argmin(tails))]
        dip, k = -case.sign * found.effect, found.length
        part = _part_of_baseline(case, k)
        p_value = min(1.0, len(spells) * min(tails))
        # Clear needs every length ruled out, also one that is shown less than another.
        most = max(
            _part_of_baseline(case, spell.length)
            * max(-case.sign * end for end in (spell.low, spell.high))
            for spell in spells
        )
        rank, n_spells = _rank(case, k)
        what = f"The {f'{k} periods' if k > 1 else 'period'} before the start {'were' if k > 1 else 'was'}"
        place = _place(rank, n_spells)
        ruled_out = most < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"{what} {place}; "
            + (
                "counting from there cannot change the verdict."
                if ruled_out
                else f"a bad spell could explain up to {amount(most)} of the change."
            ),
            says_problem=f"{what} {place}, {amount(dip)} worse than usual; bad spells end by themselves.",
            p_value=p_value,
            bias=Bias(
                part * dip, part * found.std_error, power_for_half(case, part * found.std_error)
            ),
            statistic=dip / found.std_error if found.std_error > 0 else None,
        )


def _tail(case: Case, spell: Spell) -> float:
    """One-sided p-value of "no worse than the earlier periods"."""
    worse = case.sign * spell.effect < 0
    return spell.p_value / 2 if worse else 1 - spell.p_value / 2


def _part_of_baseline(case: Case, length: int) -> float:
    """Share of the baseline that the spell fills: the design's, or the announced one if larger."""
    if case.staggered:
        starts = case.arrangement.starts[case.arrangement.treated]
        return float(np.minimum(length / starts, 1).mean())
    launch = case.kernel.launch
    part = length / launch
    if case.claim.windows is not None:
        first, end = (case.panel.calendar.position(p) for p in case.claim.windows[0])
        time = np.arange(first, end + 1)
        part = max(part, float(((time >= launch - length) & (time < launch)).mean()))
    return part


def _place(rank: int, n_spells: int) -> str:
    if rank == 1:
        return f"the worst of {n_spells} such spells"
    if rank > n_spells / 2:
        return f"no worse than most of {n_spells} such spells"
    return f"number {rank} from the worst of {n_spells} such spells"


def _rank(case: Case, length: int) -> tuple[int, int]:
    """Place of the last spell among all spells of its length before the start, worst = 1."""
    series = -case.sign * case.kernel.series[: case.kernel.launch]
    # Each spell against the periods outside it, so that a level shared by all drops out.
    spells = np.lib.stride_tricks.sliding_window_view(series, length).mean(axis=1)
    known = spells[np.isfinite(spells)]
    return int((known >= spells[-1]).sum()) or 1, len(known)
