"""Faults of choosing: which sites, which metric, which cases, and what happens next door.

A fault that needs a further column has an honest twin with the same column, so that no column gives
a fault away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from innoeval.records.freeze import Floats
from innoeval.simulate.faults import Background, Kind
from innoeval.simulate.series import autoregressive

#: Level of a further metric, and the spread of what moves it for everybody.
_LEVEL, _SHOCK = 20.0, 0.5
#: Metrics that a service records; share of the comparison units that are next to a treated one.
_METRICS, _NEAR = 12, 0.3
_FURTHER = tuple(f"metric_{k:02d}" for k in range(2, _METRICS + 1))
#: Share of the treated units that drop out; share of the rows that get lost anyway.
_DROP, _LOST = 0.4, 0.03
#: How much longer a hard case takes than an easy one, and the usual share of hard cases.
_APART, _HARD = 6.0, 0.5


def _metric(background: Background, moved: Floats | None = None) -> Floats:
    """A further metric as it is recorded, lower = better; `moved` is its improvement, (N, T)."""
    level = _usual(background)
    noise = autoregressive(background.rng, background.noise.shape, background.rho, background.sd)
    return np.asarray(level - noise - (0.0 if moved is None else moved))


def _usual(background: Background) -> Floats:
    """Levels of the units in a further metric, and what moves it for everybody, (N, T)."""
    rng, (units, periods) = background.rng, background.noise.shape
    return np.asarray(_LEVEL + rng.normal(0.0, 1.0, (units, 1)) + rng.normal(0.0, _SHOCK, periods))


def _with(background: Background, columns: Mapping[str, Floats], **more: Any) -> Background:
    """The background with further columns, roles and fields of the claim."""
    roles, claim = more.pop("roles", {}), more.pop("claim", {})
    return replace(
        background,
        columns={**background.columns, **columns},
        roles={**background.roles, **roles},
        claim={**background.claim, **claim},
        **more,
    )


def _names(units: np.ndarray) -> list[str]:
    return [f"unit-{unit + 1:03d}" for unit in np.flatnonzero(units)]


def _gains(background: Background) -> Floats:
    """What each unit's noise alone makes of its change at the launch, (N,)."""
    noise, launch = background.noise, background.launch
    return np.asarray(noise[:, launch:].mean(axis=1) - noise[:, :launch].mean(axis=1))


def _many_metrics(background: Background) -> Background:
    """Eleven further metrics are recorded; the claimed one was fixed beforehand."""
    columns = {name: _metric(background) for name in _FURTHER}
    return _with(background, columns, roles={"outcomes": _FURTHER})


def _best_of_metrics(background: Background) -> Background:
    """Of twelve metrics the one is claimed that moved most clearly, said to be better that way."""
    rng, shape, launch = background.rng, background.noise.shape, background.launch
    noises = [background.noise] + [
        autoregressive(rng, shape, background.rho, background.sd) for _ in range(_METRICS - 1)
    ]
    treated, found = background.treated, []
    for noise in noises:
        gain = noise[:, launch:].mean(axis=1) - noise[:, :launch].mean(axis=1)
        ours, theirs = gain[treated], gain[~treated]
        error = np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))
        found.append((ours.mean() - theirs.mean()) / (error or 1.0))  # one unit a side has none
    best = int(np.abs(found).argmax())
    rest = [noise for k, noise in enumerate(noises) if k != best]
    columns = {name: _usual(background) - noise for name, noise in zip(_FURTHER, rest, strict=True)}
    chosen = np.sign(found[best]) * noises[best]
    return _with(background, columns, roles={"outcomes": _FURTHER}, noise=chosen)


def _all_adopters(background: Background) -> Background:
    """The innovation also went to units that the claim does not name, and does there what it does here."""
    others = background.rng.choice(
        np.flatnonzero(~background.treated), _extra(background), replace=False
    )
    everywhere = background.treated.copy()
    everywhere[others] = True
    return _with(background, {}, claim={"adopters": _names(everywhere)}, adopted=everywhere)


def _extra(background: Background) -> int:
    """As many further adopters as treated units, or half of the others if these are fewer."""
    ours = int(background.treated.sum())
    return max(1, min(ours, (len(background.treated) - ours) // 2))


def _best_sites(background: Background) -> Background:
    """Twice as many units got it, and those are claimed where the numbers improved."""
    ours = int(background.treated.sum())
    everywhere = np.arange(len(background.treated)) < ours + _extra(background)
    gains = np.where(everywhere, _gains(background), -np.inf)
    treated = np.zeros_like(background.treated)
    treated[np.argsort(-gains)[:ours]] = True
    claim = {"adopters": _names(everywhere)}
    return _with(background, {}, treated=treated, claim=claim)


def _one_site(background: Background) -> Background:
    """One treated unit improves so much, for reasons of its own, that the average is as announced."""
    first = np.flatnonzero(background.treated)[0]
    gain = background.gain.copy()
    gain[first] += background.treated.sum() * background.jump
    return replace(background, gain=gain)


def _neighbours(background: Background) -> np.ndarray:
    """Mask of the comparison units next to a treated one, (N,)."""
    others = np.flatnonzero(~background.treated)
    near = np.zeros_like(background.treated)
    near[others[: max(1, round(_NEAR * len(others)))]] = True
    return near


def _with_neighbours(background: Background, moved: float = 0.0) -> Background:
    near = _neighbours(background)
    column = np.repeat(near[:, None].astype(np.float64), background.noise.shape[1], axis=1)
    gain = background.gain + moved * np.outer(near, background.jump)
    return _with(background, {"next_to": column}, roles={"neighbour": "next_to"}, gain=gain)


def _attrition(background: Background) -> Background:
    """Of the treated units the worst two fifths stop reporting within three periods of the launch."""
    gains = np.where(background.treated, _gains(background), np.inf)
    lost = np.argsort(gains)[: max(1, round(_DROP * background.treated.sum()))]
    missing = np.zeros(background.noise.shape, dtype=bool)
    for unit in lost:
        missing[unit, background.launch + background.rng.integers(0, 3) :] = True
    return replace(background, missing=missing)


def _lost_rows(background: Background) -> Background:
    """A few rows of every unit get lost, whatever they hold."""
    return replace(background, missing=background.rng.random(background.noise.shape) < _LOST)


def _kinds(background: Background, hard: Floats) -> Background:
    """Outcomes of easy and hard cases are recorded, and the shares of both."""
    own = autoregressive(background.rng, background.noise.shape, background.rho, background.sd / 4)

    def record(outcome: Floats) -> dict[str, Floats]:
        easy = outcome - hard * _APART + own * hard
        return {
            "easy_days": easy, "hard_days": easy + _APART - own,
            "easy_share": 1 - hard, "hard_share": hard,
        }  # fmt: skip

    return replace(
        background, record=record,
        roles={**background.roles,
               "case_mix": {"easy_days": "easy_share", "hard_days": "hard_share"}},
    )  # fmt: skip


def _shares(background: Background) -> Floats:
    """Share of hard cases by unit and period, without any fault."""
    rng, shape = background.rng, background.noise.shape
    level = _HARD + rng.normal(0.0, 0.05, (shape[0], 1))
    return np.clip(level + autoregressive(rng, shape, max(background.rho, 0.0), 0.03), 0.02, 0.98)


def _with_kinds(background: Background) -> Background:
    """Easy and hard cases are told apart; their mix goes up and down, and its part in the outcome."""
    hard = _shares(background)
    changed = replace(background, gain=background.gain - _APART * (hard - _HARD))
    return _kinds(changed, hard)


def _easier_cases(background: Background) -> Background:
    """From the launch on the treated units get easier cases, and nothing else changes."""
    fewer = np.outer(background.treated, background.jump) / _APART
    hard = np.clip(_shares(background) - fewer, 0.01, 0.98)
    changed = replace(background, gain=background.gain - _APART * (hard - _HARD))
    return _kinds(changed, hard)


def _with_balancing(background: Background, harm: float = 0.0) -> Background:
    """A measure is recorded that must not get worse; at `harm` it does, from the launch on."""
    moved = -harm * np.outer(background.treated, background.jump)
    columns = {"reopened": _metric(background, moved), "complaints": _metric(background)}
    return _with(background, columns, roles={"balancing": dict.fromkeys(columns, "lower")})


def _with_control(background: Background, moved: float = 0.0) -> Background:
    """A metric is recorded that the innovation cannot move; something else may move both."""
    jump = moved * np.outer(background.treated, background.jump)
    columns = {"elsewhere": _metric(background, jump)}
    roles = {"negative_controls": ("elsewhere",)}
    return _with(background, columns, roles=roles, gain=background.gain + jump)


def _worst_sites(background: Background) -> Background:
    """The units get it whose numbers were worst in the year before, by chance."""
    year = background.noise[:, max(0, background.launch - 12) : background.launch].mean(axis=1)
    treated = np.zeros_like(background.treated)
    treated[np.argsort(year)[: background.treated.sum()]] = True
    return replace(background, treated=treated)


def _recorded(background: Background) -> Background:
    """Everything that a check can ask for is recorded, and nothing is wrong with it."""
    full = _with_control(_with_balancing(_with_neighbours(_with_kinds(background))))
    full = _with(full, {}, claim={"adopters": _names(background.treated)})
    return _lost_rows(full)


#: Every fault of this theme by name; those with a share of truth in them are the honest twins.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "many_metrics": Kind(
        apply=_many_metrics, true_share=1.0, why="Twelve metrics are recorded, one was meant to move."),
    "best_of_metrics": Kind(
        apply=_best_of_metrics, why="Of twelve metrics the one is claimed that moved most."),
    "all_adopters": Kind(
        apply=_all_adopters, why="More units got it than are claimed, and nothing changed anywhere."),
    "best_sites": Kind(
        apply=_best_sites, why="Of all units that got it those are claimed where it went well."),
    "one_site": Kind(apply=_one_site, why="One site of all improved, for reasons of its own."),
    "spillover": Kind(
        apply=lambda background: _with_neighbours(background, 1.0), true_share=1.0,
        why="The units next door improved as well."),
    "displacement": Kind(
        apply=lambda background: _with_neighbours(background, -1.0),
        why="The units next door got worse, and nothing else changed."),
    "attrition": Kind(apply=_attrition, why="The worst sites stopped reporting."),
    "easier_cases": Kind(apply=_easier_cases, why="The cases became easier."),
    "harm_elsewhere": Kind(
        apply=lambda background: _with_balancing(background, 1.0), true_share=1.0,
        why="The improvement is real, and was paid for elsewhere."),
    "hidden_event": Kind(
        apply=lambda background: _with_control(background, 1.0),
        why="Something that nobody declared moved the treated units at the launch."),
    "worst_sites": Kind(
        apply=_worst_sites, why="The sites were chosen because their numbers happened to be bad."),
    "recorded": Kind(
        apply=_recorded, true_share=1.0, why="Everything is recorded, and the claim is true."),
})  # fmt: skip
