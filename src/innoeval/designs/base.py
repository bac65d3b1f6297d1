"""What every design is and does, and how a claim and a panel look to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from innoeval.errors import ClaimError, DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Better, Claim
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import Floats
from innoeval.records.match import mismatches
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

#: What every comparison of treated with untreated units leans on, however it is made...
ANY_COMPARISON: tuple[Assumption, ...] = (
    Assumption.no_mean_reversion,
    Assumption.no_concurrent_change,
    Assumption.stable_measure,
    Assumption.not_one_unit,
    Assumption.prespecified_window,
    Assumption.no_anticipation,
    Assumption.no_spillover,
    Assumption.stable_composition,
    Assumption.all_sites_reported,
    Assumption.prespecified_outcome,
    Assumption.no_harm_elsewhere,
)
#: ... and one of their changes leans on parallel trends besides.
COMPARISON_OF_CHANGES: tuple[Assumption, ...] = (Assumption.parallel_trends, *ANY_COMPARISON)

#: Lengths of a spell right before a start that are looked at; the usual one; and the fewest
#: periods that have to lie before a spell.
SPELLS, SPELL, EARLIER = (1, 2, 3, 6), 3, 2
#: Fewest periods before a start with which a usual spell can be told apart and set aside.
FEWEST_FOR_SPELL = SPELL + EARLIER
#: A worse spell is doubtful, and set aside where nothing is shown, up to this two-sided p-value.
DOUBTFUL = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Many effects at once, in outcome units and raw sign: arrays of shape (K,).

    Parameters
    ----------
    effect, std_error
        Estimates and standard errors.
    p_value
        Of the two-sided test of no effect.
    low, high
        Ends of the interval at the level asked for; infinite where the data set no bound.
    df
        Degrees of freedom; None or `nan` where the inference has none.
    """

    effect: Floats
    std_error: Floats
    p_value: Floats
    low: Floats
    high: Floats
    df: Floats | None = None

    def split(self, k: int) -> tuple[Effects, Effects]:
        """The first k effects, and the others."""
        first, rest = (
            Effects(
                effect=self.effect[part], std_error=self.std_error[part],
                p_value=self.p_value[part], low=self.low[part], high=self.high[part],
                df=None if self.df is None else self.df[part],
            )
            for part in (slice(k), slice(k, None))
        )  # fmt: skip
        return first, rest


class Kernel(Protocol):
    """A design made ready on one claim and panel, to be asked about many windows at once.

    Checks probe a design through this door: arrays in, arrays out, no refit through data frames.
    `series` is the treated units' average less the comparison units' (or the average itself where
    there is no comparison), shape (T,); `launch` is the position of the first treated period.
    """

    @property
    def series(self) -> Floats:
        """The treated less the comparison units, by period."""
        ...

    @property
    def launch(self) -> int:
        """Position of the first treated period."""
        ...

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Effect of each pair of windows.

        Parameters
        ----------
        before, after
            Masks of shape (K, T): the periods compared. They may lie anywhere, also wholly before
            the launch (placebos).
        level
            Level of the intervals.
        """
        ...

    def trend(self, level: float = 0.95) -> Effects | None:
        """Effect (K = 1) that going on with the difference in earlier trends would have shown.

        None where the design does not lean on parallel trends, or has too few earlier periods.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A spell right before the start, held against all earlier periods.

    Parameters
    ----------
    length
        Periods in the spell.
    effect, std_error, low, high
        How far it lies from the earlier periods, in outcome units and raw sign.
    p_value
        Of the two-sided test of no difference, for this length alone.
    """

    length: int
    effect: float
    std_error: float
    low: float
    high: float
    p_value: float


def usual_spell(launch: int) -> int:
    """Length of a spell before a start about which nothing is known; 0 with too few periods.

    Examples
    --------
    >>> [usual_spell(launch) for launch in (4, 5, 24)]
    [0, 3, 3]
    """
    return SPELL if launch >= FEWEST_FOR_SPELL else 0


def last_spells(kernel: Kernel, level: float = 0.95) -> tuple[Spell, ...]:
    """Hold spells of several lengths right before the start against all earlier periods.

    Parameters
    ----------
    kernel
        A design made ready on a claim and panel.
    level
        Level of the intervals.

    Returns
    -------
    The spells, shortest first; none where there are too few periods or values.
    """
    launch, time = kernel.launch, np.arange(len(kernel.series))
    lengths = [k for k in SPELLS if launch - k >= EARLIER]
    if launch < FEWEST_FOR_SPELL:
        return ()
    edge = launch - np.array(lengths)[:, None]
    found = kernel.effects(time < edge, (time >= edge) & (time < launch), level)
    return tuple(
        Spell(
            length=length, effect=float(found.effect[k]), std_error=float(found.std_error[k]),
            low=float(found.low[k]), high=float(found.high[k]), p_value=float(found.p_value[k]),
        )
        for k, length in enumerate(lengths) if np.isfinite(found.effect[k])
    )  # fmt: skip


def bad_spell(spells: tuple[Spell, ...], better: Better, level: float) -> int:
    """Length of the longest spell that is shown to be worse than what went before; 0 if none is."""
    sign = 1 if better == "lower" else -1
    shown = [s.length for s in spells if s.p_value <= level and sign * s.effect > 0]
    return max(shown, default=0)


def spell_aside(spells: tuple[Spell, ...], better: Better, launch: int, level: float) -> int:
    """Periods that are left out of the baseline to see what a bad spell does; 0 with too few.

    The longest spell that is shown; else the usual length, or the longest doubtful one if that is
    more: a spell of half the earlier periods is rarely shown, and would stay in by half.

    Examples
    --------
    >>> doubt = Spell(length=6, effect=1.0, std_error=0.8, low=-0.6, high=2.6, p_value=0.21)
    >>> spell_aside((doubt,), "lower", 12, 0.05), spell_aside((doubt,), "higher", 12, 0.05)
    (6, 3)
    """
    shown = bad_spell(spells, better, level)
    return shown or max(usual_spell(launch), bad_spell(spells, better, DOUBTFUL))


@runtime_checkable
class Design(Protocol):
    """A way to estimate what would have happened without the innovation.

    `sms_level` is the most that the design can reach on the Maryland scale; `estimand` says in a
    sentence what is estimated.
    """

    assumptions: ClassVar[tuple[Assumption, ...]]
    sms_level: ClassVar[int]
    estimand: ClassVar[str]

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit this claim and panel; empty if it does."""
        ...

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The base estimate: the identifying assumption at face value."""
        ...


@runtime_checkable
class DecidingDesign(Design, Protocol):
    """A design that can decide: it also gives stressed estimates, and can be probed by checks.

    `relaxes` is the main assumption, the one that the first stressed analysis gives up.
    """

    relaxes: ClassVar[Assumption]

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> Mapping[Assumption, Estimate]:
        """Estimates with one assumption given up each; without those that the data cannot give."""
        ...

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Kernel:
        """The design made ready for many windows."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrangement:
    """A claim and a panel as a design sees them.

    Parameters
    ----------
    outcomes
        Array (N, T) of the claimed outcome; `nan` where missing.
    treated
        Mask (N,) of the treated units.
    starts
        Position of each unit's first treated period, (N,); T for units never treated.
    """

    outcomes: Floats
    treated: Mask
    starts: Positions

    @cached_property
    def launches(self) -> Positions:
        """Distinct first treated periods, in order."""
        counts = np.bincount(self.starts, minlength=self.n_periods)
        return np.flatnonzero(counts[: self.n_periods])

    @cached_property
    def usable(self) -> Mask:
        """Units with a value on both sides of the one start, (N,)."""
        seen = np.isfinite(self.outcomes)
        before, after = seen[:, : self.launch], seen[:, self.launch :]
        return np.asarray(before.any(axis=1) & after.any(axis=1))

    @property
    def launch(self) -> int:
        """The one first treated period.

        Raises
        ------
        DesignError
            Where treated units start at different times.
        """
        if len(self.launches) != 1:
            raise DesignError("the treated units start at different times; this needs one start")
        return int(self.launches[0])

    @property
    def n_periods(self) -> int:
        """Number of periods, T."""
        return int(self.outcomes.shape[1])


def arrange(panel: Panel, claim: Claim) -> Arrangement:
    """Arrays of a claim and a panel, kept at hand: one evaluation asks for the same many times.

    Raises
    ------
    ClaimError
        Listing everything in which the claim does not fit the panel.
    """
    global _arranged  # noqa: PLW0603 - replaced whole, so that threads may share it
    for known_panel, known_claim, found in _arranged:
        if known_panel is panel and known_claim is claim:
            return found
    made = _arrange(panel, claim)
    if made.outcomes.size <= LARGEST_KEPT:
        _arranged = (*_arranged[-3:], (panel, claim, made))
    return made


#: Larger panels are not kept in memory for what it saves.
LARGEST_KEPT = 100_000
_arranged: tuple[tuple[Panel, Claim, Arrangement], ...] = ()


def _arrange(panel: Panel, claim: Claim) -> Arrangement:
    known = claim.outcome in panel.metrics
    outcomes = panel.matrix(claim.outcome) if known else None
    places = panel.places(claim.treated)
    if (faults := mismatches(claim, panel, outcomes, places)) or outcomes is None:
        raise ClaimError(faults)
    first = claim.treated.values()
    position = {start: panel.calendar.position(start) for start in dict.fromkeys(first)}
    starts = np.full(len(panel.units), panel.calendar.n, dtype=np.int64)
    begins = np.fromiter(map(position.__getitem__, first), np.int64, len(claim.treated))
    starts[places] = begins
    treated = starts < panel.calendar.n
    for shared in (starts, treated):
        shared.flags.writeable = False
    return Arrangement(outcomes=outcomes, treated=treated, starts=starts)
