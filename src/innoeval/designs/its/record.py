"""The record of a fitted segmented series: effect, interval, components and path in outcome units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.its.fit import Fitted
from innoeval.designs.its.series import Series
from innoeval.designs.its.timing import Terms
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Better
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats
from innoeval.stats.conformal import block_conformal
from innoeval.stats.families import IDENTITY, LOG, Link

#: What the exponential of a coefficient is called under each link.
_RATIO = {"poisson": "rate ratio", "negative_binomial": "rate ratio", "binomial": "odds ratio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What an estimate says beside its numbers."""

    design: str
    estimand: str
    assumptions: tuple[Assumption, ...]
    better: Better
    periods: tuple[str, ...]
    level: float
    whole: float
    warnings: tuple[str, ...]
    choices: tuple[str, ...]


def record(series: Series, terms: Terms, fitted: Fitted, frame: Frame) -> Estimate:
    """The estimate of one fit.

    The observed average over the horizon is a fact; how far the innovation moved it on the link's
    scale is estimated. So the ends of the interval are carried from there into outcome units
    exactly: nothing is divided, and a rate or share never leaves its range.
    """
    observed = _observed(series, terms)
    link, unit = fitted.family.link, _unit(series, terms, fitted)

    def carried(shift: float) -> float:
        """Effect in outcome units of a shift on the link's scale."""
        if link is IDENTITY:
            return shift
        if not np.isfinite(shift):
            bottom = -np.inf if link is LOG else observed - unit
            return bottom if shift < 0 else observed
        at = float(link.of(np.array(observed / unit)))
        return observed - unit * float(link.inverse(np.array(at - shift)))

    effect = carried(fitted.shift)
    reach = fitted.critical * fitted.error
    low, high = carried(fitted.shift - reach), carried(fitted.shift + reach)
    # dθ/dshift at the estimate: the counterfactual moves by −h′.
    slope = 1.0
    if link is not IDENTITY:
        at = float(link.of(np.array((observed - effect) / unit)))
        slope = unit * float(link.slope(np.array(at)))
    exact = fitted.serial.exact
    return Estimate(
        design=frame.design,
        estimand=frame.estimand,
        effect=effect,
        std_error=None if exact else slope * fitted.error,
        conf_int=Interval(low, high),
        p_value=fitted.p_value,
        df=fitted.serial.df,
        better=frame.better,
        baseline=observed - effect,
        observed=observed,
        n_units=series.units,
        n_treated=series.units,
        n_clusters=1,
        n_obs=int(series.present.sum()),
        inference=fitted.serial.named,
        path=_path(series, terms, fitted, frame.periods),
        components=_components(terms, fitted),
        assumptions=frame.assumptions,
        warnings=frame.warnings,
        choices=frame.choices,
        level=frame.level,
        whole=frame.whole,
    )


def conformal_record(series: Series, terms: Terms, frame: Frame) -> Estimate:
    """The estimate of a constant level change whose interval is block-conformal."""
    others = np.delete(terms.X, list(terms.effect), axis=1)
    exposure = terms.X[:, terms.effect[0]]
    found = block_conformal(series.events, others, exposure, frame.level)
    left, *_ = np.linalg.lstsq(others, series.events - found.effect * exposure, rcond=None)
    observed, added = _observed(series, terms), _added(series)
    counterfactual = others @ left + added
    T, span = len(frame.periods), slice(series.first, series.first + series.n)
    arrays = {name: np.full(T, np.nan) for name in ("observed", "counterfactual", "low", "high")}
    arrays["observed"][span], arrays["counterfactual"][span] = series.value + added, counterfactual
    n = series.n
    return Estimate(
        design=frame.design, estimand=frame.estimand, effect=found.effect, std_error=None,
        conf_int=Interval(found.low, found.high), p_value=found.p_value, better=frame.better,
        baseline=observed - found.effect, observed=observed, n_units=series.units,
        n_treated=series.units, n_clusters=1, n_obs=n,
        inference=f"block-conformal: {n} cyclic shifts of the residuals of a constant effect",
        path=Path(
            period=frame.periods, effect=arrays["observed"] - arrays["counterfactual"],
            comparison=_comparison(series, T), **arrays,
        ),
        components=(Component(term="level change", estimate=found.effect, p_value=found.p_value,
                              conf_low=found.low, conf_high=found.high),),
        assumptions=frame.assumptions, warnings=frame.warnings, choices=frame.choices,
        level=frame.level, whole=frame.whole,
    )  # fmt: skip


def _added(series: Series) -> Floats:
    """What was taken off the treated units' average before the fit, (n,)."""
    return np.zeros(series.n) if series.added is None else series.added


def _observed(series: Series, terms: Terms) -> float:
    return float(np.mean((series.value + _added(series))[terms.horizon]))


def _comparison(series: Series, T: int) -> Floats:
    comparison = np.full(T, np.nan)
    if series.added is not None:
        comparison[series.first : series.first + series.n] = series.added
    return comparison


def _unit(series: Series, terms: Terms, fitted: Fitted) -> float:
    """What the link's own scale is in outcome units, on average over the horizon."""
    if fitted.family.link is IDENTITY:
        return 1.0
    return float(series.scale[terms.horizon].mean())


def _components(terms: Terms, fitted: Fitted) -> tuple[Component, ...]:
    """Each of the effect's columns; under a log or logit link as ratios, the mean effect first."""
    serial = fitted.serial
    found = []
    ratio = _RATIO.get(fitted.family.name)
    if ratio:
        found.append(_component(ratio, fitted.shift, fitted.error, fitted, 0, exponential=True))
    for c, (name, place) in enumerate(zip(terms.names, terms.effect, strict=True), 1):
        error = float(np.sqrt(serial.covariance[place, place]))
        title = (
            f"{name} ({ratio}{' per period' if name == 'slope change' else ''})" if ratio else name
        )
        value = float(serial.coefficients[place])
        found.append(_component(title, value, error, fitted, c, exponential=bool(ratio)))
    return tuple(found)


def _component(
    term: str, value: float, error: float, fitted: Fitted, c: int, *, exponential: bool
) -> Component:
    serial = fitted.serial
    shown = float(np.exp(value)) if exponential else value
    if serial.exact:
        return Component(term=term, estimate=shown)
    reach = float(serial.critical[c]) * error
    ends = (value - reach, value + reach)
    low, high = (float(np.exp(end)) if exponential else end for end in ends)
    return Component(
        term=term, estimate=shown, std_error=shown * error if exponential else error,
        statistic=value / error, p_value=serial.p_value(c, value / error),
        conf_low=low, conf_high=high,
    )  # fmt: skip


def _path(series: Series, terms: Terms, fitted: Fitted, periods: tuple[str, ...]) -> Path:
    """The fitted series without the innovation, and where single periods would lie.

    The interval is that of a single period's outcome: the uncertainty of the fitted line and the
    stationary variance of the errors, added on the link's scale, times the critical value of the
    mean effect.
    """
    T, span = len(periods), slice(series.first, series.first + series.n)
    serial, link = fitted.serial, fitted.family.link
    eta = terms.left @ serial.coefficients
    observed, counterfactual, low, high = (np.full(T, np.nan) for _ in range(4))
    added = _added(series)
    observed[span] = series.value + added
    counterfactual[span] = series.scale * link.inverse(eta) + added
    if not serial.exact:
        line = np.einsum("ti,ij,tj->t", terms.left, serial.covariance, terms.left)
        reach = fitted.critical * np.sqrt(line + (serial.spread / fitted.weights) ** 2)
        reach[: int(np.argmax(terms.horizon))] = np.nan
        low[span] = series.scale * _within(link, eta - reach) + added
        high[span] = series.scale * _within(link, eta + reach) + added
    return Path(
        period=periods,
        observed=observed,
        counterfactual=counterfactual,
        effect=observed - counterfactual,
        low=low,
        high=high,
        comparison=_comparison(series, T),
    )


def _within(link: Link, eta: Floats) -> Floats:
    """The inverse of a link, missing where the predictor is."""
    return np.where(np.isfinite(eta), link.inverse(eta), np.nan)
