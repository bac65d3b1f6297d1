"""Staggered starts on one axis of time since the start, ready to be asked about many windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Effects, Mask, Positions, bad_spell, last_spells, spell_aside
from innoeval.designs.staggered.chance import Chance, as_effects, assign
from innoeval.designs.staggered.cohorts import Base, Cohorts, Rule, Spans, lay_spans
from innoeval.designs.staggered.covariates import Adjustment
from innoeval.designs.staggered.errors import Errors, Sides, two_sides
from innoeval.designs.staggered.group_times import Found, group_times
from innoeval.inference import Randomization
from innoeval.records.claim import Better
from innoeval.records.freeze import Floats
from innoeval.records.policy import Policy
from innoeval.stats.aggregation import Rows, combine
from innoeval.stats.contrast import student


class Answer(NamedTuple):
    """The average of some contrasts.

    `effects` (K = 1) and what they rest on; what each unit adds to the average, (N,); the error with
    its degrees of freedom, or the other assignments of start dates, whichever is the inference.
    """

    effects: Effects
    found: Found
    overall: Rows
    added: Floats
    sides: Sides | None = None
    chance: Chance | None = None


@dataclass(frozen=True, kw_only=True, eq=False)  # no slots: what is cached needs a place
class StaggeredKernel:
    """Outcomes by cohort and time since the start; see `innoeval.designs.base.Kernel`.

    Windows are masks over event time: position `launch` is the first treated period of every
    cohort. Each cohort is contrasted over the part of the windows that it was observed in, always
    against units untreated at the time, and every treated cell counts once.

    Parameters
    ----------
    cohorts, rule, base
        The units, who is compared with whom, and what the design's baseline is.
    policy
        Thresholds.
    better
        Which way is better.
    errors
        The inference.
    adjustment
        Covariates, if there are any.
    """

    cohorts: Cohorts
    rule: Rule
    base: Base
    policy: Policy
    better: Better
    errors: Errors
    adjustment: Adjustment | None = None

    @property
    def launch(self) -> int:
        """Position of event time 0: as many periods as the last cohort has before its start."""
        return int(self.cohorts.starts[-1])

    @property
    def length(self) -> int:
        """Number of event times."""
        return self.launch + len(self.cohorts.seen) - int(self.cohorts.starts[0])

    @cached_property
    def series(self) -> Floats:
        """Treated less comparison units by event time, against each cohort's earlier mean, (T,)."""
        time, found = np.arange(self.length), np.full(self.length, np.nan)
        spans = self.spans(time < self.launch - self.rule.anticipation, time >= 0)
        if len(spans.cohort):
            known = group_times(self.cohorts, spans, self.adjustment)
            at = known.spans.period - self.cohorts.starts[known.spans.cohort] + self.launch
            rows = (at == np.unique(at)[:, None]).astype(np.float64)
            each = combine(rows, known.effect, known.share, known.spans.cohort)
            found[np.unique(at)] = each.effect
        return found

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Effect of each pair of windows (K, T)."""
        pairs = zip(np.atleast_2d(before), np.atleast_2d(after), strict=True)
        each = [self.answer(self.spans(first, second), level) for first, second in pairs]
        nothing = Effects(
            effect=np.array([np.nan]), std_error=np.array([np.nan]), p_value=np.ones(1),
            low=np.array([-np.inf]), high=np.array([np.inf]),
        )  # fmt: skip
        told = [nothing if one is None else one.effects for one in each]
        names = ("effect", "std_error", "p_value", "low", "high")
        return Effects(**{name: np.concatenate([getattr(e, name) for e in told]) for name in names})

    def trend(self, level: float = 0.95) -> Effects | None:
        """What going on with the difference in earlier trends would have shown as an effect."""
        told = self.answer(self.trending("carried"), level)
        return None if told is None else told.effects

    @cached_property
    def spell(self) -> int:
        """Periods before the start that are unlike the earlier ones; see `DiDKernel.spell`."""
        return bad_spell(last_spells(self), self.better, self.policy.check_level)

    @cached_property
    def set_aside(self) -> int:
        """Periods before each start that are left out of the baseline to see what a spell does."""
        level = self.policy.check_level
        return spell_aside(last_spells(self), self.better, self.launch, level)

    def spans(self, before: Mask, after: Mask) -> Spans:
        """Contrasts of the periods of one window of event time with the mean over another."""
        wanted = []
        for g, start in enumerate(self.cohorts.starts):
            shift = slice(self.launch - start, self.launch - start + len(self.cohorts.seen))
            baseline = before[shift] & self.cohorts.seen
            if baseline.any():
                wanted += [
                    (g, int(t), baseline) for t in np.flatnonzero(after[shift] & self.cohorts.seen)
                ]
        return lay_spans(self.cohorts, self.rule, wanted)[0]

    def trending(self, trend: str) -> Spans:
        """Contrasts of the treated periods with each cohort's own earlier linear trend.

        Without the spell right before the start where that is unlike the rest, and without cohorts
        that have fewer than two earlier periods.
        """
        wanted, base = [], []
        time, spell = np.arange(len(self.cohorts.seen)), self.spell
        for g, start in enumerate(self.cohorts.starts):
            earlier = self.cohorts.seen & (time < start - self.rule.anticipation)
            fitted = earlier & (time < start - spell)
            if fitted.sum() < 2:
                continue
            rests = earlier if self.base == "average" else time == time[earlier][-1]
            after = np.flatnonzero(self.cohorts.seen & (time >= start))
            wanted += [(g, int(t), fitted) for t in after]
            base += [float(time[rests].mean())] * len(after)
        spans = lay_spans(self.cohorts, self.rule, wanted)[0]
        by_cohort = {g: at for (g, _, _), at in zip(wanted, base, strict=True)}
        at = np.array([by_cohort[int(g)] for g in spans.cohort])
        return spans._replace(trend="carried" if trend == "carried" else "extrapolated", base=at)

    @cached_property
    def _assignments(self) -> tuple[Positions, Floats | None]:
        """Other assignments of the start dates, and the units' noise before the first of them."""
        choice = self.errors.randomised or Randomization()
        return assign(self.cohorts, self.rule.anticipation, choice)

    def answer(self, spans: Spans, level: float, *, treated_only: bool = False) -> Answer | None:
        """The average of some contrasts, with its inference; None where there is none.

        Parameters
        ----------
        spans
            The contrasts.
        level
            Level of the interval.
        treated_only
            Whether contrasts of periods before the start are kept, but not averaged.
        """
        if not len(spans.cohort):
            return None
        found = group_times(self.cohorts, spans, self.adjustment)
        counted = np.ones(len(found.effect))
        if treated_only:
            counted[found.spans.period < self.cohorts.starts[found.spans.cohort]] = 0.0
        if not counted.any():
            return None
        overall = combine(counted[None], found.effect, found.share, found.spans.cohort)
        added = found.units(overall.jacobian)[:, 0]
        if self.errors.randomised is not None:
            chance = Chance(self.cohorts, found.spans, *self._assignments)
            weights = overall.jacobian[:, : len(found.effect)]
            effects = as_effects(chance.ask(weights, level))
            return Answer(effects, found, overall, added, chance=chance)
        sides = two_sides(self.errors.sums(added), self.errors.treated(self.cohorts.treated))
        tested = student(
            overall.effect, np.array([sides.error * sides.stretch]), np.array([sides.df]), level
        )
        effects = Effects(
            effect=tested.effect, std_error=np.array([sides.error]), p_value=tested.p_value,
            low=tested.low, high=tested.high, df=tested.df,
        )  # fmt: skip
        return Answer(effects, found, overall, added, sides)
