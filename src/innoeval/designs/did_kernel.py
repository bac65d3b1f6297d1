"""Difference-in-differences made ready for many windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innoeval.designs.base import Effects, Mask, Spell, bad_spell, last_spells, spell_aside
from innoeval.designs.granted import Columns
from innoeval.inference import (
    Cells,
    Chosen,
    Groups,
    Multiplier,
    band,
    compare_cells,
    compare_groups,
    fewest_treated,
    named,
    needs_cells,
)
from innoeval.records.claim import Better
from innoeval.records.freeze import Floats, read_only
from innoeval.stats.contrast import Compared, slopes, window_contrasts
from innoeval.stats.covariance import Counts
from innoeval.stats.late_trend import late_trend

#: Longest head start that is looked for, and the error rate at which one counts as shown.
_HEAD_START, _SURE = 3, 0.005


@dataclass(frozen=True, kw_only=True, eq=False)
class DiDKernel:
    """Outcomes by unit and period, ready to be contrasted over any windows.

    Parameters
    ----------
    raw, outcomes
        Arrays (N, T): as recorded, and as used (period effects off where cells are missing).
    treated
        Mask (N,).
    launch
        Position of the first treated period.
    noise
        Noise of each unit before the start, (N,).
    chosen
        The inference, and why.
    columns
        What the inference reads beside outcomes, by unit.
    better
        Which way is better, from the claim.
    check_level
        Error rate at which a bad spell before the start counts as shown.
    warnings
        What making ready had to leave out.
    """

    raw: Floats
    outcomes: Floats
    treated: Mask
    launch: int
    noise: Floats
    chosen: Chosen
    columns: Columns
    better: Better
    check_level: float
    warnings: tuple[str, ...]

    @property
    def inference(self) -> str:
        """Name of the inference, and why it was chosen."""
        ours = int(self.treated.sum())
        return f"{named(self.chosen.choice, ours, len(self.treated) - ours)}; {self.chosen.why}"

    @property
    def n_clusters(self) -> int:
        """Clusters that the inference takes as independent: units, unless a column was named."""
        by = getattr(self.chosen.choice, "by", "unit")
        first = by if isinstance(by, str) else by[0]
        if first == "period":
            return int(self.outcomes.shape[1])
        return len(self.treated) if first == "unit" else len(np.unique(self.columns[first]))

    @cached_property
    def series(self) -> Floats:
        """Average of the treated units less that of the comparison units, (T,)."""
        ours, theirs = self.outcomes[self.treated], self.outcomes[~self.treated]
        return read_only(mean_of(ours) - mean_of(theirs))

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Effect of each pair of windows (K, T); see `Kernel`."""
        if needs_cells(self.chosen.choice):
            cells = Cells(outcomes=self.outcomes, treated=self.treated, columns=self.columns)
            return _effects(compare_cells(self.chosen.choice, cells, before, after, level))
        return self.infer(window_contrasts(self.outcomes, before, after), level)

    def band(self, before: Mask, after: Mask, level: float = 0.95) -> float | None:
        """Critical value that covers all pairs of windows at once; None unless it was asked for."""
        if not isinstance(self.chosen.choice, Multiplier):
            return None
        contrasts = window_contrasts(self.outcomes, before, after)
        known = np.isfinite(contrasts).all(axis=0)
        return band(self.chosen.choice, self._groups(contrasts[:, known]), level)

    def trend(self, level: float = 0.95) -> Effects | None:
        """What going on with the difference in earlier trends would have shown as an effect."""
        if self.launch < 2:
            return None
        _, carried = self.extrapolated()
        return self.infer(carried[:, None], level)

    @cached_property
    def _spells(self) -> tuple[Spell, ...]:
        return last_spells(self)

    @property
    def spell(self) -> int:
        """Periods before the start that were worse than the earlier ones, against the comparison.

        A bad spell right before the start bends a fitted trend towards it and, carried on, would
        turn the return to normal into an effect: so one that is shown is left out of trends, against
        the earlier periods or against their trend, which can hide it. A good one stays, as it belongs
        to a trend that was improving already; unless it lies so far beyond that trend that it is a
        head start.
        """
        flat, beyond = (
            bad_spell(spells, self.better, self.check_level)
            for spells in (self._spells, self._beyond)
        )
        return max(flat, beyond) or self.head_start

    @cached_property
    def _beyond(self) -> tuple[Spell, ...]:
        """The spells before the start, held against what the trend before them leads to expect."""
        time = np.arange(self.outcomes.shape[1])
        columns = []
        for spell in self._spells:
            earlier = time < self.launch - spell.length
            slope, at, mean = slopes(self.outcomes, earlier)
            _, then, late = slopes(self.outcomes, (time < self.launch) & ~earlier)
            columns.append(late - mean - slope * (then - at))
        if not columns:
            return ()
        found = self.infer(np.column_stack(columns), 0.95)
        return tuple(
            Spell(
                length=spell.length, effect=float(found.effect[k]),
                std_error=float(found.std_error[k]), low=float(found.low[k]),
                high=float(found.high[k]), p_value=float(found.p_value[k]),
            )
            for k, spell in enumerate(self._spells)
        )  # fmt: skip

    @property
    def set_aside(self) -> int:
        """Periods before the start that are left out of the baseline to see what a spell does."""
        aside = spell_aside(self._spells, self.better, self.launch, self.check_level)
        return max(aside, self.head_start)

    @cached_property
    def head_start(self) -> int:
        """Periods before the start that were better than the earlier ones, and than their trend.

        The innovation was at work by then, or was expected. 0 where that is not shown: one-sided
        tests of every length against both, with Bonferroni's correction.
        """
        sign = -1 if self.better == "lower" else 1
        both = [
            (flat, beyond)
            for flat, beyond in zip(self._spells, self._beyond, strict=True)
            if flat.length <= _HEAD_START
        ]
        sure = 2 * _SURE / max(1, len(both))
        shown = [
            (beyond.p_value, beyond.length)
            for flat, beyond in both
            if min(sign * flat.effect, sign * beyond.effect) > 0
            and max(flat.p_value, beyond.p_value) <= sure
        ]
        return min(shown)[1] if shown else 0

    def late_trend(self, level: float = 0.95) -> dict[str, Effects] | None:
        """A trend that began shortly before the start: `innoeval.stats.late_trend`, by contrast.

        None with too few periods.
        """
        found = late_trend(self.outcomes, self.launch)
        if found is None:
            return None
        names, contrasts = zip(*found._asdict().items(), strict=True)
        told = self.infer(np.column_stack(contrasts), level)
        return {name: told.split(k)[1].split(1)[0] for k, name in enumerate(names)}

    def spared(self) -> Floats:
        """Change of each unit from a baseline without the last periods before the start."""
        time = np.arange(self.outcomes.shape[1])
        before, after = time < self.launch - self.set_aside, time >= self.launch
        return window_contrasts(self.outcomes, before[None], after[None])[:, 0]

    def extrapolated(self) -> tuple[Floats, Floats]:
        """Change of each unit beyond its own earlier trend, and what that trend adds to its change."""
        time = np.arange(self.outcomes.shape[1])
        slope, at, mean = slopes(self.outcomes, time < self.launch - self.spell)
        _, middle, _ = slopes(self.outcomes, time < self.launch)
        _, later, after = slopes(self.outcomes, time >= self.launch)
        return after - mean - slope * (later - at), slope * (later - middle)

    def infer(self, contrasts: Floats, level: float) -> Effects:
        """Inference on unit-level contrasts (N, K); a unit without one is left out of that one."""
        groups = self._groups(contrasts)
        known = np.isfinite(contrasts)
        if known.all():
            return _effects(compare_groups(self.chosen.choice, groups, level))
        columns = [self._column(groups, k, known[:, k], level) for k in range(known.shape[1])]
        names = ("effect", "std_error", "p_value", "low", "high", "df")
        return Effects(**{n: np.concatenate([getattr(c, n) for c in columns]) for n in names})

    def _groups(self, contrasts: Floats) -> Groups:
        cells = int(np.isfinite(self.raw).sum())
        n, length = self.outcomes.shape
        return Groups(
            contrasts=contrasts, treated=self.treated, noise=self.noise, columns=self.columns,
            counts=Counts(n=cells, slopes=1, nested=n, other=length),
        )  # fmt: skip

    def _column(self, groups: Groups, question: int, known: Mask, level: float) -> Effects:
        ours, theirs = int((known & self.treated).sum()), int((known & ~self.treated).sum())
        if ours < fewest_treated(self.chosen.choice) or theirs < 2:
            nothing = np.array([np.nan])
            return Effects(
                effect=nothing, std_error=nothing, p_value=np.ones(1),
                low=np.array([-np.inf]), high=np.array([np.inf]), df=nothing,
            )  # fmt: skip
        return _effects(compare_groups(self.chosen.choice, groups.only(known, question), level))


def _effects(found: Compared) -> Effects:
    return Effects(
        effect=found.effect, std_error=found.std_error, p_value=found.p_value,
        low=found.low, high=found.high, df=found.df,
    )  # fmt: skip


def mean_of(rows: Floats) -> Floats:
    """Mean of each period over the units seen in it; `nan` where none is."""
    seen = np.isfinite(rows)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(seen, rows, 0.0).sum(axis=0) / seen.sum(axis=0)
    return mean
