"""Faults of measuring: who is counted, and how numbers are written down.

Each fault that shows in a column of its own has an honest twin with the same column, so that no
column gives a fault away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from innoeval.records.freeze import Floats
from innoeval.simulate.faults import Background, Kind
from innoeval.simulate.series import autoregressive, seasons

#: Cases of a unit in a period, their spread over units and their noise over time (as shares).
_CASES, _SPREAD, _WOBBLE = 400.0, 0.3, 0.08
#: Undeclared change of the number of cases at full strength.
_SHIFT = 0.25
#: Periods that are not final yet.
_LATE = 3
#: Cases that met or missed the target narrowly, by unit and period; and the share of the latter
#: that is moved over the line at full strength.
_NEAR, _MOVED = 20.0, 0.5


def _cases(background: Background) -> Floats:
    """Cases by unit and period, as they come without any fault."""
    rng, calendar = background.rng, background.calendar
    units, periods = background.noise.shape
    places = np.array([calendar.season(t) for t in range(periods)], dtype=np.float64)
    common = rng.normal(0.0, _WOBBLE / 2, periods) + _WOBBLE * seasons(places, calendar.cycle)
    own = autoregressive(rng, (units, periods), max(background.rho, 0.0), _WOBBLE)
    level = rng.normal(0.0, _SPREAD, (units, 1))
    return np.asarray(rng.poisson(_CASES * np.exp(level + common + own)), dtype=np.float64)


def _shifted(background: Background, factor: float) -> Floats:
    """One, and the factor for the treated units from the launch on, (N, T)."""
    return 1.0 + (factor - 1.0) * np.outer(background.treated, background.after)


def _with_cases(background: Background) -> Background:
    """The number of cases is recorded beside the outcome."""
    return replace(
        background, columns={"cases": _cases(background)}, roles={"denominator": "cases"}
    )


def _volume_shift(background: Background) -> Background:
    """From the launch on the treated units no longer count the quarter of cases that took longest."""
    cases = np.round(_cases(background) * _shifted(background, 1 - _SHIFT * background.strength))
    return replace(
        background,
        gain=background.gain + np.outer(background.treated, background.jump),
        columns={"cases": cases},
        roles={"denominator": "cases"},
    )


def _rate(background: Background) -> Background:
    """The outcome is a rate per 100 cases, with its numerator and denominator beside it."""
    cases = _cases(background)
    return replace(
        background,
        record=lambda outcome: _over(outcome * cases / 100, cases),
        roles={"numerator": "events", "denominator": "cases"},
    )


def _denominator_shift(background: Background) -> Background:
    """From the launch on the treated units count more cases that could never become an event."""
    cases = _cases(background)

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        mean = float(outcome[background.treated].mean())
        factor = mean / (mean - background.strength * background.size)
        return _over(outcome * cases / 100, cases * _shifted(background, factor))

    return replace(background, record=record, roles={"numerator": "events", "denominator": "cases"})


def _over(events: Floats, cases: Floats) -> dict[str, Floats]:
    events, cases = np.round(events), np.round(cases)
    return {"outcome": 100 * events / cases, "events": events, "cases": cases}


def _rounded(background: Background) -> Background:
    """Whole numbers throughout."""
    return replace(background, record=lambda outcome: {"outcome": np.round(outcome)})


def _tenths(background: Background) -> Background:
    """One decimal throughout."""
    return replace(background, record=lambda outcome: {"outcome": np.round(outcome, 1)})


def _rounded_down(background: Background) -> Background:
    """From the launch on the treated units leave off the decimals that all recorded before."""
    treated = np.outer(background.treated, background.after) > 0

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        return {"outcome": np.where(treated, np.floor(outcome), np.round(outcome, 1))}

    return replace(background, record=record)


def _heaped(background: Background) -> Background:
    """Half of the values are estimated, and written down as multiples of five."""
    guessed = background.rng.random(background.noise.shape) < 0.5 * background.strength

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        return {"outcome": np.where(guessed, 5 * np.round(outcome / 5), np.round(outcome))}

    return replace(background, record=record)


def _copied_rows(background: Background) -> Background:
    """Three units report half a year of another unit's numbers as their own."""
    units, periods = background.noise.shape
    pairs, first = min(3, units // 2), periods // 3
    sources = background.rng.choice(units, 2 * pairs, replace=False)

    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        copied = np.round(outcome, 1)
        span = slice(first, first + min(6, periods - first))
        copied[sources[pairs:], span] = copied[sources[:pairs], span]
        return {"outcome": copied}

    return replace(background, record=record)


def _with_near_target(background: Background) -> Background:
    """Cases that met or missed a target narrowly are recorded; the outcome moves both a little."""
    return replace(
        background, record=_near(background, moved=0.0), roles={"near_target": ("met", "missed")}
    )


def _gaming(background: Background) -> Background:
    """From the launch on half of the cases that would miss the target narrowly are recorded as met."""
    return replace(
        background,
        gain=background.gain + np.outer(background.treated, background.jump),
        record=_near(background, moved=_MOVED * background.strength),
        roles={"near_target": ("met", "missed")},
    )


def _near(background: Background, moved: float) -> Callable[[Floats], Mapping[str, np.ndarray]]:
    def record(outcome: Floats) -> Mapping[str, np.ndarray]:
        rng = background.rng
        # A shift of the whole distribution tilts the two narrow bins by little.
        tilt = 0.02 * (outcome - outcome.mean()) / max(background.sd, 1e-9)
        met, missed = rng.poisson(_NEAR * np.exp(-tilt)), rng.poisson(_NEAR * np.exp(tilt))
        chance = moved * np.outer(background.treated, background.after)
        over = rng.binomial(missed, chance)
        return {"met": (met + over).astype(float), "missed": (missed - over).astype(float)}

    return record


def _not_final(background: Background) -> Floats:
    """One in the last periods of every unit, (N, T)."""
    late = np.arange(background.calendar.n) >= background.calendar.n - _LATE
    return np.tile(late.astype(np.float64), (len(background.treated), 1))


def _with_provisional(background: Background) -> Background:
    """The last periods are marked as provisional, and turn out as they were."""
    flags = _not_final(background)
    return replace(background, columns={"open": flags}, roles={"provisional": "open"})


def _provisional_gain(background: Background) -> Background:
    """The treated units' last figures lack the late cases, which are the bad ones."""
    flags = _not_final(background)
    horizon = background.calendar.n - background.launch
    gain = background.strength * background.size * horizon / _LATE
    return replace(
        background,
        gain=background.gain + gain * flags * background.treated[:, None],
        columns={"open": flags},
        roles={"provisional": "open"},
    )


def _late_records(background: Background) -> Background:
    """A third of the cases of the last periods is not entered yet anywhere: at the treated, the bad ones."""
    flags = _not_final(background)
    horizon = background.calendar.n - background.launch
    gain = background.strength * background.size * horizon / _LATE
    cases = np.round(_cases(background) * (1 - background.strength * flags / 3))
    return replace(
        background,
        gain=background.gain + gain * flags * background.treated[:, None],
        columns={"cases": cases},
        roles={"denominator": "cases"},
    )


#: Every fault of this theme by name.
KINDS: Mapping[str, Kind] = MappingProxyType({
    "with_cases": Kind(apply=_with_cases, true_share=1.0, why="The improvement is real, and as many cases were counted."),
    "volume_shift": Kind(apply=_volume_shift, why="The slowest cases were no longer counted."),
    "rate": Kind(apply=_rate, true_share=1.0, why="The rate fell because events became fewer."),
    "denominator_shift": Kind(apply=_denominator_shift, why="The rate fell because more cases were counted."),
    "rounded": Kind(apply=_rounded, true_share=1.0, why="The improvement is real, in whole numbers."),
    "tenths": Kind(apply=_tenths, true_share=1.0, why="The improvement is real, in tenths."),
    "rounded_down": Kind(apply=_rounded_down, why="Decimals were left off from the launch on."),
    "heaped": Kind(apply=_heaped, true_share=1.0, why="Half of the values were guessed."),
    "copied_rows": Kind(apply=_copied_rows, true_share=1.0, why="Some units copied the numbers of others."),
    "with_near_target": Kind(apply=_with_near_target, true_share=1.0, why="The improvement is real, and no case was moved over the line."),
    "gaming": Kind(apply=_gaming, why="Cases that missed the target narrowly were recorded as met."),
    "with_provisional": Kind(apply=_with_provisional, true_share=1.0, why="The improvement is real; the last figures are provisional."),
    "late_records": Kind(apply=_late_records, why="The last cases, the bad ones among them, were not entered yet."),
    "provisional_gain": Kind(apply=_provisional_gain, why="The gain is in figures that are not final."),
})  # fmt: skip
