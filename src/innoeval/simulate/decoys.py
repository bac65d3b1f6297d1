"""What is on record though nothing is wrong with it, so that no column and no field tells a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from innoeval.records.claim import Event
from innoeval.simulate.faults import Background
from innoeval.simulate.series import autoregressive

#: Chance of each decoy; share of the comparison units that are said to be next to a treated one;
#: share of the rows that are lost.
_CHANCE, _NEAR, _LOST = 0.5, 0.3, 0.02
#: Cases of a unit in a period, and the spread of units.
_CASES, _SPREAD = 400.0, 0.3

Decoy = Callable[[Background, np.random.Generator], Background]


def with_decoys(background: Background, rng: np.random.Generator) -> Background:
    """The background with about half of the decoys; what its fault brought is left as it is.

    Parameters
    ----------
    background
        After its fault.
    rng
        Source of their own random numbers, so that the outcome is the same without them.
    """
    for decoy in _DECOYS:
        ours = np.random.default_rng(rng.integers(2**63))
        if rng.random() < _CHANCE:
            background = decoy(background, ours)
    return background


def _metric(background: Background, rng: np.random.Generator) -> np.ndarray:
    """A further metric, lower = better, that nothing moves."""
    shape = background.noise.shape
    level = 20.0 + rng.normal(0.0, 1.0, (shape[0], 1)) + rng.normal(0.0, 0.5, shape[1])
    return np.asarray(level - autoregressive(rng, shape, background.rho, background.sd))


def _add(background: Background, columns: dict[str, np.ndarray], **roles: Any) -> Background:
    return replace(
        background,
        columns={**background.columns, **columns},
        roles={**background.roles, **roles},
    )


def _said(background: Background, **fields: Any) -> Background:
    return replace(background, claim={**background.claim, **fields})


def _version(background: Background, rng: np.random.Generator) -> Background:
    """All units changed the definition in the first half before the launch, and nothing came of it."""
    alone = background.treated.all()  # There a change of definition is a fault, whenever it came.
    if background.version is not None or background.launch < 4 or alone:
        return background
    place = int(rng.integers(1, background.launch // 2))
    version = np.where(np.arange(background.calendar.n) >= place, "2", "1")
    return replace(background, version=np.tile(version, (len(background.treated), 1)))


def _event(background: Background, rng: np.random.Generator) -> Background:
    """Something reached all units in the first half before the launch, and passed."""
    if background.launch < 4:
        return background
    place = int(rng.integers(0, background.launch // 2))
    event = Event(period=background.calendar.labels[place], scope="all", what="new forms")
    return _said(background, events=(*background.claim.get("events", ()), event))


def _cases(background: Background, rng: np.random.Generator) -> Background:
    """The number of cases is recorded."""
    if "denominator" in background.roles:
        return background
    units, periods = background.noise.shape
    usual = _CASES * np.exp(rng.normal(0.0, _SPREAD, (units, 1)))
    cases = rng.poisson(np.broadcast_to(usual, (units, periods))).astype(np.float64)
    return _add(background, {"cases": cases}, denominator="cases")


def _neighbours(background: Background, rng: np.random.Generator) -> Background:
    """It is known which comparison units lie next to a treated one."""
    others = np.flatnonzero(~background.treated)
    if "neighbour" in background.roles or len(others) < 4:
        return background
    near = np.zeros(len(background.treated))
    near[rng.choice(others, max(1, round(_NEAR * len(others))), replace=False)] = 1.0
    column = np.repeat(near[:, None], background.calendar.n, axis=1)
    return _add(background, {"next_to": column}, neighbour="next_to")


def _balancing(background: Background, rng: np.random.Generator) -> Background:
    """A measure is recorded that must not get worse, and does not."""
    if "balancing" in background.roles:
        return background
    column = {"reopened": _metric(background, rng)}
    return _add(background, column, balancing={"reopened": "lower"})


def _control(background: Background, rng: np.random.Generator) -> Background:
    """A metric is recorded that the innovation cannot move."""
    if "negative_controls" in background.roles:
        return background
    column = {"elsewhere": _metric(background, rng)}
    return _add(background, column, negative_controls=("elsewhere",))


def _metrics(background: Background, rng: np.random.Generator) -> Background:
    """Further metrics of the service are recorded."""
    if "outcomes" in background.roles:
        return background
    names = tuple(f"metric_{k:02d}" for k in range(2, int(rng.choice([5, 13]))))
    return _add(background, {name: _metric(background, rng) for name in names}, outcomes=names)


def _near_target(background: Background, rng: np.random.Generator) -> Background:
    """Cases that met or missed a target narrowly are counted."""
    if "near_target" in background.roles:
        return background
    both = {name: rng.poisson(20.0, background.noise.shape).astype(float) for name in _EDGES}
    return _add(background, both, near_target=_EDGES)


_EDGES = ("met", "missed")


def _provisional(background: Background, rng: np.random.Generator) -> Background:  # noqa: ARG001 - as every decoy
    """The last period is marked as provisional, and turns out as it was."""
    if "provisional" in background.roles:
        return background
    last = np.arange(background.calendar.n) == background.calendar.n - 1
    flags = np.tile(last.astype(np.float64), (len(background.treated), 1))
    return _add(background, {"open": flags}, provisional="open")


def _adopters(background: Background, rng: np.random.Generator) -> Background:  # noqa: ARG001 - as every decoy
    """Every unit that got the innovation is on record, and claimed."""
    if "adopters" in background.claim or background.starts is not None:
        return background
    ours = np.flatnonzero(background.treated)
    return _said(background, adopters=[f"unit-{unit + 1:03d}" for unit in ours])


def _lost(background: Background, rng: np.random.Generator) -> Background:
    """A few rows are lost, whatever they hold."""
    if background.missing is not None or len(background.treated) < 10:
        return background
    return replace(background, missing=rng.random(background.noise.shape) < _LOST)


def _registered(background: Background, rng: np.random.Generator) -> Background:  # noqa: ARG001 - as every decoy
    """The claim was put on record before the start."""
    return _said(background, registered_on="2019-01-01")


def _windows(background: Background, rng: np.random.Generator) -> Background:  # noqa: ARG001 - as every decoy
    """The promoter states the natural windows: as long before as after, a cycle at most."""
    if "windows" in background.claim or background.starts is not None:
        return background
    labels, launch, n = background.calendar.labels, background.launch, background.calendar.n
    if background.missing is not None:
        n = int(np.flatnonzero(~background.missing.all(axis=0))[-1]) + 1
    length = min(launch, n - launch, max(background.calendar.cycle, 4))
    before = (labels[launch - length], labels[launch - 1])
    return _said(background, windows=(before, (labels[launch], labels[launch + length - 1])))


_DECOYS: tuple[Decoy, ...] = (
    _version, _event, _cases, _neighbours, _balancing, _control, _metrics, _near_target,
    _provisional, _adopters, _lost, _registered, _windows,
)  # fmt: skip
