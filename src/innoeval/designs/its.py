"""Interrupted time series: one series, its own past as the comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.designs.base import FEWEST_FOR_SPELL, SPELL, arrange
from innoeval.designs.its_form import Form, choose_form, other_form
from innoeval.designs.its_series import Series, average, series_objections, treated_series
from innoeval.designs.its_windows import Windows
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.calendar import Calendar
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats, read_only
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.calibrated import DRAWS, calibrate
from innoeval.stats.reml import Fits, reml
from innoeval.stats.series import LEVEL, mean_effect, segmented

ERRORS = ("calibrated", "reml")
#: A stressed form needs so many periods more than it has columns.
FEWEST_LEFT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedRegression:
    r"""Segmented regression of the treated units' average with AR(1) errors.

    The estimand is the mean effect over all periods from the launch :math:`t_0` to the end,
    :math:`\theta = \delta + \gamma\,\overline{(t - t_0)}`, in

    .. math:: y_t = a + b(t-t_0) + \delta p_t + \gamma(t-t_0)p_t + s_t + e_t,\quad
              e_t = \rho e_{t-1} + u_t .

    It is the effect if level, trend and seasons would have gone on as they were, if nothing else
    changed at the launch, and if the errors are AR(1). Which terms there are is fixed by
    `innoeval.designs.its_form.choose_form` before the outcome is looked at. Comparison units are
    not used.

    Parameters
    ----------
    errors
        "calibrated": restricted maximum likelihood, the autocorrelation made median-unbiased, and
        critical values simulated for these very columns. "reml": the same estimate with
        Satterthwaite's degrees of freedom, which is too sure of itself for short series with much
        autocorrelation (see docs/calibration/its.md).
    seasonal
        Periods in one cycle of seasons; None takes the calendar's (12 months, 4 quarters, 7 days,
        52 weeks), 1 leaves seasons out.

    Raises
    ------
    DesignError
        For errors of a name that is not known, or a cycle that is not a positive number.

    References
    ----------
    Andrews (1993), doi:10.2307/2951781; Turner et al. (2021), doi:10.1186/s12874-021-01364-0;
    Lopez Bernal, Cummins, Gasparrini (2017), doi:10.1093/ije/dyw098.

    Examples
    --------
    >>> import pandas as pd
    >>> days = [30, 31, 29, 30, 32, 30, 31, 29, 25, 24, 26, 25, 24, 25, 26, 24]
    >>> frame = pd.DataFrame({"district": "North", "year": range(2001, 2017), "days": days})
    >>> panel = Panel(frame=frame, unit="district", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...               treated=["North"], start="2009", size=4, scale="absolute")
    >>> found = SegmentedRegression().fit(panel, claim)
    >>> round(found.effect, 1), found.conf_int.high < 0
    (-5.5, True)
    """

    errors: str = "calibrated"
    seasonal: int | None = None

    assumptions: ClassVar[tuple[Assumption, ...]] = (
        Assumption.trend_form,
        Assumption.autocorrelation_modelled,
        Assumption.no_concurrent_change,
        Assumption.no_mean_reversion,
        Assumption.no_anticipation,
        Assumption.stable_measure,
        Assumption.stable_composition,
        Assumption.prespecified_window,
        Assumption.prespecified_outcome,
        Assumption.all_sites_reported,
        Assumption.no_harm_elsewhere,
    )
    relaxes: ClassVar[Assumption] = Assumption.trend_form
    sms_level: ClassVar[int] = 2
    estimand: ClassVar[str] = (
        "mean effect on the treated units' average from the launch to the last period, "
        "against its own past going on"
    )

    def __post_init__(self) -> None:
        if self.errors not in ERRORS:
            raise DesignError(
                f"SegmentedRegression knows no errors '{self.errors}'; "
                f"write {' or '.join(repr(name) for name in ERRORS)}"
            )
        if self.seasonal is not None and self.seasonal < 1:
            raise DesignError(
                f"SegmentedRegression: seasonal is {self.seasonal}; give the number of periods in "
                "one cycle of seasons (12 for months), or 1 for no seasons"
            )

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why a single series cannot be judged here; empty if it can."""
        return series_objections(arrange(panel, claim), panel.periods, policy.minimum_side)

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The effect if the earlier level, trend and seasons had gone on.

        Raises
        ------
        DesignError
            With every objection, where there is one.
        """
        series = treated_series(panel, claim, policy)
        form = self._form(series, panel.calendar)
        return self._estimate(series, form, panel, claim, policy)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The effect under the other form of trend, and with the spell before the launch set aside.

        A base analysis with a trend is held against the long-run level before the launch, without
        trend or slope change; a base analysis without one against a linear trend. Seasons stay.
        Against a bad spell the base form is fitted with the last periods before the launch set
        aside. (The long-run level is no answer to it: a spell raises the autocorrelation, and the
        level change then leans on the very periods that were bad.) A form for which too few
        points are left is missing.
        """
        series = treated_series(panel, claim, policy)
        base = self._form(series, panel.calendar)
        forms = {
            Assumption.trend_form: other_form(base),
        }
        if series.launch >= FEWEST_FOR_SPELL:
            forms[Assumption.no_mean_reversion] = replace(base, spared=SPELL)
        found = {
            form: self._estimate(series, form, panel, claim, policy)
            for form in set(forms.values())
            if len(series.y) - _columns(series, form).shape[1] >= FEWEST_LEFT
        }
        return {named: found[form] for named, form in forms.items() if form in found}

    def kernel(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
    ) -> Windows:
        """The average of the treated units, made ready for many windows."""
        arrangement = arrange(panel, claim)
        y, launch = average(arrangement), arrangement.launch
        cycle = self.seasonal or panel.calendar.cycle
        sides = int(np.isfinite(y[:launch]).sum()), int(np.isfinite(y[launch:]).sum())
        return Windows(
            series=read_only(y),
            launch=launch,
            cycle=choose_form(*sides, cycle).cycle,
            calibrated=self.errors == "calibrated",
            seed=policy.seed,
        )

    def _form(self, series: Series, calendar: Calendar) -> Form:
        cycle = self.seasonal or calendar.cycle
        return choose_form(series.launch, len(series.y) - series.launch, cycle)

    def _estimate(
        self, series: Series, form: Form, panel: Panel, claim: Claim, policy: Policy
    ) -> Estimate:
        y, launch, n = series.y, series.launch, len(series.y)
        X = _columns(series, form)
        contrasts = _contrasts(n, launch, form, X.shape[1])
        fit = reml(y, X, contrasts)
        chance = _chance(self.errors, fit, X, contrasts, policy)
        effect = float(fit.estimates[0, 0])
        reach = chance.critical * fit.std_errors[0]
        observed = float(y[launch:].mean())
        return Estimate(
            design=type(self).__name__,
            estimand=f"{self.estimand}; {form.plain}",
            effect=effect,
            std_error=None if fit.exact[0] else float(fit.std_errors[0, 0]),
            conf_int=Interval(effect - reach[0], effect + reach[0]),
            p_value=None if fit.exact[0] else float(chance.p_values[0]),
            df=chance.df,
            better=claim.better,
            baseline=observed - effect,
            observed=observed,
            n_units=series.units,
            n_treated=series.units,
            n_clusters=1,
            n_obs=n,
            inference=chance.named,
            path=_path(series, X, form, fit, float(chance.critical[0]), panel.periods),
            components=_components(fit, chance),
            assumptions=self.assumptions,
            warnings=_warnings(series, form, fit, self.seasonal or panel.calendar.cycle),
            level=policy.level,
            whole=share_unit(panel, claim.outcome),
        )


class Chance(NamedTuple):
    """Critical value and p-value of every contrast (C,), and the name of the method."""

    critical: Floats
    p_values: Floats
    df: float | None
    named: str


def _columns(series: Series, form: Form) -> Floats:
    return segmented(
        len(series.y), series.launch, trend=form.trend, slope=form.slope, cycle=form.cycle,
        spared=form.spared,
    )  # fmt: skip


def _contrasts(n: int, launch: int, form: Form, columns: int) -> Floats:
    """Mean effect, level change, and slope change if the form has one: (C, columns)."""
    mean = mean_effect(n, launch, trend=form.trend, slope=form.slope, columns=columns)
    rows = [mean, np.eye(columns)[LEVEL]]
    if form.slope:
        rows.append(np.eye(columns)[LEVEL + 2])
    return np.stack(rows)


def _chance(errors: str, fit: Fits, X: Floats, contrasts: Floats, policy: Policy) -> Chance:
    """How far estimates stray by chance."""
    if fit.exact[0]:
        ones = np.ones(len(contrasts))
        return Chance(
            np.full(len(contrasts), np.inf), ones, None,
            "none: the model fits without error, so that nothing shows the size of chance",
        )  # fmt: skip
    t = np.abs(fit.estimates[0] / fit.std_errors[0])
    rho = float(fit.rho[0])
    if errors == "reml":
        from scipy.special import stdtr, stdtrit

        df = fit.df[0]
        return Chance(
            stdtrit(df, (1 + policy.level) / 2), 2 * stdtr(df, -t), float(df[0]),
            f"REML AR(1), ρ = {rho:.2f}, t with {df[0]:.1f} degrees of freedom (Satterthwaite)",
        )  # fmt: skip
    found = calibrate(rho, t, X, contrasts, level=policy.level, seed=policy.seed)
    up = found.raised[0] - found.rho
    raised = f", looked up {up:.2f} higher for so short a series" if up > 0.005 else ""
    return Chance(
        found.critical, found.p_values, None,
        f"REML AR(1), median-unbiased ρ = {found.rho:.2f}{raised}, simulated critical value "
        f"{found.critical[0]:.2f} ({DRAWS:,} draws, seed {policy.seed})",
    )  # fmt: skip


def _components(fit: Fits, chance: Chance) -> tuple[Component, ...]:
    parts = []
    for c, term in enumerate(("level change", "slope change")[: fit.estimates.shape[1] - 1], 1):
        value, error = float(fit.estimates[0, c]), float(fit.std_errors[0, c])
        if fit.exact[0]:
            parts.append(Component(term=term, estimate=value))
            continue
        reach = float(chance.critical[c]) * error
        parts.append(
            Component(
                term=term,
                estimate=value,
                std_error=error,
                statistic=value / error,
                p_value=float(chance.p_values[c]),
                conf_low=value - reach,
                conf_high=value + reach,
            )
        )
    return tuple(parts)


def _path(
    series: Series, X: Floats, form: Form, fit: Fits, critical: float, periods: tuple[str, ...]
) -> Path:
    """The fitted series with level and slope change taken out, and where single periods would lie.

    The interval is that of a single period's outcome: the uncertainty of the fitted line and the
    stationary variance of the errors, added, times the critical value of the mean effect.
    """
    T, span = len(periods), slice(series.first, series.first + len(series.y))
    without = X.copy()
    without[:, LEVEL] = 0
    if form.slope:
        without[:, LEVEL + 2] = 0
    line = without @ fit.coefficients[0]
    observed, counterfactual, low, high = (np.full(T, np.nan) for _ in range(4))
    observed[span], counterfactual[span] = series.y, line
    if not fit.exact[0]:
        fitted = np.einsum("ti,ij,tj->t", without, fit.covariance[0], without)
        reach = critical * np.sqrt(fitted + fit.scale[0] / (1 - fit.rho[0] ** 2))
        reach[: series.launch] = np.nan
        low[span], high[span] = line - reach, line + reach
    return Path(
        period=periods,
        observed=observed,
        counterfactual=counterfactual,
        effect=observed - counterfactual,
        low=low,
        high=high,
        comparison=np.full(T, np.nan),
    )


def _warnings(series: Series, form: Form, fit: Fits, cycle: int) -> tuple[str, ...]:
    """What a reader must know before using the number."""
    said = []
    n = len(series.y)
    if fit.exact[0]:
        said.append(
            "The series lies on the fitted lines without any error, so nothing shows how far it "
            "strays by chance; the interval sets no bound."
        )
    if n < 24:
        said.append(
            f"The series has only {n} periods; the form of its trend is assumed more than seen."
        )
    if form.cycle < 2 <= cycle and cycle >= 4:
        said.append(
            "Seasons are not allowed for: fewer than two whole cycles lie before the launch."
        )
    if series.trimmed:
        named = ", ".join(series.trimmed[:6]) + (" and others" if len(series.trimmed) > 6 else "")
        said.append(f"Left out at the ends, where a treated unit has no value: {named}.")
    if not fit.exact[0] and fit.rho[0] > 0.9:
        said.append(
            "Each period resembles the last so much that the series may wander without a trend of "
            "its own; the interval is then a rough one."
        )
    return tuple(said)
