"""A service of the city: its places, its months or quarters, its metrics and its claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from innoeval.errors import InnoevalError
from innoeval.records.calendar import Calendar, Frequency, ordinal
from innoeval.records.claim import Claim, Window
from innoeval.records.freeze import Floats
from innoeval.records.verdict import Status
from innoeval.simulate.series import autoregressive, seasons
from innoeval.simulate.truth import Truth

Windows = tuple[Window, Window]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How a metric moves when nobody does anything.

    Parameters
    ----------
    level, spread
        Average level, and the standard deviation of the units around it.
    shock, season, peak
        Standard deviation of the shocks, and amplitude and peak (place in the year, from 0) of the
        season, which all units share.
    noise, rho
        Standard deviation and autocorrelation of each unit's own noise.
    drift
        Change per period that all units share.
    """

    level: float
    spread: float
    noise: float
    rho: float = 0.3
    shock: float = 0.0
    season: float = 0.0
    peak: float = 0.0
    drift: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the service's file.

    Parameters
    ----------
    values
        Numbers or text, (units, periods).
    decimals
        Decimal places in the file.
    low, high
        What the metric can be; a value outside is an error of the simulation.
    """

    values: np.ndarray
    decimals: int = 0
    low: float = 0.0
    high: float = np.inf


@dataclass(slots=True, kw_only=True)
class Service:
    """A service while its history is written.

    Parameters
    ----------
    name, title, about
        Name of the file, of the service, and what it is in a sentence.
    unit, period
        Names of the key columns.
    freq, first, n_periods
        The periods.
    units
        Names of the units.
    seed
        Seed of every number in the service.
    roles
        Role of each column, as `read_panel` takes them.
    columns
        Columns of the file, in order.
    claims, truths
        What was announced, and what really happened, in the same order.
    claim_roles
        Claim id -> roles of columns that only this claim needs.
    """

    name: str
    title: str
    about: str
    unit: str
    period: str
    freq: Frequency
    first: str
    n_periods: int
    units: tuple[str, ...]
    seed: int
    roles: Mapping[str, Any]
    columns: dict[str, Column] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    claim_roles: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """The periods of the service."""
        return Calendar(freq=self.freq, first=ordinal(self.first, self.freq), n=self.n_periods)

    def draw(self, name: str, metric: Metric) -> Floats:
        """A metric's values if nobody does anything, (units, periods).

        Every metric has random numbers of its own, drawn from the seed and its name, so that a
        change of one leaves the others as they were.
        """
        calendar, shape = self.calendar, (len(self.units), self.n_periods)
        rng = np.random.default_rng([self.seed, *name.encode()])
        places = np.array([calendar.season(t) for t in range(self.n_periods)], dtype=np.float64)
        levels = rng.normal(metric.level, metric.spread, (shape[0], 1))
        shared = (
            rng.normal(0.0, metric.shock, shape[1])
            + metric.season * seasons(places, calendar.cycle, metric.peak)
            + metric.drift * np.arange(shape[1])
        )
        return levels + shared + autoregressive(rng, shape, metric.rho, metric.noise)

    def reached(self, units: tuple[str, ...], first: str, last: str | None = None) -> Floats:
        """One where something reached a unit, from `first` to `last`, else zero."""
        position, calendar = np.arange(self.n_periods), self.calendar
        end = self.n_periods - 1 if last is None else calendar.position(last)
        during = (position >= calendar.position(first)) & (position <= end)
        return np.outer([unit in units for unit in self.units], during).astype(np.float64)

    def before_after(self, values: Floats, units: tuple[str, ...], windows: Windows) -> float:
        """Change of the units' average from one window to the other: what a promoter computes."""
        average = values[[self.units.index(unit) for unit in units]].mean(axis=0)
        means = []
        for first, last in windows:
            span = slice(self.calendar.position(first), self.calendar.position(last) + 1)
            means.append(float(average[span].mean()))
        return means[1] - means[0]

    def announce(
        self,
        claim: Claim,
        *,
        without: Floats,
        actual: Floats,
        fault: str,
        allowed: tuple[Status, ...],
        why: str,
        roles: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a claim, with the truth that the two histories tell.

        Parameters
        ----------
        claim
            What was announced.
        without, actual
            The outcome without the innovation and as it was, (units, periods), before rounding.
        fault, allowed, why
            As in `Truth`.
        roles
            Roles of columns that only this claim needs.
        """
        reached = self.reached(claim.units, next(iter(claim.treated.values()))) > 0
        counterfactual = float(without[reached].mean())
        change = float(actual[reached].mean()) - counterfactual
        # Adding zero turns −0.0 into 0.0, which prints better.
        effect = (-change if claim.better == "lower" else change) + 0.0
        scale = {
            "relative": counterfactual,
            "absolute": 1.0,
            "percentage_points": 0.01,
        }[claim.scale]
        self.claims.append(claim)
        self.claim_roles[claim.id] = roles or {}
        self.truths.append(
            Truth(
                claim=claim.id,
                fault=fault,
                effect=effect,
                relative=effect / counterfactual,
                size=(claim.size or 0.0) * scale,
                allowed=allowed,
                why=why,
            )
        )

    def record(self, name: str, values: np.ndarray, **how: Any) -> None:
        """Add a column to the file.

        Raises
        ------
        InnoevalError
            For a value that the metric cannot take.
        """
        column = Column(values=values, **how)
        if values.dtype.kind == "f":
            outside = (values < column.low) | (values > column.high)
            if outside.any():
                raise InnoevalError(
                    f"simulate: {int(outside.sum())} values of {self.name}.{name} lie outside "
                    f"{column.low:g} to {column.high:g}; lower the noise or move the level"
                )
        self.columns[name] = column
