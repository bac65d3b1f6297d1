"""Before any result: how decisive can these data be about a claim?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from innoeval.errors import ClaimError, InnoevalError
from innoeval.evaluate import Judged, judged
from innoeval.records import Claim, Panel, Policy, Verdict
from innoeval.records.calendar import Calendar
from innoeval.records.freeze import Floats
from innoeval.records.match import mismatches
from innoeval.records.plan import Chance, Plan

if TYPE_CHECKING:
    from innoeval.checks import Check
    from innoeval.decide import Bar
    from innoeval.designs import Choice, Design

#: R with which a true claim is supported in 80 % of cases: 1.96 + 0.84.
DECISIVE = 2.8
#: The chance that a detectable claim is supported.
_CHANCE = 0.8
#: Fewest periods before the start from which noise can be told: of one series, of several units.
FEWEST_ALONE, FEWEST_TOGETHER = 8, 3
#: Imagined futures from which standard errors with other numbers of periods are read.
_FEW = 6
#: How long is looked ahead: so many times the periods at hand, and at least so many.
_AHEAD, _AT_LEAST = 4, 24
#: Periods planned with where the panel ends before the start and no number is given.
_USUAL = 12


def plan(
    claim: Claim,
    panel: Panel,
    *,
    after: int | None = None,
    designs: Literal["auto"] | Sequence[Design] = "auto",
    policy: Policy = Policy(),
    futures: int = 100,
    wait: bool = True,
) -> Plan:
    r"""Tell how decisive data can be about a claim, from what lies before the start alone.

    Futures are imagined: each unit goes on from where it was before the first start, with the
    noise that it showed there (`innoeval.stats.futures`), and the claim is made just true. Each
    future is judged as `evaluate` would judge it, with the checks that can change a decision; so
    the price of what these data cannot settle is in the answer. No value from the first start on is
    looked at.

    Parameters
    ----------
    claim
        What is claimed; its start may lie beyond the panel.
    panel
        The service's metrics by unit and period.
    after
        Periods from the (last) start on to plan with; by default those that the panel has, or a
        usual 12 where it has none.
    designs, policy
        As in `evaluate`.
    futures
        Number of imagined futures: with 100 a chance has a Monte Carlo error of at most 5 points.
    wait
        Whether to look for the number of periods from which on the data are decisive.

    Returns
    -------
    The plan; its `obstacles` say why where nothing can be planned.

    Raises
    ------
    ClaimError
        Listing everything in which the claim does not fit the panel.

    Examples
    --------
    >>> from innoeval import simulate
    >>> case = simulate.draw(seed=1, n_units=20, n_treated=8, size=2.0)
    >>> made = plan(case.claim, case.panel, futures=20)
    >>> made.design, made.before, made.after, made.supported > 0.7, made.wait
    ('DifferenceInDifferences', 24, 12, True, 0)
    """
    from innoeval.decide import bar

    if futures < 1 or (after is not None and after < 1):
        raise InnoevalError(
            f"plan: futures={futures} and after={after} must be at least 1; leave them out for the "
            "usual ones"
        )
    first, last = _starts(claim, panel)
    known = panel.calendar.n - last
    ahead = after if after is not None else known if known > 0 else _USUAL
    held = bar(claim, policy)
    empty = Plan(
        claim=claim, design="", before=first, after=ahead, period=_period(panel.calendar),
        claimed=held.claimed, smallest=held.smallest, shown=held.shown if held.claimed else None,
    )  # fmt: skip
    if held.claimed is None:
        why = "neither a size nor a smallest effect that matters is declared: nothing can be supported."
        return replace(empty, shown=None, obstacles=(why,))
    imagined = _Imagined.of(claim, panel, first, last)
    if reason := imagined.obstacle:
        return replace(empty, obstacles=(reason,))
    # The promoter's windows bear on what was announced, and may end after a shorter future.
    planned = replace(claim, windows=None)
    choose = partial(_choose, claim=planned, policy=policy, designs=designs)
    choice = choose(imagined.panel(ahead))
    if choice.design is None:
        reasons = (f"for {o.design}, {'; '.join(o.reasons)}." for o in choice.objections)
        return replace(empty, obstacles=tuple(reasons))
    world = _World(
        claim=planned, policy=policy, choose=choose, imagined=imagined, held=held,
        alone=choice.design.sms_level < 3,
    )  # fmt: skip
    here = world.judge(ahead, futures)
    if here.off_scale:
        return replace(empty, design=type(choice.design).__name__, obstacles=here.off_scale)
    enough, longest = world.enough(ahead) if wait else (None, None)
    return replace(
        empty,
        design=type(choice.design).__name__,
        resolution=here.resolution,
        chances=here.chances,
        supported=here.share("supported"),
        improvement_shown=here.shown,
        if_clear=here.if_clear,
        detectable=here.detectable,
        enough=enough,
        longest=longest,
        supported_then=world.judge(enough, futures).share("supported")
        if enough is not None and enough > ahead
        else None,
        futures=futures,
        rests_on=world.rests_on,
    )


def _starts(claim: Claim, panel: Panel) -> tuple[int, int]:
    """Places of the first and the last start, which may lie beyond the panel's end."""
    absent = claim.outcome not in panel.metrics or (panel.places(claim.treated) < 0).any()
    try:
        places = [panel.calendar.position(start) for start in claim.treated.values()]
    except ValueError:
        places = []
    if absent or not places or min(places) < 1:
        raise ClaimError(mismatches(claim, panel))
    return min(places), max(places)


def _period(calendar: Calendar) -> str:
    named = calendar.freq.replace("_", " ") if calendar.step == 1 else "period"
    return "period" if named == "integer" else named


def _choose(
    panel: Panel, *, claim: Claim, policy: Policy, designs: Literal["auto"] | Sequence[Design]
) -> Choice:
    from innoeval.designs import choose

    return choose(panel, claim, policy, None if isinstance(designs, str) else tuple(designs))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Imagined:
    """What was before the start, and panels in which it goes on."""

    claim: Claim
    origin: Panel
    past: Floats
    starts: np.ndarray
    last: int

    @classmethod
    def of(cls, claim: Claim, panel: Panel, first: int, last: int) -> _Imagined:
        """Everything before the first start, and nothing of what came after."""
        past = np.full((len(panel.units), first), np.nan)
        known = panel.matrix(claim.outcome)[:, :first]
        past[:, : known.shape[1]] = known
        starts = np.full(len(panel.units), np.iinfo(np.int64).max)
        for unit, start in claim.treated.items():
            starts[panel.places([unit])[0]] = panel.calendar.position(start)
        return cls(claim=claim, origin=panel, past=past, starts=starts, last=last)

    @property
    def treated(self) -> np.ndarray:
        """Mask (N,) of the treated units."""
        return self.starts < np.iinfo(np.int64).max

    @property
    def obstacle(self) -> str:
        """Why noise cannot be told from what lies before the start; "" if it can."""
        seen = np.isfinite(self.past)
        if not seen[self.treated].any():
            return "no treated unit has a value before the start."
        fewest = FEWEST_TOGETHER if (~self.treated).any() else FEWEST_ALONE
        most = int(seen[self.treated].sum(axis=1).max())
        if most < fewest:
            return (
                f"there are {most} values before the start; the noise of these series can be told "
                f"from {fewest} on."
            )
        return ""

    @property
    def _levels(self) -> Floats:
        """Average of each unit before the start, (N,); `nan` for one that was never seen."""
        seen = np.isfinite(self.past)
        counts = seen.sum(axis=1)
        total = np.where(seen, self.past, 0.0).sum(axis=1)
        return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)

    def panel(self, after: int) -> Panel:
        """A panel of that many periods from the last start on, its future still flat."""
        import pandas as pd

        n, own = self.last + after, self.origin.calendar
        labels = replace(own, n=n).labels
        values = np.tile(self._levels[:, None], n)
        values[:, : self.past.shape[1]] = self.past
        name = self.origin
        frame = pd.DataFrame(
            {
                name.unit: np.repeat(np.array(name.units, dtype=object), n),
                name.period: np.tile(np.array(labels, dtype=object), len(name.units)),
                self.claim.outcome: values.reshape(-1),
            }
        )
        return Panel(
            frame=frame, unit=name.unit, period=name.period, freq=own.freq,
            outcomes=(self.claim.outcome,), origin=name.origin,
        )  # fmt: skip

    def futures(self, after: int, draws: int, rng: np.random.Generator, *, alone: bool) -> Floats:
        """Outcomes (K, N, T) without the innovation: the past as it was, and imagined futures."""
        from innoeval.designs.did_kernel import mean_of
        from innoeval.stats.contrast import period_effects
        from innoeval.stats.futures import continuations

        first, n = self.past.shape[1], self.last + after
        whole = np.empty((draws, len(self.past), n))
        whole[:, :, :first] = self.past
        if alone:
            ours = self.past[self.treated]
            series = mean_of(ours)
            offset = self._levels[self.treated] - np.nanmean(series)
            forms = _forms(first, n, self.origin.calendar.cycle)
            drawn = continuations(series[None], forms, draws, rng)
            whole[:, :, first:] = self._levels[:, None]
            whole[:, self.treated, first:] = offset[:, None] + drawn
            return whole
        common = period_effects(self.past)
        units = int(np.isfinite(self.past).any(axis=1).sum())
        level = np.ones((n, 1))
        drawn = continuations(
            self.past - common, ((level[:first], level[first:]),), draws, rng,
            lost=units / max(units - 1, 1),
        )  # fmt: skip
        whole[:, :, first:] = drawn + _went_on(common, n - first, self.origin.calendar.cycle)
        return whole

    def with_effect(self, without: Floats, size: float) -> Floats:
        """Outcomes in which the claim, of that size on its scale, is just true."""
        sign = -1 if self.claim.better == "lower" else 1
        time = np.arange(without.shape[-1])
        treated = time >= self.starts[:, None]
        if self.claim.scale == "relative":
            # An outcome with a percentage is never negative, however strong its noise.
            without = np.maximum(without, 0.0)
            return np.where(treated, without * (1 + sign * size), without)
        if self.claim.scale == "percentage_points":
            whole = 1.0 if np.nanmax(self.past) <= 1 else 100.0
            size = size * whole / 100
        return np.where(treated, without + sign * size, without)


def _forms(first: int, n: int, cycle: int) -> tuple[tuple[Floats, Floats], ...]:
    """Models of a single series: the long-run level or a trend, with seasons where they are known."""
    from innoeval.designs.its.form import CYCLES_BEFORE, SHORTEST_CYCLE
    from innoeval.stats.series import seasons

    time = np.arange(n)
    columns = [np.ones((n, 1))]
    if cycle >= SHORTEST_CYCLE and first >= CYCLES_BEFORE * cycle:
        columns.append(seasons(time, cycle))
    level = np.concatenate(columns, axis=1)
    trend = np.column_stack([level, (time - first) / first])
    return tuple((form[:first], form[first:]) for form in (level, trend))


def _went_on(common: Floats, ahead: int, cycle: int) -> Floats:
    """What all units share, gone on: the last cycle of seasons again, or the last value."""
    again = cycle if 1 < cycle <= len(common) else 1
    return common[-again:][np.arange(ahead) % again]


def _error(share: float, n: int) -> float:
    """Monte Carlo error of a share: above 0 also where all futures agree (Agresti & Coull)."""
    centre = (share * n + 2) / (n + 4)
    return float(np.sqrt(centre * (1 - centre) / (n + 4)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What judging imagined futures showed."""

    verdicts: tuple[Verdict, ...]
    if_clear: float  # share in which the base analysis alone would support the claim
    held: Bar

    @property
    def off_scale(self) -> tuple[str, ...]:
        """Why nothing can be evaluated, if it cannot in most futures."""
        failed = [v for v in self.verdicts if v.status == "not_evaluable"]
        if 2 * len(failed) <= len(self.verdicts):
            return ()
        return tuple(
            reason.removeprefix("Cannot be evaluated, because ") for reason in failed[0].reasons
        )

    def share(self, status: str) -> float:
        """Share of futures with a status."""
        return float(np.mean([v.status == status for v in self.verdicts]))

    @property
    def shown(self) -> float:
        """Share of futures in which an improvement is shown."""
        return float(np.mean([v.improvement_shown for v in self.verdicts]))

    @property
    def chances(self) -> tuple[Chance, ...]:
        """Every status that came up, the most frequent first."""
        names = dict.fromkeys(v.status for v in self.verdicts)
        n = len(self.verdicts)
        found = [(self.share(name), name) for name in names]
        return tuple(
            Chance(status=name, share=share, error=_error(share, n))
            for share, name in sorted(found, key=lambda item: (-item[0], item[1]))
        )

    @property
    def resolution(self) -> float | None:
        """Typical resolution of the base analysis."""
        found = [v.resolution for v in self.verdicts if v.resolution is not None]
        return float(np.median(found)) if found else None

    @property
    def detectable(self) -> float | None:
        """Smallest true claim that is supported with 80 % chance.

        How far the lower end of the interval that decides falls short of the truth hangs little on
        the size of the effect; the claim has to exceed what must be shown by its 80 % quantile.
        """
        claimed, smallest = self.held.claimed, self.held.smallest
        if claimed is None or smallest is None:
            return None
        short = [claimed - v.interval.low if v.interval else np.inf for v in self.verdicts]
        reach = float(np.quantile(short, _CHANCE, method="higher"))
        share = self.held.shown / claimed if self.held.shown > smallest else None
        if not np.isfinite(reach):
            return None
        if share is None:
            return smallest + reach
        return max(reach / (1 - share), smallest + reach)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _World:
    """Imagined futures of any length, judged."""

    claim: Claim
    policy: Policy
    choose: Callable[[Panel], Choice]
    imagined: _Imagined
    held: Bar
    alone: bool

    def judge(self, after: int, draws: int) -> _Seen:
        """Futures of that length in which the claim is just true, each judged."""
        panel = self.imagined.panel(after)
        choice = self.choose(panel)
        found = [
            judged(self.claim, future, choice, None, self.policy, self._checks)
            for future in self._panels(panel, after, draws)
        ]
        return _Seen(
            verdicts=tuple(one.verdict for one in found),
            if_clear=float(np.mean([self._base_supports(one) for one in found])),
            held=self.held,
        )

    def _base_supports(self, found: Judged) -> bool:
        from innoeval.decide import status_of

        if found.estimate is None or found.estimate.off_scale(self.claim.scale):
            return False
        return status_of(found.estimate.on_scale(self.claim.scale)[1], self.held) == "supported"

    @property
    def _checks(self) -> tuple[Check, ...]:
        """Checks that can change a decision."""
        from innoeval.checks import CHECKS

        named = {gate.check for gate in self.policy.gates} | set(self.policy.fatal)
        return tuple(check for check in CHECKS if check.name in named)

    def _panels(self, panel: Panel, after: int, draws: int) -> list[Panel]:
        rng = np.random.default_rng([self.policy.seed, after])
        without = self.imagined.futures(after, draws, rng, alone=self.alone)
        outcomes = self.imagined.with_effect(without, self.held.claimed or 0.0)
        rows = self.imagined.origin.places(panel.units)
        return [panel.with_values(self.claim.outcome, one[rows]) for one in outcomes]

    def resolution(self, after: int) -> float:
        """Resolution of the base analysis with that many periods; 0 where no design fits."""
        from innoeval.decide import decide

        panel = self.imagined.panel(after)
        design = self.choose(panel).design
        if design is None:
            return 0.0
        found = [
            decide(
                self.claim, design.fit(future, self.claim, policy=self.policy), {}, (), self.policy
            ).resolution
            for future in self._panels(panel, after, _FEW)
        ]
        return float(np.median([0.0 if one is None else one for one in found]))

    def enough(self, ahead: int) -> tuple[int | None, int]:
        """Fewest periods from the start on with a resolution of 2.8, and how many were looked at."""
        longest = max(_AHEAD * (self.imagined.past.shape[1] + ahead), _AT_LEAST)
        low, high = 0, min(ahead, longest)
        while self.resolution(high) < DECISIVE:
            if high == longest:
                return None, longest
            low, high = high, min(2 * high, longest)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.resolution(middle) >= DECISIVE else (middle, high)
        return high, longest

    @property
    def rests_on(self) -> tuple[str, ...]:
        """What is taken for granted."""
        model = (
            "The treated units' average goes on from its level or its linear trend before the start, "
            "whichever the past speaks for, with seasons where they are known"
            if self.alone
            else "Each unit goes on around its own level before the start, moved by what all units share"
        )
        return (
            f"{model}, and with noise as strong and as persistent as it was.",
            "The effect is there at once, in full and for good, as large as claimed.",
            "Nothing else happens: no other change, no lost site, no change of definition.",
        )
