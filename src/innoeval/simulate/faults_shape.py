"""What numbers look like: walks, few cases, effects that wear off, and changes that nobody declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from innoeval.records.freeze import Floats
from innoeval.simulate.faults import Background, Kind

#: Step of a walk as a share of the noise's standard deviation; mean of a count that is never below.
WALK, _LEAST = 0.3, 0.05
#: Periods in which what is new about an innovation loses half of its pull.
_HALF_LIFE = 4.0


def _novelty(background: Background) -> Background:
    """The effect starts high and wears off to a lower, lasting one; its average is as drawn."""
    since = np.arange(background.calendar.n) - background.launch
    pull = np.where(since >= 0, 0.5 ** (since / _HALF_LIFE), 0.0)
    beyond = np.where(since >= 0, pull - pull[since >= 0].mean(), 0.0)
    swing = background.strength * background.size * beyond
    return replace(background, gain=background.gain + np.outer(background.treated, swing))


def _random_walk(background: Background) -> Background:
    """Each unit wanders: what it has lost or gained it keeps."""
    steps = background.rng.standard_normal(background.noise.shape) * WALK * background.sd
    walk = np.cumsum(steps, axis=1)
    return replace(background, noise=walk - walk[:, :1])


def _counts(background: Background) -> Background:
    """The outcome counts cases that come one by one; to be drawn at a low level."""

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        mean = np.maximum(outcome, _LEAST)
        return {"outcome": background.rng.poisson(mean).astype(np.float64)}

    return replace(background, record=record)


def _hidden_change(background: Background) -> Background:
    """Something else moved the treated units at the launch, and nothing on record tells of it."""
    return replace(background, gain=background.gain + np.outer(background.treated, background.jump))


def _redefined_everywhere(background: Background) -> Background:
    """From the launch on every unit records the outcome in another, kinder way."""
    later = np.tile(background.after > 0, (len(background.treated), 1))
    return replace(
        background, gain=background.gain + background.jump, version=np.where(later, "2", "1")
    )


#: Every fault of this theme by name.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "novelty": Kind(
        apply=_novelty, true_share=1.0,
        why="The improvement is as large as announced on average, larger at first and less later."),
    "random_walk": Kind(apply=_random_walk, why="Nothing changed; units wander."),
    "counts": Kind(apply=_counts, true_share=1.0, why="The improvement is real, in whole cases."),
    "hidden_change": Kind(
        apply=_hidden_change, why="Something that nothing on record tells of moved the treated units."),
    "redefined_everywhere": Kind(
        apply=_redefined_everywhere, why="The measure was defined in another way for all units."),
})  # fmt: skip
