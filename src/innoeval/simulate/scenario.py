"""Draw a service, an innovation and a claim about it, with a known truth and a known fault."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from innoeval.errors import InnoevalError
from innoeval.records.calendar import Calendar, Frequency, ordinal
from innoeval.records.claim import Better, Claim
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.records.verdict import Status
from innoeval.simulate.decoys import with_decoys
from innoeval.simulate.faults import Background
from innoeval.simulate.faults_shape import WALK
from innoeval.simulate.kinds import KINDS, kind_of
from innoeval.simulate.series import autoregressive, seasons
from innoeval.simulate.truth import Known, Scenario, Truth, true_statuses

#: Names of the faults that `draw` knows.
FAULTS: tuple[str, ...] = tuple(KINDS)

#: Faults that choose by what chance did after the launch: no model of the noise holds there.
_CHOSEN = {"best_of_metrics", "best_sites", "peeking", "attrition"}

_LAUNCH: dict[Frequency, str] = {
    "year": "2020", "financial_year": "2020/21", "quarter": "2023-Q1", "month": "2023-01",
    "week": "2023-W01", "day": "2023-01-02", "integer": "0",
}  # fmt: skip


def draw(
    fault: str = "none",
    *,
    seed: int,
    n_units: int = 40,
    n_treated: int = 10,
    n_before: int = 24,
    n_after: int = 12,
    rho: float = 0.3,
    noise: float = 1.0,
    level: float = 20.0,
    size: float = 1.0,
    true_share: float | None = None,
    strength: float = 1.0,
    smallest: float | None = None,
    better: Better = "lower",
    freq: Frequency = "month",
    unit_sd: float = 2.0,
    shock_sd: float = 0.5,
    season: float = 0.5,
    spell: int = 3,
    stated: int | None = None,
    decoys: bool = False,
) -> Scenario:
    r"""Draw a panel and a claim with a known truth and a known fault.

    The outcome of unit i in period t is
    :math:`level_i + shock_t + season_t + noise_{it} + gain_{it} + effect_{it}`, the noise a Gaussian
    AR(1) of each unit, shocks and seasons shared by all units. The first `n_treated` units get the
    innovation at once (except under "bad_spell", which chooses them); the gain is what the fault
    adds without any doing of the innovation.

    Parameters
    ----------
    fault
        A name from `FAULTS`, or several joined by "+". "none": the announced effect is real. "null", "harmful",
        "overstated": it is absent, reversed, or 0.4 of what was announced. "noisy": real, under
        noise six times as large. "pre_trend": no effect, the treated were already improving so
        fast that a difference in differences shows `size`. "bad_spell": no effect, launched where
        the last `spell` periods were worst. "cherry_picked_window": no effect, the most flattering
        windows are stated. "calendar_mismatch": no effect, a bad season is held against a good
        one. "definition_break", "co_event": no effect, a change of the measure or a declared event
        lifts the treated units at the launch. "common_shock": no effect, a declared event lifts
        all units. "no_comparison": no effect, all units treated, and all were getting better.
        "few_units": no effect, one treated unit. Every other one tells its story in its `why`
        (`innoeval.simulate.kinds.KINDS`).
    seed
        Seed of the random numbers; a seed always gives the same scenario.
    n_units, n_treated
        Units, and how many of them are treated; with `n_treated == n_units` nothing is left to
        compare with.
    n_before, n_after
        Periods before and after the launch.
    rho, noise
        Autocorrelation and standard deviation of a unit's noise, in outcome units.
    level, unit_sd
        Average level of the outcome, and the spread of units around it.
    size
        Announced improvement in outcome units. Where the fault lies in the windows, the number
        that the stated windows give is announced instead, if it is larger.
    true_share
        True effect as a share of `size`; None: 1 for "none" and "noisy", −1 for "harmful", 0.4
        for "overstated", else 0.
    strength
        Gain that the fault adds, as a share of `size`.
    smallest
        Smallest effect that matters, as declared in the claim, in outcome units.
    better
        Which way is better.
    freq
        Frequency of the periods.
    shock_sd, season
        Standard deviation of the shocks, and amplitude of the season, that all units share.
    spell
        Periods of a bad spell.
    stated
        Length of the promoter's windows just before and from the launch on; None: none stated.
    decoys
        Whether about half of the columns and fields that a fault may need are there anyway, with
        nothing wrong in them.

    Returns
    -------
    Scenario with `panel` (columns "unit", "period", "outcome" and, under "definition_break",
    "version"), `claim` and `truth`; `truth.effect` is the realised average improvement.

    Raises
    ------
    InnoevalError
        For an unknown fault or numbers of units that cannot be.

    Examples
    --------
    >>> scenario = draw("pre_trend", seed=1, n_units=30)
    >>> scenario.panel.matrix("outcome").shape
    (30, 36)
    >>> scenario.truth.effect, scenario.truth.allowed
    (0.0, ('inconclusive', 'overstated', 'refuted'))
    """
    kind = kind_of(fault)
    names = fault.split("+")
    if "few_units" in names:
        n_treated = 1
    if "no_comparison" in names:
        n_treated = n_units
    if not 0 < n_treated <= n_units or min(n_before, n_after) < 1 or not -1 < rho < 1:
        raise InnoevalError(
            f"simulate: {n_treated} of {n_units} units treated, {n_before} + {n_after} periods and "
            f"autocorrelation {rho:g} make no panel; treat at least one unit and at most all, give a "
            "period on each side, and keep the autocorrelation between −1 and 1"
        )
    rng = np.random.default_rng(seed)
    n_periods = n_before + n_after
    calendar = Calendar(freq=freq, first=ordinal(_LAUNCH[freq], freq) - n_before, n=n_periods)
    sd = noise * kind.noise
    levels = rng.normal(0.0, unit_sd, n_units)
    shared = rng.normal(0.0, shock_sd, n_periods)
    places = np.array([calendar.season(t) for t in range(n_periods)], dtype=np.float64)
    # Half a cycle after the launch, as in the fault "calendar_mismatch".
    peak = (calendar.season(n_before) + calendar.cycle // 2) % calendar.cycle
    background = kind.apply(
        Background(
            rng=rng,
            noise=autoregressive(rng, (n_units, n_periods), rho, sd),
            rho=rho,
            sd=sd,
            treated=np.arange(n_units) < n_treated,
            launch=n_before,
            calendar=calendar,
            size=size,
            strength=strength,
            spell=spell,
            gain=np.tile(shared + season * seasons(places, calendar.cycle, peak), (n_units, 1)),
        )
    )
    if decoys:
        background = with_decoys(background, np.random.default_rng([seed, 1]))
    share = kind.true_share if true_share is None else true_share
    effect = share * size
    without = levels[:, None] + background.noise + background.gain
    improved = without + effect * np.outer(background.reached, background.after)
    sign = -1 if better == "lower" else 1
    outcome = level + sign * improved
    columns = {} if background.record is None else dict(background.record(outcome))
    outcome = columns.pop("outcome", outcome)
    claim = _claim(
        background,
        outcome,
        better=better,
        fault=fault,
        smallest=smallest,
        stated=stated,
    )
    expected = float(level + sign * without[background.treated][:, n_before:].mean())
    return Scenario(
        panel=_panel(background, outcome, {**background.columns, **columns}),
        claim=claim,
        truth=_truth(
            claim, fault, effect=effect, expected=expected, alone=bool(background.treated.all())
        ),
        known=_known(background, names, level + sign * (levels[:, None] + background.gain)),
    )


def _known(background: Background, names: list[str], expected: Floats) -> Known | None:
    """What an oracle may know; None where its model of the noise would be wrong."""
    wandering, counting = "random_walk" in names, "counts" in names
    if _CHOSEN & set(names) or (background.record is not None and not counting):
        return None
    periods = background.calendar.n
    if background.missing is not None:  # A panel may end before its calendar does.
        periods = int(np.flatnonzero(~background.missing.all(axis=0))[-1]) + 1
    time = np.arange(periods, dtype=np.float64)
    if wandering:
        covariance = (WALK * background.sd) ** 2 * np.minimum.outer(time, time)
    else:
        apart = np.abs(np.subtract.outer(time, time))
        covariance = background.sd**2 * background.rho**apart
    # A walk starts from a known place, and a known variance cannot be nothing.
    chance = max(float(expected.mean()), 0.0) if counting else 1e-9
    return Known(
        expected=expected[:, :periods],
        covariance=covariance + chance * np.eye(len(time)),
        reached=np.outer(background.reached, background.after[:periods]),
    )


def _claim(
    background: Background,
    outcome: Floats,
    *,
    better: Better,
    fault: str,
    smallest: float | None,
    stated: int | None,
) -> Claim:
    labels, launch = background.calendar.labels, background.launch
    fields = dict(background.claim)
    if stated is not None and "windows" not in fields:
        fields["windows"] = (
            (labels[max(0, launch - stated)], labels[launch - 1]),
            (labels[launch], labels[min(background.calendar.n, launch + stated) - 1]),
        )
    size = background.size
    if background.announce:
        observed = _observed(
            outcome[background.treated].mean(axis=0), background, better, fields["windows"]
        )
        size = max(observed, size)
    names = _names(len(background.treated))
    starts = np.full(len(names), launch) if background.starts is None else background.starts
    given: dict[str, Any] = {"size": size, "scale": "absolute", "smallest_effect": smallest}
    return Claim(
        id=fault.replace("_", "-"),
        innovation="Simulated innovation",
        outcome="outcome",
        better=better,
        treated={names[i]: labels[starts[i]] for i in np.flatnonzero(background.treated)},
        **(given | fields),
    )


def _observed(
    average: Floats,
    background: Background,
    better: Better,
    windows: tuple[tuple[str, str], tuple[str, str]],
) -> float:
    """Improvement that a before-after comparison of two windows gives, in outcome units."""
    (a, b), (c, d) = [[background.calendar.position(end) for end in window] for window in windows]
    change = float(average[c : d + 1].mean() - average[a : b + 1].mean())
    return -change if better == "lower" else change


def _truth(claim: Claim, fault: str, *, effect: float, expected: float, alone: bool) -> Truth:
    size = claim.size or 0.0
    if claim.scale == "relative":
        size *= expected
    kind = kind_of(fault)
    smallest = claim.smallest_effect or Policy().default_smallest * size
    allowed: tuple[Status, ...] = ("not_evaluable",)
    if kind.evaluable and not ("common_shock" in fault.split("+") and alone):
        allowed = true_statuses(effect, size, smallest)
    return Truth(
        claim=claim.id,
        fault=fault,
        effect=effect,
        relative=effect / expected,
        size=size,
        allowed=allowed,
        why=kind.why,
    )


def _panel(background: Background, outcome: Floats, columns: Mapping[str, np.ndarray]) -> Panel:
    frame = _keys(len(background.treated), background.calendar).copy()
    frame["outcome"] = outcome.ravel()
    if background.version is not None:
        frame["version"] = background.version.ravel()
    for name, column in columns.items():
        frame[name] = column.ravel()
    if background.missing is not None:
        frame = frame[~background.missing.ravel()]
    roles = dict(background.roles)
    return Panel(
        frame=frame,
        unit="unit",
        period="period",
        freq=background.calendar.freq,
        outcomes=("outcome", *roles.pop("outcomes", ())),
        version=None if background.version is None else "version",
        origin="the simulated panel",
        **roles,
    )


@lru_cache(maxsize=8)
def _keys(n_units: int, calendar: Calendar) -> pd.DataFrame:
    """The key columns, which many draws share."""
    return pd.DataFrame(
        {
            "unit": np.repeat(np.array(_names(n_units), dtype=object), calendar.n),
            "period": np.tile(np.array(calendar.labels, dtype=object), n_units),
        }
    )


@lru_cache(maxsize=8)
def _names(n_units: int) -> tuple[str, ...]:
    return tuple(f"unit-{number:03d}" for number in range(1, n_units + 1))
