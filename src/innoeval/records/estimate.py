"""The estimate: what a design found, in the units of the outcome, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.card import card, lines
from innoeval.records.claim import Better, Scale
from innoeval.records.facts import of_estimate
from innoeval.records.freeze import ArrayRecord, Floats, read_only
from innoeval.records.group_times import GroupTimes

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.stats.aggregation import Balance, Kind


class Interval(NamedTuple):
    """Two ends of an interval; an infinite end says that the data set no bound there.

    Examples
    --------
    >>> Interval(-3.0, -1.0).flipped
    Interval(low=1.0, high=3.0)
    """

    low: float
    high: float

    @property
    def flipped(self) -> Interval:
        """The interval of the negated quantity."""
        return Interval(-self.high, -self.low)

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path(ArrayRecord):
    """What happened to the treated units, and what would have happened anyway.

    Parameters
    ----------
    period
        Label of each period.
    observed, counterfactual, effect, low, high
        Arrays of the same length in outcome units: average of the treated units, what the design
        expects without the innovation, their difference, and the interval of the counterfactual;
        `nan` where there is none.
    comparison
        Average of the comparison units; all `nan` where there are none.
    """

    period: tuple[str, ...]
    observed: Floats
    counterfactual: Floats
    effect: Floats
    low: Floats
    high: Floats
    comparison: Floats

    def __post_init__(self) -> None:
        for name in ("observed", "counterfactual", "effect", "low", "high", "comparison"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of an estimate: a level or slope change, a group-time effect, an event time.

    `band_low` and `band_high` are the ends of a band that holds all such parts at once.
    """

    term: str
    estimate: float
    std_error: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    event_time: int | None = None
    cohort: str | None = None
    period: str | None = None
    band_low: float | None = None
    band_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate(ArrayRecord):
    """What a design found: raw sign, outcome units, named inference.

    Parameters
    ----------
    design
        Class name of the design.
    estimand
        What is estimated, in one plain sentence.
    effect
        Average effect on the treated over the claimed horizon; positive = the outcome rose.
    std_error
        Standard error by the convention that `inference` names; None where there is none.
    conf_int
        95 % interval of `effect` (or the level that `inference` names).
    p_value, df
        Of the test of no effect; None where there is none.
    better
        Which way is better, from the claim.
    baseline
        What the outcome would have averaged over the horizon without the innovation.
    observed
        What the outcome of the treated did average over the horizon.
    n_units, n_treated, n_clusters, n_obs
        Numbers of units (treated included), treated units, clusters and cells used.
    inference
        Name of the method behind `std_error` and `conf_int`.
    path
        Observed and counterfactual series, if the design has one.
    components
        Parts of the estimate.
    influence
        Influence of each unit on `effect`, array of shape (units,): where errors are clustered by
        unit, the sum of its squares over units² is the variance; None where there is none.
    influences
        Gives the same of each component, (units, C), so that they can be clustered, averaged or put
        into a band in another way without a refit; not saved, and None on a record that was read
        back.
    covariance
        Covariance of the components in their order, (C, C); None where there is none.
    group_times
        Effects by cohort and period of a staggered design, from which `aggregate` works.
    assumptions
        What the design leans on.
    warnings
        What a reader must know before using the number.
    choices
        What was settled before the outcome was looked at, and by which rule, in sentences.
    level
        Level of the interval.
    whole
        For a share: what 100 % is in outcome units (1 or 100).
    """

    design: str
    estimand: str
    effect: float
    std_error: float | None
    conf_int: Interval
    p_value: float | None
    df: float | None = None
    better: Better
    scale: Literal["absolute"] = "absolute"
    baseline: float
    observed: float
    n_units: int
    n_treated: int
    n_clusters: int
    n_obs: int
    inference: str
    path: Path | None = None
    components: tuple[Component, ...] = ()
    influence: Floats | None = None
    influences: Callable[[], Floats] | None = field(default=None, repr=False, compare=False)
    covariance: Floats | None = None
    group_times: GroupTimes | None = None
    assumptions: tuple[Assumption, ...] = ()
    warnings: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    level: float = 0.95
    whole: float = 1.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.effect, self.baseline, self.observed))):
            raise DesignError(f"{self.design} found no finite effect; please report this as a bug")
        if not self.conf_int[0] <= self.conf_int[1]:  # nor where an end is missing
            raise DesignError(
                f"{self.design} found the interval {self.conf_int}; report this as a bug"
            )
        object.__setattr__(self, "conf_int", Interval(*map(float, self.conf_int)))
        for name in ("influence", "covariance"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def improvement(self) -> float:
        """The effect, turned so that positive = better."""
        return -self.effect if self.better == "lower" else self.effect

    @property
    def improvement_int(self) -> Interval:
        """The interval, turned so that positive = better."""
        return self.conf_int.flipped if self.better == "lower" else self.conf_int

    def _repr_html_(self) -> str:
        return card(f"Estimate: {self.design}", of_estimate(self), self.warnings, "What was found")

    def __str__(self) -> str:
        return lines(f"Estimate: {self.design}", of_estimate(self), self.warnings)

    # What a terminal shows; the arrays written out would fill many screens.
    __repr__ = __str__

    def on_scale(self, scale: Scale) -> tuple[float, Interval]:
        """Improvement and interval on a claim's scale.

        The observed average of the treated is a fact; only the counterfactual is uncertain. So
        with the observed average y and an effect θ the relative effect is θ / (y − θ), which
        rises with θ: the ends of the interval are carried over exactly, no ratio of two
        estimates is taken. See docs/decisions/0004-relative-scale.md.

        Parameters
        ----------
        scale
            "relative", "absolute" or "percentage_points".

        Raises
        ------
        DesignError
            For "relative" where the counterfactual average is not positive.

        Examples
        --------
        An average of 8.5 that would have been 10 without a change of −1.5 (−2 to −1):

        >>> found = Estimate(design="D", estimand="", effect=-1.5, std_error=.25,
        ...     conf_int=Interval(-2, -1), p_value=None, better="lower", baseline=10, observed=8.5,
        ...     n_units=2, n_treated=1, n_clusters=2, n_obs=4, inference="")
        >>> improvement, interval = found.on_scale("relative")
        >>> improvement, [round(end, 3) for end in interval]
        (0.15, [0.105, 0.19])
        """
        raw = self._carried(self.effect, scale)
        return -raw if self.better == "lower" else raw, self.interval_on_scale(self.conf_int, scale)

    def interval_on_scale(self, interval: Interval, scale: Scale) -> Interval:
        """Another interval of the effect, as improvement on a claim's scale; see `on_scale`.

        Parameters
        ----------
        interval
            In outcome units and raw sign.
        scale
            "relative", "absolute" or "percentage_points".
        """
        carried = Interval(*(self._carried(end, scale) for end in interval))
        return carried.flipped if self.better == "lower" else carried

    def off_scale(self, scale: Scale) -> str:
        """Why the effect cannot be told on a claim's scale; "" if it can."""
        if scale == "relative" and self.observed - self.effect <= 0:
            return (
                f"without the innovation the outcome would have averaged {self.baseline:.4g}; "
                "a relative change needs a positive average; state the claim with scale='absolute'"
            )
        return ""

    def _carried(self, effect: float, scale: Scale) -> float:
        """An effect on a claim's scale, raw sign."""
        if scale == "relative":
            return self._relative(effect)
        return effect * (100 / self.whole if scale == "percentage_points" else 1.0)

    def _relative(self, effect: float) -> float:
        """θ / (y − θ), with its limits: −1 for θ → −∞, +∞ where nothing positive is left."""
        if reason := self.off_scale("relative"):
            raise DesignError(reason)
        if effect == -np.inf:
            return -1.0
        expected = self.observed - effect
        return float(effect / expected) if expected > 0 else np.inf

    def aggregate(self, by: Kind = "simple", balance: Balance = None) -> Estimate:
        """The same effects by cohort and period, summed up in another way, without a refit.

        Parameters
        ----------
        by
            "simple" (every treated cell counted once), "group" (rows: cohorts; every treated unit
            counted once), "event" (rows: periods since the start) or "calendar" (rows: periods).
            `effect` is the overall average, `components` hold the rows. The error of the estimated
            weights is included.
        balance
            For "event": a number b keeps cohorts seen at least b periods after their start and
            event times up to b; a pair (a, b) only cohorts seen at all event times from a to b.

        Raises
        ------
        DesignError
            Where the design keeps no effects by cohort and period.

        References
        ----------
        Callaway & Sant'Anna (2021), Journal of Econometrics 225:200-230,
        doi:10.1016/j.jeconom.2020.12.001.
        """
        from innoeval.records.group_times import summarise

        return summarise(self, by, balance)

    @property
    def event_times(self) -> list[int]:
        """Positions of the components that are effects by event time over all cohorts, in order."""
        rows = [
            k for k, part in enumerate(self.components)
            if part.event_time is not None and part.cohort is None
        ]  # fmt: skip
        return sorted(rows, key=lambda k: self.components[k].event_time or 0)

    def tidy(self) -> pd.DataFrame:
        """One row for the overall effect and one for each component."""
        import pandas as pd

        statistic = None
        if self.std_error:
            statistic = self.effect / self.std_error
        rows: list[dict[str, object]] = [
            {
                "term": "effect",
                "estimate": self.effect,
                "std_error": self.std_error,
                "statistic": statistic,
                "p_value": self.p_value,
                "conf_low": self.conf_int.low,
                "conf_high": self.conf_int.high,
            }
        ]
        extra = ("event_time", "cohort", "period", "band_low", "band_high")
        used = [
            name for name in extra if any(getattr(c, name) is not None for c in self.components)
        ]
        for part in self.components:
            names = [*rows[0], *used]
            rows.append({name: getattr(part, name) for name in names})
        return pd.DataFrame(rows)
