"""Structural time series: level, trend and seasons that may drift, by state space."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from innoeval.designs.base import arrange
from innoeval.designs.its.case import Asked, Named, prepare
from innoeval.designs.its.segmented import SegmentedRegression
from innoeval.designs.its.series import Series
from innoeval.designs.its.stressed import stressed_estimates, windows_of
from innoeval.designs.its.windows import Windows
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy

#: Fewest periods in all: variances of level, trend and seasons are to be told apart.
FEWEST = 24
#: A covariate of which a smaller share is its own says nothing but rounding.
_ALIKE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuralTimeSeries:
    r"""The treated units' series as a drifting level with seasons, and a step at the launch.

    The estimand is the level change from the launch :math:`t_0` to the end, δ (with `log`, the
    ratio :math:`e^\delta`), in

    .. math:: y_t = \mu_t + s_t + x_t'\beta + \delta p_t + \varepsilon_t,\quad
              \mu_{t+1} = \mu_t + \nu_t + \eta_t,

    ν a drifting slope with `trend="local linear"`, else 0. It is the effect if level, slope and
    seasons would have drifted on as they did before, and nothing else changed at the launch.
    Variances are estimated by maximum likelihood, δ and β with the state by the Kalman filter;
    intervals are normal and treat the variances as known, so that they are too short in short
    series: fewer than 24 periods are refused. Missing periods are left missing.

    Parameters
    ----------
    trend
        "local level" or "local linear".
    log
        Whether logarithms are modelled: the effect is then a ratio, carried into outcome units.
    seasonal
        Periods in one cycle of seasons; None takes the calendar's, 1 leaves seasons out.
    covariates
        Covariates of the panel that go into the model as recorded.

    References
    ----------
    Harvey & Durbin (1986), doi:10.2307/2981553; Harvey (1989), ISBN 978-0-521-40573-7.

    Examples
    --------
    >>> StructuralTimeSeries(log=True).trend
    'local level'
    """

    trend: Literal["local level", "local linear"] = "local level"
    log: bool = False
    seasonal: int | None = None
    covariates: tuple[str, ...] = ()

    assumptions: ClassVar[tuple[Assumption, ...]] = SegmentedRegression.assumptions
    relaxes: ClassVar[Assumption] = Assumption.trend_form
    sms_level: ClassVar[int] = 2
    estimand: ClassVar[str] = (
        "level change of the treated units' average from the launch to the last period, against "
        "its own level and seasons drifting on"
    )

    def __post_init__(self) -> None:
        if self.trend not in {"local level", "local linear"}:
            raise DesignError(
                f"StructuralTimeSeries: trend is '{self.trend}'; write 'local level' or 'local linear'"
            )

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the series cannot be judged here; empty if it can."""
        found = self._settings.objections(panel, claim, policy)
        if found:
            return found
        series = prepare(panel, claim, Asked(self._settings, policy, _NAMED)).series
        count = int(series.present.sum())
        if count < FEWEST:
            found += (f"there are only {count} periods; drifting levels need {FEWEST}",)
        if self.log and np.nanmin(series.value) <= 0:
            found += ("the series is not positive throughout, so it has no logarithms",)
        unknown = [name for name in self.covariates if name not in panel.covariates]
        if unknown:
            found += (f"the panel has no covariate {', '.join(unknown)}; name covariates=",)
        return found

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The level change if level, slope and seasons had drifted on.

        Raises
        ------
        DesignError
            With every objection, where there is one.
        """
        if found := self.objections(panel, claim, policy):
            raise DesignError(f"StructuralTimeSeries cannot be fitted: {'; '.join(found)}")
        case = prepare(panel, claim, Asked(self._settings, policy, _NAMED))
        cycle = self.seasonal or panel.calendar.cycle
        cycle = cycle if case.series.launch >= 2 * cycle else 1
        fitted = self._smooth(case.series, self._exogenous(panel, claim, case.series), cycle)
        return self._record(case.series, fitted, panel, claim, policy, cycle)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """Every admissible segmented regression, taken together, and the last spell set aside."""
        case = prepare(panel, claim, Asked(self._settings, policy, _NAMED))
        return stressed_estimates(case, self._settings.choice)

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Windows:
        """The treated units' series, made ready for many windows."""
        return windows_of(prepare(panel, claim, Asked(self._settings, policy, _NAMED)))

    @property
    def _settings(self) -> SegmentedRegression:
        """The segmented regression beside it, which reads the series and names what is wrong."""
        return SegmentedRegression(seasonal=self.seasonal)

    def _exogenous(self, panel: Panel, claim: Claim, series: Series) -> Floats:
        """Covariates of the treated units, averaged, and the step: (n, columns)."""
        ours = arrange(panel, claim).treated
        span = slice(series.first, series.first + series.n)
        columns = [panel.matrix(name)[ours].mean(axis=0)[span] for name in self.covariates]
        if any(not np.isfinite(column).all() for column in columns):
            raise DesignError(
                "StructuralTimeSeries cannot be fitted: a covariate has missing values; supply them"
            )
        step = (np.arange(series.n) >= series.launch).astype(float)
        return np.column_stack([*self._apart(columns, step), step])

    def _apart(self, columns: list[Floats], step: Floats) -> list[Floats]:
        """The covariates without level and unit and each without those before it.

        The filter starts from variances that are large, not endless: it takes columns near 10⁹, or
        10⁻⁹, for something else than they are. What they can explain together stays the same.
        """
        kept: list[Floats] = []
        jump = step - step.mean()
        for name, column in zip(self.covariates, columns, strict=True):
            moves = column - column.mean()
            left = moves.copy()
            for earlier in kept * 2:  # twice, as the first leaves some rounding
                left -= earlier * (earlier @ left) / (earlier @ earlier)
            alone = left - jump * (jump @ left) / (jump @ jump)
            rounding = np.finfo(float).eps * float(np.abs(column).max())
            if float(np.abs(alone).max()) <= max(_ALIKE * float(np.abs(moves).max()), 8 * rounding):
                raise DesignError(
                    f"StructuralTimeSeries cannot be fitted: the covariate '{name}' adds nothing to the "
                    "level, the step and the covariates before it; leave it out"
                )
            kept.append(left / left.std())
        return kept

    def _smooth(self, series: Series, exogenous: Floats, cycle: int) -> _Smoothed:
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        y = np.log(series.value) if self.log else series.value
        centre, unit = float(np.nanmean(y)), float(np.nanstd(y)) or 1.0
        names = {"local level": "local level", "local linear": "local linear trend"}
        model = UnobservedComponents(
            (y - centre) / unit,
            level=names[self.trend],
            seasonal=cycle if cycle > 1 else None,
            exog=exogenous,
            mle_regression=False,
        )
        with warnings.catch_warnings():
            # A variance at its lower end, 0, makes the optimiser complain and the answer no worse.
            warnings.simplefilter("ignore")
            fit = model.fit(disp=0, maxiter=500)
        state, spread = fit.smoothed_state, fit.smoothed_state_cov[-1, -1]
        without = (model["design"][0, :-1] * state[:-1]).sum(axis=0)
        noise = float(np.nanvar(fit.forecasts_error[0][model.loglikelihood_burn :]))
        return _Smoothed(
            step=float(state[-1, -1]) * unit,
            error=float(np.sqrt(spread[-1])) * unit,
            without=without * unit + centre,
            noise=float(np.sqrt(noise)) * unit,
            settled=bool(fit.mle_retvals["converged"]),
        )

    def _record(
        self, series: Series, fitted: _Smoothed, panel: Panel, claim: Claim, policy: Policy,
        cycle: int,
    ) -> Estimate:  # fmt: skip
        from scipy.special import ndtr, ndtri

        after = series.present & (np.arange(series.n) >= series.launch)
        observed = float(series.value[after].mean())

        def carried(shift: float) -> float:
            return observed * (1 - float(np.exp(-shift))) if self.log else shift

        reach = float(ndtri((1 + policy.level) / 2)) * fitted.error
        effect = carried(fitted.step)
        back = np.exp if self.log else (lambda value: value)
        T, span = len(panel.periods), slice(series.first, series.first + series.n)
        arrays = {
            name: np.full(T, np.nan) for name in ("observed", "counterfactual", "low", "high")
        }
        arrays["observed"][span] = series.value
        arrays["counterfactual"][span] = back(fitted.without)
        width = float(ndtri((1 + policy.level) / 2)) * np.hypot(fitted.noise, fitted.error)
        late = np.where(np.arange(series.n) >= series.launch, fitted.without, np.nan)
        arrays["low"][span], arrays["high"][span] = back(late - width), back(late + width)
        ends = (fitted.step - reach, fitted.step + reach)
        shown = (np.exp(x) if self.log else x for x in (fitted.step, *ends))
        value, low, high = (float(x) for x in shown)
        p_value = float(2 * ndtr(-abs(fitted.step / fitted.error)))
        scale = (observed - effect) if self.log else 1.0
        count = int(series.present.sum())
        said = () if fitted.settled else ("The search for the variances did not settle.",)
        return Estimate(
            design=type(self).__name__, estimand=self.estimand, effect=effect,
            std_error=scale * fitted.error, conf_int=Interval(carried(ends[0]), carried(ends[1])),
            p_value=p_value, better=claim.better, baseline=observed - effect, observed=observed,
            n_units=series.units, n_treated=series.units, n_clusters=1, n_obs=count,
            inference=f"state space, {self.trend}{' of logarithms' if self.log else ''}, variances by "
            "maximum likelihood, normal quantiles",
            path=Path(
                period=panel.periods, effect=arrays["observed"] - arrays["counterfactual"],
                comparison=np.full(T, np.nan), **arrays,
            ),
            components=(Component(
                term="level change" + (" (ratio)" if self.log else ""), estimate=value,
                std_error=value * fitted.error if self.log else fitted.error,
                statistic=fitted.step / fitted.error, p_value=p_value, conf_low=low, conf_high=high,
            ),),
            assumptions=self.assumptions, warnings=said,
            choices=(
                f"Declared: {self.trend}{' of logarithms' if self.log else ''}, "
                + (f"seasons of {cycle} periods" if cycle > 1 else "no seasons")
                + (f", covariates {', '.join(self.covariates)}" if self.covariates else "") + ".",
            ),
            level=policy.level, whole=share_unit(panel, claim.outcome),
        )  # fmt: skip


class _Smoothed(NamedTuple):
    """The step, its error, the series without it (n,), and the spread of one-step forecasts."""

    step: float
    error: float
    without: Floats
    noise: float
    settled: bool


_NAMED = Named(
    design="StructuralTimeSeries",
    estimand=StructuralTimeSeries.estimand,
    assumptions=StructuralTimeSeries.assumptions,
)
