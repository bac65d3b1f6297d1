"""Faults of telling: how often results were looked at, in which words they are told, and when.

Each fault that shows in a field of the claim has an honest twin with the same field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from innoeval.records.freeze import Floats
from innoeval.simulate.faults import Background, Kind
from innoeval.simulate.series import autoregressive

#: Improvement in standard errors at which an innovation is announced, and the first look (in periods
#: from the start) at which it may be: that there were earlier ones makes it peeking.
_SEEN, _SOONEST = 2.1, 5
#: Cases of a rare event by unit and period; the level of an outcome as drawn, and of a share.
_FEW, _LEVEL, _PER_CENT = 2.0, 20.0, 60.0


def _looked_at(background: Background) -> Background:
    """Results were looked at every second period, and announced at the end all the same."""
    looks = background.calendar.labels[background.launch + 1 : -1 : 2]
    return replace(background, claim={"looks": looks})


def _peeking(background: Background) -> Background:
    """Nothing changed; results were looked at every period and announced at the first lucky one.

    The first innovation of many, each looked at so, that had such a moment.
    """
    noise, stop = _lucky(background)
    return _until(replace(background, noise=noise), stop)


def _stopped(background: Background) -> Background:
    """Results were looked at every period; the end, such as a lucky look has, was set beforehand."""
    # Of another innovation's noise, so that the end tells nothing of this one.
    shape = background.noise.shape
    other = autoregressive(background.rng, shape, background.rho, background.sd)
    return _until(background, _lucky(replace(background, noise=other))[1])


def _until(background: Background, stop: int) -> Background:
    """The figures end at `stop`, and were looked at in every period since the launch."""
    gone = np.tile(np.arange(background.calendar.n) > stop, (len(background.noise), 1))
    looks = background.calendar.labels[background.launch + 2 : stop]
    return replace(background, missing=gone, claim={"looks": looks})


def _lucky(background: Background) -> tuple[Floats, int]:
    """Noise that has a lucky look, and when that comes; else the last noise, and the end."""
    noise = background.noise
    for _ in range(400 if (~background.treated).sum() > 1 else 0):
        stop = _first_lucky(background, noise)
        if stop is not None:
            return noise, stop
        noise = autoregressive(background.rng, noise.shape, background.rho, background.sd)
    return noise, background.calendar.n - 1


def _first_lucky(background: Background, noise: Floats) -> int | None:
    """First period up to which the change looks like an improvement; None if it comes too soon."""
    launch, treated = background.launch, background.treated
    for last in range(launch + 2, background.calendar.n):
        change = noise[:, launch : last + 1].mean(axis=1) - noise[:, :launch].mean(axis=1)
        ours, theirs = change[treated], change[~treated]
        own = ours if len(ours) > 1 else theirs
        error = np.sqrt(own.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs))
        if ours.mean() - theirs.mean() > _SEEN * error:
            return last if last >= launch + _SOONEST else None
    return None


def _share(background: Background) -> Background:
    """The outcome is a share in per cent, and the claim is in points."""
    return replace(background, claim={"scale": "percentage_points"})


def _percent_for_points(background: Background) -> Background:
    """A change of so many per cent of 60 % is announced as so many percentage points (level=60)."""
    labels, launch = background.calendar.labels, background.launch
    windows = ((labels[0], labels[launch - 1]), (labels[launch], labels[-1]))
    size = 100 * background.size / _PER_CENT
    claim = {"scale": "percentage_points", "size": size, "windows": windows}
    return replace(background, claim=claim)


def _tiny_baseline(background: Background) -> Background:
    """A fall of a third from an average of two cases: less than one case at a site.

    To be drawn at that level, with the size that goes with it (level=2, size=2/3).
    """
    rng, share = background.rng, background.size / _FEW
    mean = _FEW * (1 - share * np.outer(background.treated, background.after))

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        return {"outcome": rng.poisson(np.broadcast_to(mean, outcome.shape)).astype(float)}

    return replace(background, record=record, claim={"scale": "relative", "size": share})


def _in_per_cent(background: Background) -> Background:
    """The same improvement, announced in per cent of the usual level."""
    return replace(background, claim={"scale": "relative", "size": background.size / _LEVEL})


def _registered(background: Background) -> Background:
    """The claim was put on record before the start."""
    return replace(background, claim={"registered_on": "2019-01-01"})


def _registered_late(background: Background) -> Background:
    """The claim was put on record years after the last figures."""
    return replace(background, claim={"registered_on": "2031-01-01"})


#: Every fault of this theme by name.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "looked_at": Kind(apply=_looked_at, true_share=1.0, why="The improvement is real, and was looked at again and again."),
    "looked_at_and_stopped": Kind(apply=_stopped, true_share=1.0, why="The improvement is real, and was looked at in every period until an end set beforehand."),
    "peeking": Kind(apply=_peeking, why="It was announced at the first lucky look."),
    "share": Kind(apply=_share, true_share=1.0, why="The share rose by as many points as announced."),
    "percent_for_points": Kind(apply=_percent_for_points, true_share=1.0, why="Per cent were announced as percentage points."),
    "in_per_cent": Kind(apply=_in_per_cent, true_share=1.0, why="The improvement is as large as announced."),
    "tiny_baseline": Kind(apply=_tiny_baseline, true_share=1.0, why="A third less of next to nothing."),
    "registered": Kind(apply=_registered, true_share=1.0, why="The improvement is as large as announced, on record."),
    "registered_late": Kind(apply=_registered_late, true_share=1.0, why="The claim was put on record after the results."),
})  # fmt: skip
