"""Group-time effects: what a staggered design keeps, so that every summary follows without a refit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import DesignError
from innoeval.records.freeze import ArrayRecord, Floats, read_only
from innoeval.stats.aggregation import Balance, Kind, Rows, average, combine, plan
from innoeval.stats.bands import simultaneous
from innoeval.stats.contrast import Compared, student

if TYPE_CHECKING:
    from innoeval.records.estimate import Component, Estimate

_MEANS: dict[str, str] = {
    "simple": "average effect on the treated over all their periods from the start, each treated "
    "unit and period counted once",
    "group": "average over the treated units of each one's mean effect from its start, each unit "
    "counted once",
    "event": "average of the effects by periods since the start, each period since then counted once",
    "calendar": "average of the effects by calendar period, each period counted once",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupTimes(ArrayRecord):
    """K effects by cohort and period, with everything that their summaries need.

    Parameters
    ----------
    cohorts
        Label of each cohort: its first treated period.
    starts
        Position of that period.
    periods
        Label of every period of the panel.
    cohort, period
        Cohort (index) and period (position) of each effect, (K,).
    estimate
        Effects, (K,).
    observed
        What the cohort's outcome averaged in that period, (K,).
    share
        Each cohort's share of all units (or of their weights).
    size
        Weight of the treated cells behind each effect, (K,), where averages go by those and not by
        the cohorts' shares; None where they go by the shares.
    covariance
        Of the effects and then the shares: lower triangle by rows, M (M + 1) / 2 numbers with
        M = K + cohorts.
    randomised
        Whether inference is by randomisation: then the covariance is that over assignments.
    stretch
        Factor on errors in intervals.
    draws, seed
        Draws behind simultaneous bands, and their seed.
    units
        Gives what each unit adds to combinations of effects and shares, (J, M) -> (N, J), scaled
        so that its squares sum to the variance; not saved, and None on a record that was read back.
    tests
        Tests averages of the effects, (J, K) and a level, where inference is by randomisation; not
        saved either.

    Examples
    --------
    >>> found = GroupTimes(cohorts=("2021",), starts=(1,), periods=("2020", "2021"), cohort=(0,),
    ...     period=(1,), estimate=[-2.0], observed=[5.0], share=[.5], covariance=[.25, 0, .01])
    >>> found.matrix.tolist()
    [[0.25, 0.0], [0.0, 0.01]]
    """

    cohorts: tuple[str, ...]
    starts: tuple[int, ...]
    periods: tuple[str, ...]
    cohort: tuple[int, ...]
    period: tuple[int, ...]
    estimate: Floats
    observed: Floats
    share: Floats
    covariance: Floats
    size: Floats | None = None
    randomised: bool = False
    stretch: float = 1.0
    draws: int = 9_999
    seed: int = 0
    units: Callable[[Floats], Floats] | None = field(default=None, repr=False, compare=False)
    tests: Callable[[Floats, float], Compared] | None = field(
        default=None, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name in ("estimate", "observed", "share", "covariance"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        if self.size is not None:
            object.__setattr__(self, "size", read_only(self.size))

    @property
    def matrix(self) -> Floats:
        """Covariance of the effects and shares as a square array."""
        size = len(self.estimate) + len(self.share)
        square = np.zeros((size, size))
        square[np.tril_indices(size)] = self.covariance
        return square + np.tril(square, -1).T

    @property
    def event_time(self) -> tuple[int, ...]:
        """Periods since the start of each effect's cohort; negative before it."""
        return tuple(t - self.starts[g] for g, t in zip(self.cohort, self.period, strict=True))


_NORMAL = (
    "summed up from a saved record: the spread over other assignments of the start dates is taken "
    "as normal; fit again for the exact interval"
)


def lower_triangle(square: Floats) -> Floats:
    """The lower triangle of a symmetric array, by rows: how `GroupTimes` keeps a covariance."""
    return square[np.tril_indices(len(square))]


def summarise(estimate: Estimate, kind: Kind, balance: Balance = None) -> Estimate:
    """The same effects summed up in another way; see `Estimate.aggregate`."""
    from innoeval.records.estimate import Interval

    known = estimate.group_times
    if known is None:
        raise DesignError(
            f"{estimate.design} keeps no effects by cohort and period; fit CallawaySantAnna, "
            "whose estimates can be aggregated"
        )
    if kind not in _MEANS:
        raise DesignError(f"'{kind}' is no summary; write {', '.join(map(repr, _MEANS))}")
    if balance is not None and kind != "event":
        raise DesignError(f"balance= is for 'event'; leave it out of '{kind}'")
    overall, rows, labels = _rows(known, kind, balance)
    every = np.concatenate([overall.jacobian, rows.jacobian])
    covariance = every @ known.matrix @ every.T
    error = np.sqrt(np.clip(np.diag(covariance), 0, None))
    effects = np.concatenate([overall.effect, rows.effect])
    df = np.full(len(effects), np.inf if estimate.df is None else estimate.df)
    tested = student(effects, error * known.stretch, df, estimate.level)._replace(std_error=error)
    warnings = estimate.warnings
    if known.tests is not None:
        tested = known.tests(every[:, : len(known.estimate)], estimate.level)
    elif known.randomised:
        warnings = (*warnings, _NORMAL)
    reach = np.full(len(effects), np.nan)
    if len(rows.effect) > 1:
        reach = (
            error
            * known.stretch
            * simultaneous(covariance[1:, 1:], estimate.level, known.draws, known.seed)
        )
    weights = overall.jacobian[0, : len(known.estimate)]
    observed = float(weights @ known.observed)
    whom = _MEANS[kind] + ("" if balance is None else f", in the balanced window {balance}")
    units, influence, each = known.units, None, None
    if units is not None:
        influence = units(overall.jacobian)[:, 0] * estimate.n_units
        each = partial(influences, units, rows.jacobian, estimate.n_units)
    return replace(
        estimate,
        estimand=whom,
        effect=float(effects[0]),
        std_error=float(tested.std_error[0]),
        conf_int=Interval(float(tested.low[0]), float(tested.high[0])),
        p_value=float(tested.p_value[0]),
        observed=observed,
        baseline=observed - float(effects[0]),
        components=_components(known, kind, labels, tested, reach),
        covariance=covariance[1:, 1:] if len(rows.effect) else None,
        influence=influence,
        influences=each,
        warnings=warnings,
        path=None,
    )


def influences(units: Callable[[Floats], Floats], rows: Floats, n_units: int) -> Floats:
    """Influence of each unit on some rows of combinations of effects and shares, (N, J)."""
    return units(rows) * n_units


def _rows(known: GroupTimes, kind: Kind, balance: Balance) -> tuple[Rows, Rows, list[int]]:
    """Overall average, rows, and the event time, cohort or period of each row."""
    cohort = np.array(known.cohort)
    period = np.array(known.period)
    laid = plan(kind, cohort, np.array(known.starts)[cohort], period, balance)
    if not laid.averaged.any() and laid.overall is None:
        raise DesignError(
            f"no cohort is seen in the balanced window {balance}; choose a shorter one"
        )
    rows = combine(laid.parts, known.estimate, known.share, cohort, known.size)
    if laid.overall is None:
        return average(rows, laid.averaged), rows, laid.label.tolist()
    overall = combine(laid.overall[None], known.estimate, known.share, cohort, known.size)
    return overall, rows, laid.label.tolist()


def _components(
    known: GroupTimes, kind: Kind, labels: list[int], tested: Compared, reach: Floats
) -> tuple[Component, ...]:
    """One component for each row; the tests begin with the overall average."""
    from innoeval.records.estimate import Component

    found = []
    for i, at in enumerate(labels, 1):
        error = float(tested.std_error[i])
        found.append(
            Component(
                term={
                    "event": f"event time {at}",
                    "group": f"cohort {known.cohorts[at]}" if kind == "group" else "",
                    "calendar": f"in {known.periods[at]}",
                }[kind],
                estimate=float(tested.effect[i]),
                std_error=error,
                statistic=float(tested.effect[i]) / error if error > 0 else None,
                p_value=float(tested.p_value[i]),
                conf_low=float(tested.low[i]),
                conf_high=float(tested.high[i]),
                event_time=at if kind == "event" else None,
                cohort=known.cohorts[at] if kind == "group" else None,
                period=known.periods[at] if kind == "calendar" else None,
                band_low=_number(tested.effect[i] - reach[i]),
                band_high=_number(tested.effect[i] + reach[i]),
            )
        )
    return tuple(found)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
