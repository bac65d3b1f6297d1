"""Faults of timing: effects that come early, fade or grow, odd months, windows and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType

import numpy as np

from innoeval.simulate.faults import Background, Kind, window_labels

#: How many periods an expected start is anticipated by, and an improvement of their own begins before it.
_AHEAD, _LATE = 3, 6
#: Length of the windows that a promoter moves about, by how much, and to how many places a side.
_QUARTER, _STEP, _PLACES = 3, 2, 6


def _anticipation(background: Background) -> Background:
    """The units change in the three periods before the date that is announced as the start."""
    time = np.arange(background.calendar.n)
    early = (time >= background.launch - _AHEAD) & (time < background.launch)
    ahead = background.strength * background.size * early
    return replace(background, gain=background.gain + np.outer(background.treated, ahead))


def _early_help(background: Background) -> Background:
    """Something else helped the treated units, from three periods before the start on."""
    helped = np.arange(background.calendar.n) >= background.launch - _AHEAD
    gain = background.strength * background.size * np.outer(background.treated, helped)
    return replace(background, gain=background.gain + gain)


def _late_trend(background: Background) -> Background:
    """The treated began to get better six periods before the start, and a comparison shows the claim."""
    launch = background.launch
    since = np.maximum(np.arange(background.calendar.n) - launch + _LATE, 0.0)
    slope = background.strength * background.size / (since[launch:].mean() - since[:launch].mean())
    return replace(background, gain=background.gain + np.outer(background.treated, slope * since))


def _fade_out(background: Background) -> Background:
    """The effect falls from the announced size to nothing; its average over the horizon is half."""
    since = np.arange(background.calendar.n) - background.launch
    horizon = max(1, since[-1])
    # What the effect is beyond its average, so that the truth is half of what was announced.
    beyond = np.where(since >= 0, 0.5 - since / horizon, 0.0) * background.strength
    swing = np.outer(background.treated, beyond * background.size)
    return replace(background, gain=background.gain + swing)


def _outlier_month(background: Background) -> Background:
    """One month after the start is so good that it makes the whole average by itself."""
    horizon = background.calendar.n - background.launch
    odd = background.launch + int(background.rng.integers(horizon))
    gain = background.gain.copy()
    gain[background.treated, odd] += background.strength * background.size * horizon
    return replace(background, gain=gain)


def _best_of_36_windows(background: Background) -> Background:
    """Of six quarters before and six after, two months apart, the most flattering pair is stated."""
    average = (background.noise + background.gain)[background.treated].mean(axis=0)
    launch, n = background.launch, background.calendar.n
    moved = [_STEP * k for k in range(_PLACES)]
    before = [(launch - _QUARTER - k, launch - 1 - k) for k in moved if launch - _QUARTER - k >= 0]
    after = [(launch + k, launch + _QUARTER - 1 + k) for k in moved if launch + _QUARTER + k <= n]
    pairs = list(product(before, after))
    rises = [average[c : d + 1].mean() - average[a : b + 1].mean() for (a, b), (c, d) in pairs]
    windows = window_labels(background, *pairs[int(np.argmax(rises))])
    return replace(background, claim={"windows": windows}, announce=True)


def _comparator_drift(background: Background) -> Background:
    """Nothing improves; from the launch on the comparison units get worse, for reasons of their own."""
    worse = np.outer(~background.treated, -background.jump)
    return replace(background, gain=background.gain + worse)


def _growing_effects(background: Background) -> Background:
    """Units start at three dates, and effects grow: units treated early are a poor comparison."""
    treated = np.flatnonzero(background.treated)
    n, launch = background.calendar.n, background.launch
    later = launch + (n - launch) * np.arange(3) // 3
    starts = np.full(len(background.treated), n)
    starts[treated] = later[np.arange(len(treated)) % 3]
    since = np.arange(n) - starts[:, None]
    grown = np.where((since >= 0) & background.treated[:, None], since + 1.0, 0.0)
    wanted = background.size * grown / grown[grown > 0].mean()
    # The average is added from the launch on by `draw`; `strength` is the share of it that is true.
    flat = background.size * np.outer(background.treated, background.after)
    gain = background.gain + background.strength * (wanted - flat)
    return replace(background, gain=gain, starts=starts)


#: Every fault of timing by name.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "anticipation": Kind(
        apply=_anticipation, true_share=1.0,
        why="The improvement is as large as announced, and began three periods before its date."),
    "early_help": Kind(
        apply=_early_help,
        why="Something that nothing on record tells of helped the treated units, from three periods before the start on."),
    "late_trend": Kind(
        apply=_late_trend,
        why="The treated units began to get better by themselves six periods before the start, and went on."),
    "fade_out": Kind(
        apply=_fade_out, true_share=0.5,
        why="The improvement was as large as announced at first, and is gone by the end."),
    "outlier_month": Kind(
        apply=_outlier_month, why="One freak month makes the whole improvement."),
    "best_of_36_windows": Kind(
        apply=_best_of_36_windows, why="Of 36 pairs of windows the most flattering was stated."),
    "comparator_drift": Kind(
        apply=_comparator_drift, why="Nothing improved; the comparison units got worse."),
    "growing_effects": Kind(
        apply=_growing_effects, true_share=1.0,
        why="The improvement is as large as announced, and grows; units started at three dates."),
})  # fmt: skip
