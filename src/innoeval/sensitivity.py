"""How far may parallel trends fail before an event study's effect is in doubt?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from innoeval.errors import DesignError
from innoeval.records.estimate import Estimate
from innoeval.records.freeze import ArrayRecord, Floats, read_only
from innoeval.stats.honest import relative_breakdown, smoothness_breakdown
from innoeval.stats.honest import relative_magnitudes as relative_bounds
from innoeval.stats.honest import smoothness as smooth_bounds
from innoeval.stats.pretest import detectable_slope, equivalence_bounds, joint_power, pretest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EventCoefficients", "earlier_trends", "relative_magnitudes", "smoothness"]

#: A standard error below this share of the largest one is that of the reference period.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventCoefficients(ArrayRecord):
    """Coefficients of an event study by periods since the start, and their covariance.

    Both verbs of this room take it in place of an `Estimate`: for numbers from a table or from
    another program.

    Parameters
    ----------
    event_time
        Periods since the start, in order, without gaps but for the reference period, which is left
        out.
    coefficient
        Array of the same length, each against the reference period.
    covariance
        Their covariance.
    level
        Level of the intervals.
    df
        Degrees of freedom that the covariance was estimated with, such as clusters less 1; None
        where it is known.

    Raises
    ------
    DesignError
        Where the numbers are no event study with a coefficient before the reference period.

    Examples
    --------
    >>> study = EventCoefficients(event_time=[-3, -2, 0], coefficient=[.1, .0, 1.],
    ...                           covariance=[[.04, 0, 0], [0, .04, 0], [0, 0, .04]])
    >>> study.reference
    -1
    """

    event_time: tuple[int, ...]
    coefficient: Floats
    covariance: Floats
    level: float = 0.95
    df: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "event_time", tuple(int(e) for e in self.event_time))
        object.__setattr__(self, "coefficient", read_only(self.coefficient))
        object.__setattr__(self, "covariance", read_only(self.covariance))
        n = len(self.event_time)
        if self.coefficient.shape != (n,) or self.covariance.shape != (n, n):
            raise DesignError(
                f"{n} event times need {n} coefficients and a {n} × {n} covariance; found shapes "
                f"{self.coefficient.shape} and {self.covariance.shape}"
            )
        if not (np.isfinite(self.coefficient).all() and np.isfinite(self.covariance).all()):
            raise DesignError("a coefficient or a covariance is missing; leave that period out")
        if not np.allclose(self.covariance, self.covariance.T, rtol=1e-6, atol=0):
            raise DesignError("the covariance is not symmetric; give the full matrix")
        if (np.diag(self.covariance) <= 0).any():
            raise DesignError(
                "a coefficient has no variance; leave the reference period out, and fit with more "
                "units if it is another one"
            )
        _check_times(self.event_time)

    @property
    def reference(self) -> int:
        """The event time that the others are held against."""
        known = set(self.event_time)
        return next(e for e in range(min(known), max(known)) if e not in known)

    @property
    def n_pre(self) -> int:
        """Number of coefficients before the reference period."""
        return sum(e < self.reference for e in self.event_time)


def relative_magnitudes(
    est: Estimate | EventCoefficients,
    m: Iterable[float] = (0.5, 1.0, 1.5, 2.0),
    event_time: int | Sequence[int] | None = None,
    *,
    method: str = "hybrid",
    errors: str = "normal",
) -> pd.DataFrame:
    r"""Intervals that hold if trends part after the start by at most m times as much as before it.

    Estimand: the effect at one event time, or its average over several. The trends of treated and
    comparison units may part, from one period to the next after the start, by at most m times the
    largest such change before it; m = 1 says "no worse than before", m = 0 is parallel trends. The
    breakdown value is the smallest m at which "no effect" can no longer be ruled out.

    Parameters
    ----------
    est
        Estimate with effects by event time before and after the start and their covariance, or
        `EventCoefficients`.
    m
        Bounds, 0 or more.
    event_time
        Periods since the start; several are averaged. None: the average over all from the start.
    method
        "hybrid" (conditional with a least favourable first stage) or "conditional".
    errors
        "normal": the covariance is taken as known, as in the paper. "student": as estimated with
        the estimate's degrees of freedom; wider, and to be preferred with few clusters.

    Returns
    -------
    Frame with columns m, conf_low and conf_high; `.attrs` has "breakdown", "target", "restriction",
    "method", "level" and "errors".

    Raises
    ------
    DesignError
        Where the estimate has no event times before the start, no covariance, or for "student"
        too few degrees of freedom.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591, doi:10.1093/restud/rdad018.

    Examples
    --------
    >>> study = EventCoefficients(event_time=[-3, -2, 0], coefficient=[.1, .0, 1.],
    ...                           covariance=[[.04, 0, 0], [0, .04, 0], [0, 0, .04]])
    >>> found = relative_magnitudes(study, m=[0, 1])
    >>> found.round(2).values.tolist()
    [[0.0, 0.61, 1.39], [1.0, 0.32, 1.68]]
    >>> round(found.attrs["breakdown"], 1), found.attrs["target"]
    (1.6, 'effect at event time 0')
    """
    if method not in {"hybrid", "conditional"}:
        raise DesignError(f"method='{method}' is not known; write 'hybrid' or 'conditional'")
    study, bounds, hybrid = _study(est), _bounds(m), method == "hybrid"
    target = _target(study, event_time)
    covariance = study.covariance * _widening(study, errors, 0)
    args = (study.coefficient, covariance, study.n_pre, target.weights)
    found = relative_bounds(*args, bounds, level=study.level, hybrid=hybrid)
    return _frame(
        bounds, found.low, found.high,
        breakdown=relative_breakdown(*args, level=study.level, hybrid=hybrid),
        target=target.words,
        restriction="from one period to the next after the start, trends part by at most m times "
        "the largest such change before it",
        method="conditional test with a least favourable first stage (C-LF)" if hybrid
        else "conditional test",
        level=study.level,
        errors=errors,
    )  # fmt: skip


def smoothness(
    est: Estimate | EventCoefficients,
    m: Iterable[float],
    event_time: int | Sequence[int] | None = None,
    *,
    errors: str = "normal",
) -> pd.DataFrame:
    r"""Intervals that hold if the slope of a difference in trends changes by at most m per period.

    Estimand: the effect at one event time, or its average over several. Earlier differences in
    trends are taken to go on in a straight line (m = 0), but for a bend of at most m from one
    period to the next. The interval is the shortest of fixed length around an affine estimator. The
    breakdown value is the smallest m at which "no effect" can no longer be ruled out.

    Parameters
    ----------
    est
        Estimate with effects by event time before and after the start and their covariance, or
        `EventCoefficients`.
    m
        Bounds in outcome units per period, 0 or more.
    event_time
        Periods since the start; several are averaged. None: the average over all from the start.
    errors
        As for `relative_magnitudes`. "student" also allows for weights that were chosen by an
        estimated covariance, which makes the shortest interval look better than it is.

    Returns
    -------
    Frame with columns m, conf_low and conf_high; `.attrs` has "breakdown", "target", "restriction",
    "method", "level" and "errors".

    Raises
    ------
    DesignError
        Where the estimate has no event times before the start, a covariance that is not positive
        definite, or for "student" too few degrees of freedom.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591, doi:10.1093/restud/rdad018;
    Armstrong & Kolesár (2018), Econometrica 86:655-683, doi:10.3982/ECTA14434.

    Examples
    --------
    >>> study = EventCoefficients(event_time=[-3, -2, 0], coefficient=[.1, .0, 1.],
    ...                           covariance=[[.04, 0, 0], [0, .04, 0], [0, 0, .04]])
    >>> found = smoothness(study, m=[0, .2])
    >>> found.round(2).values.tolist()
    [[0.0, 0.61, 1.47], [0.2, 0.4, 1.65]]
    >>> round(found.attrs["breakdown"], 2)
    0.53
    """
    study = _study(est)
    target, bounds = _target(study, event_time), _bounds(m)
    scale = np.sqrt(np.diag(study.covariance))
    smallest = np.linalg.eigvalsh(study.covariance / np.outer(scale, scale)).min()
    if smallest < 1e-10:
        raise DesignError(
            "some combination of the coefficients seems to have no variance, as where there are "
            "fewer units than event times; intervals that lean on it would be too short. Use "
            "relative_magnitudes, or fewer event times"
        )
    covariance = study.covariance * _widening(study, errors, study.n_pre - 1)
    args = (study.coefficient, covariance, study.n_pre, target.weights)
    found = smooth_bounds(*args, bounds, level=study.level)
    return _frame(
        bounds, found.low, found.high,
        breakdown=smoothness_breakdown(*args, level=study.level),
        target=target.words,
        restriction="the slope of the difference in trends changes by at most m from one period "
        "to the next",
        method="shortest interval of fixed length (FLCI)",
        level=study.level,
        errors=errors,
    )  # fmt: skip


def earlier_trends(
    est: Estimate | EventCoefficients,
    power: Iterable[float] = (0.5, 0.8),
    event_time: int | Sequence[int] | None = None,
) -> pd.DataFrame:
    """What a test of earlier trends can find, and what it leaves in the estimate when it finds nothing.

    Parameters
    ----------
    est
        As for `relative_magnitudes`.
    power
        Probabilities with which the usual test (any earlier coefficient significant) finds a slope.
    event_time
        Periods since the start whose effect is in question; None: the average over all.

    Returns
    -------
    Frame with a row for each power: the `slope` per period that is found with it, the `joint_power`
    of the Wald test against that slope, the `bias` that it brings into the effect, and
    `bias_if_passed`, the bias expected in studies that pass the test. `.attrs` has
    "equivalent_average" and "equivalent_largest": the smallest bounds on the average and on the
    largest earlier difference that two one-sided tests support; and "target" and "level".

    Raises
    ------
    DesignError
        As for `relative_magnitudes`, and for a power outside of what a test can have.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4:305-322, doi:10.1257/aeri.20210236.

    Examples
    --------
    >>> study = EventCoefficients(event_time=[-3, -2, 0], coefficient=[.1, .0, 1.],
    ...                           covariance=[[.04, 0, 0], [0, .04, 0], [0, 0, .04]])
    >>> earlier_trends(study, power=[.5]).round(2).values.tolist()
    [[0.5, 0.18, 0.4, 0.18, 0.18]]
    """
    import pandas as pd

    study = _study(est)
    target, n = _target(study, event_time), study.n_pre
    distance = np.array(study.event_time, dtype=np.float64) - study.reference
    asked = np.atleast_1d(np.asarray(power if np.isscalar(power) else list(power), dtype=float))
    if not ((asked > 1 - study.level) & (asked < 1)).all():
        raise DesignError(
            f"power lies between {1 - study.level:.2g} and 1, such as power=[0.5, 0.8]"
        )
    before = study.covariance[:n, :n]
    slopes = np.array([
        detectable_slope(before, distance[:n], float(p), level=study.level) for p in asked
    ])  # fmt: skip
    trends = slopes[:, None] * distance
    passed = pretest(study.covariance, n, trends, level=study.level).expected
    bounds = equivalence_bounds(study.coefficient[:n], before, level=study.level)
    found = pd.DataFrame({
        "power": asked, "slope": slopes,
        "joint_power": joint_power(before, trends[:, :n], level=study.level),
        "bias": trends[:, n:] @ target.weights, "bias_if_passed": passed[:, n:] @ target.weights,
    })  # fmt: skip
    found.attrs.update(
        equivalent_average=bounds.average, equivalent_largest=bounds.maximum,
        target=target.words, level=study.level,
    )  # fmt: skip
    return found


class _Target(NamedTuple):
    """Weights of the coefficients after the reference period, and what they average in words."""

    weights: Floats
    words: str


def _study(est: Estimate | EventCoefficients) -> EventCoefficients:
    """Event-time coefficients of an estimate, its reference period left out."""
    if isinstance(est, EventCoefficients):
        return est
    if est.group_times is not None and not est.event_times:
        est = est.aggregate("event")
    rows = est.event_times
    if not any((est.components[k].event_time or 0) < 0 for k in rows):
        raise DesignError(
            f"{est.design} has no effects by event time before the start; fit EventStudy or "
            "CallawaySantAnna"
        )
    if est.covariance is None:
        raise DesignError(
            f"{est.design} keeps no covariance of its effects by event time; fit EventStudy or "
            "CallawaySantAnna"
        )
    covariance = est.covariance[np.ix_(rows, rows)]
    variance = np.diag(covariance)
    kept = np.flatnonzero(variance > _NOTHING**2 * variance.max())
    parts = [est.components[rows[k]] for k in kept]
    return EventCoefficients(
        event_time=tuple(part.event_time or 0 for part in parts),
        coefficient=np.array([part.estimate for part in parts]),
        covariance=covariance[np.ix_(kept, kept)],
        level=est.level,
        df=est.df,
    )


def _widening(study: EventCoefficients, errors: str, chosen: int) -> float:
    """Factor on the covariance that makes normal quantiles do for an estimated one.

    `chosen` weights were chosen to make an estimated variance small: it is then too small by
    df / (df − chosen), and the true one larger than the smallest possible by
    1 + chosen / (df − chosen − 1), as where that many covariates are adjusted for (Cox & McCullagh
    1982). The rest is Student's quantile in the place of the normal one.
    """
    if errors not in {"normal", "student"}:
        raise DesignError(f"errors='{errors}' is not known; write 'normal' or 'student'")
    if errors == "normal":
        return 1.0
    if study.df is None:
        raise DesignError(
            "errors='student' needs the degrees of freedom of the covariance, which this estimate "
            "does not have; give EventCoefficients(df=...), or leave it at 'normal'"
        )
    left = study.df - chosen
    if left <= 1:
        raise DesignError(
            f"{study.df:.0f} degrees of freedom are too few for {study.n_pre} coefficients before "
            "the start; leave the earliest out"
        )
    if np.isinf(left):
        return 1.0
    from scipy.special import ndtri, stdtrit

    tail = (1 + study.level) / 2
    quantiles = float(stdtrit(left, tail) / ndtri(tail))
    return study.df / left * (1 + chosen / (left - 1)) * quantiles**2


def _check_times(times: tuple[int, ...]) -> None:
    """One gap, before the start, with coefficients on both sides."""
    if not times:
        raise DesignError("there are no event times")
    if list(times) != sorted(set(times)):
        raise DesignError("event times must rise, each once")
    gaps = [e for e in range(times[0], times[-1]) if e not in times]
    if times[-1] < 0:
        raise DesignError("there is no coefficient from the start (event time 0) on")
    if not gaps and times[0] >= 0:
        raise DesignError(
            "there is no coefficient before the reference period; one at least is needed to see "
            "how trends part"
        )
    if not gaps:
        raise DesignError(
            "no event time is the reference: each coefficient seems to be held against the period "
            "before it. Fit with base='universal'"
        )
    if len(gaps) > 1 or gaps[0] >= 0:
        raise DesignError(
            f"event times {', '.join(map(str, gaps))} are missing; one only, the reference period "
            "before the start, may be. Give event times without other gaps"
        )


def _target(study: EventCoefficients, event_time: int | Sequence[int] | None) -> _Target:
    """Weights of the average asked for."""
    later = np.array([e for e in study.event_time if e > study.reference])
    if event_time is None:
        chosen = later[later >= 0]
    else:
        chosen = np.unique(np.atleast_1d(np.asarray(event_time, dtype=np.int64)))
    if not len(chosen) or not np.isin(chosen, later).all():
        raise DesignError(
            f"event_time={event_time} is not among the event times after the reference period; "
            f"they run from {later.min()} to {later.max()}"
        )
    weights = np.isin(later, chosen) / len(chosen)
    if weights @ study.covariance[study.n_pre :, study.n_pre :] @ weights <= 0:
        raise DesignError("the average asked for has no variance; ask for other event times")
    if len(chosen) == 1:
        return _Target(weights, f"effect at event time {chosen[0]}")
    whole = len(chosen) == chosen[-1] - chosen[0] + 1
    said = f"{chosen[0]} to {chosen[-1]}" if whole else ", ".join(map(str, chosen))
    return _Target(weights, f"average of the effects at event times {said}, each counted once")


def _bounds(m: Iterable[float]) -> Floats:
    """The bounds as an array."""
    found = np.atleast_1d(np.asarray(m if np.isscalar(m) else list(m), dtype=np.float64))
    if found.ndim != 1 or not len(found) or not (np.isfinite(found).all() and found.min() >= 0):
        raise DesignError("m takes numbers of 0 or more, such as m=[0.5, 1, 2]")
    return found


def _frame(m: Floats, low: Floats, high: Floats, **attrs: object) -> pd.DataFrame:
    """One row for each bound."""
    import pandas as pd

    found = pd.DataFrame({"m": m, "conf_low": low, "conf_high": high})
    found.attrs.update(attrs)
    return found
