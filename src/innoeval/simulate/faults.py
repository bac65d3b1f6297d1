"""The ways in which a claim goes wrong, each as a gain that the innovation did not make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from innoeval.errors import InnoevalError
from innoeval.records.calendar import Calendar
from innoeval.records.claim import Event
from innoeval.records.freeze import Floats
from innoeval.simulate.series import autoregressive, seasons


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Background:
    """What moves a service before the outcome is put together; every array is oriented, + = improvement.

    Parameters
    ----------
    rng
        Source of further random numbers.
    noise
        Noise of each unit and period, (N, T).
    rho, sd
        Autocorrelation and standard deviation of the noise.
    treated
        Mask (N,).
    launch
        Position of the first treated period.
    calendar
        The periods.
    size
        Announced improvement.
    strength
        Size of the fault as a share of the announced improvement.
    spell
        Periods of a bad spell.
    gain
        Improvement that the innovation did not make, (N, T).
    version
        Version of the definition of each unit and period, (N, T); None where it never changed.
    claim
        Fields of the claim that the fault brings with it.
    announce
        Whether the promoter announces the number that the stated windows give.
    starts
        Position of each unit's first treated period, (N,); None where all start at the launch.
    adopted
        Units that got the innovation, where these are more than are claimed, (N,).
    missing
        Mask (N, T) of the rows that the panel lost; None where it is complete.
    columns
        Further columns of the panel as they are recorded, (N, T) each.
    record
        How the outcome (N, T) is written down, in its own units: columns by name, among them
        "outcome" where what is recorded differs from it; None: as it is.
    roles
        What those columns are for: fields of the panel, such as `balancing` or `denominator`;
        `outcomes` names the metrics beside "outcome".
    """

    rng: np.random.Generator
    noise: Floats
    rho: float
    sd: float
    treated: np.ndarray
    launch: int
    calendar: Calendar
    size: float
    strength: float
    spell: int
    gain: Floats
    version: np.ndarray | None = None
    claim: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    announce: bool = False
    starts: np.ndarray | None = None
    missing: np.ndarray | None = None
    adopted: np.ndarray | None = None
    columns: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}))
    record: Callable[[Floats], Mapping[str, np.ndarray]] | None = None
    roles: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def reached(self) -> np.ndarray:
        """Units where the innovation does its work, claimed or not, (N,)."""
        return self.treated if self.adopted is None else self.adopted

    @property
    def after(self) -> Floats:
        """One from the launch on, (T,)."""
        return (np.arange(self.calendar.n) >= self.launch).astype(np.float64)

    @property
    def jump(self) -> Floats:
        """A step of the fault's size at the launch, (T,)."""
        return self.strength * self.size * self.after


Fault = Callable[[Background], Background]


def _nothing(background: Background) -> Background:
    return background


def _pre_trend(background: Background) -> Background:
    """The treated were already getting better, at the pace that makes the gain by itself."""
    periods = background.calendar.n
    slope = background.strength * background.size / (periods / 2)
    ahead = slope * (np.arange(periods) - background.launch)
    return replace(background, gain=background.gain + np.outer(background.treated, ahead))


def _bad_spell(background: Background) -> Background:
    """The units with the worst last periods get the innovation; or all, right after the worst."""
    spell, launch = background.spell, background.launch
    windows = window_labels(
        background, (launch - spell, launch - 1), (launch, background.calendar.n - 1)
    )
    changed = replace(background, claim={"windows": windows}, announce=True)
    if not background.treated.all():
        worst = np.argsort(background.noise[:, launch - spell : launch].mean(axis=1))
        treated = np.zeros_like(background.treated)
        treated[worst[: background.treated.sum()]] = True
        return replace(changed, treated=treated)
    n_units, periods = background.noise.shape
    longer = autoregressive(
        background.rng, (n_units, periods + launch), background.rho, background.sd
    )
    average = longer.mean(axis=0)
    moving = np.convolve(average, np.ones(spell), mode="valid")[launch - spell : 2 * launch - spell]
    first = int(np.argmin(moving))
    return replace(changed, noise=longer[:, first : first + periods])


def _cherry_picked_window(background: Background) -> Background:
    """Of all windows of three to twelve periods, the promoter states the most flattering."""
    average = (background.noise + background.gain)[background.treated].mean(axis=0)
    before, after = flattering(average, background.launch)
    return replace(
        background, claim={"windows": window_labels(background, before, after)}, announce=True
    )


def flattering(series: Floats, launch: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last places of the two windows of 3 to 12 periods with the largest rise.

    Parameters
    ----------
    series
        Values that rise when things improve, (T,).
    launch
        Position of the first period after.

    Examples
    --------
    >>> flattering(np.array([2.0, 0, 0, 0, 3, 1, 5, 5, 5, 2]), launch=4)
    ((1, 3), (6, 8))
    """
    first, last = _extreme(series[launch:], sign=1)
    return _extreme(series[:launch], sign=-1), (launch + first, launch + last)


def _extreme(series: Floats, sign: int) -> tuple[int, int]:
    """First and last place of the window of 3 to 12 periods with the highest signed average."""
    sums = np.concatenate([[0.0], np.cumsum(series)])
    best = (-np.inf, 0, len(series) - 1)
    for length in range(3, min(12, len(series)) + 1):
        averages = sign * (sums[length:] - sums[:-length]) / length
        at = int(np.argmax(averages))
        best = max(best, (float(averages[at]), at, at + length - 1))
    return best[1], best[2]


def _calendar_mismatch(background: Background) -> Background:
    """The worst season before the launch is held against the best one after it."""
    calendar, launch = background.calendar, background.launch
    places = np.array([calendar.season(t) for t in range(calendar.n)], dtype=np.float64)
    length = max(1, calendar.cycle // 4)
    # The peak is half a cycle after the launch, so that both seasons lie close to it.
    peak = (calendar.season(launch) + calendar.cycle // 2) % calendar.cycle
    season = background.strength * background.size / 2 * seasons(places, calendar.cycle, peak)
    middle = launch + calendar.cycle // 2
    after = (middle - length // 2, middle - length // 2 + length - 1)
    back = calendar.cycle // 2
    before = (after[0] - back - calendar.cycle, after[1] - back - calendar.cycle)
    windows = window_labels(background, before, after)
    return replace(
        background, gain=background.gain + season, claim={"windows": windows}, announce=True
    )


def _definition_break(background: Background) -> Background:
    """From the launch on the treated units record the outcome in another, kinder way."""
    version = np.where(np.outer(background.treated, background.after > 0), "2", "1")
    start = background.calendar.labels[background.launch]
    return replace(
        background,
        gain=background.gain + np.outer(background.treated, background.jump),
        version=version,
        claim={"definition_changes": (start,)},
    )


def _co_event(background: Background) -> Background:
    """Something else reached the treated units, and only them, at the launch."""
    start = background.calendar.labels[background.launch]
    event = Event(period=start, scope="treated", what="extra staff from another programme")
    gain = background.gain + np.outer(background.treated, background.jump)
    return replace(background, gain=gain, claim={"events": (event,)})


def _common_shock(background: Background) -> Background:
    """Something else reached every unit at the launch."""
    start = background.calendar.labels[background.launch]
    event = Event(period=start, scope="all", what="new national rules")
    return replace(background, gain=background.gain + background.jump, claim={"events": (event,)})


def _no_comparison(background: Background) -> Background:
    """Everybody got it, and things were getting better anyway."""
    periods = background.calendar.n
    slope = background.strength * background.size / (periods / 2)
    return replace(
        background, gain=background.gain + slope * (np.arange(periods) - background.launch)
    )


def window_labels(
    background: Background, before: tuple[int, int], after: tuple[int, int]
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Labels of two windows, given by their first and last places.

    Raises
    ------
    InnoevalError
        Where they do not lie one after the other inside the panel.
    """
    labels, n = background.calendar.labels, background.calendar.n
    if not 0 <= before[0] <= before[1] < after[0] <= after[1] < n:
        raise InnoevalError(
            f"simulate: the windows of this fault do not fit into {background.launch} + "
            f"{n - background.launch} periods; give more periods before and after"
        )
    return (labels[before[0]], labels[before[1]]), (labels[after[0]], labels[after[1]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A fault: how it changes a service, the share of the claim that is true, and its story."""

    apply: Fault = _nothing
    true_share: float = 0.0
    noise: float = 1.0
    evaluable: bool = True
    why: str


#: The faults of this file by name; those of every theme stand in `kinds`.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "none": Kind(true_share=1.0, why="The improvement is as large as announced."),
    "null": Kind(why="Nothing changed."),
    "harmful": Kind(true_share=-1.0, why="Things got worse by as much as was announced."),
    "overstated": Kind(true_share=0.4, why="There is an improvement, far smaller than announced."),
    "pre_trend": Kind(apply=_pre_trend, why="The treated units were already getting better."),
    "bad_spell": Kind(apply=_bad_spell, why="It was launched after a bad spell, which passed."),
    "cherry_picked_window": Kind(
        apply=_cherry_picked_window, why="The windows were chosen for their result."),
    "calendar_mismatch": Kind(
        apply=_calendar_mismatch, why="A bad season is compared with a good one."),
    "definition_break": Kind(
        apply=_definition_break, evaluable=False,
        why="The measure was defined in another way from the launch on."),
    "co_event": Kind(
        apply=_co_event, evaluable=False,
        why="Something else reached the treated units, and only them, at the launch."),
    "no_comparison": Kind(
        apply=_no_comparison, why="Everybody got it, and things were getting better anyway."),
    "few_units": Kind(why="One unit got it, and nothing changed."),
    "noisy": Kind(
        true_share=1.0, noise=6.0,
        why="The improvement is as large as announced, and the data are too noisy to tell."),
    "common_shock": Kind(apply=_common_shock, why="Something else reached every unit at the launch."),
})  # fmt: skip
