"""Controlled interrupted time series: the treated units' series less that of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.designs.its.case import Asked, Named, objections_to, prepare
from innoeval.designs.its.segmented import SegmentedRegression
from innoeval.designs.its.stressed import stressed_estimates, windows_of
from innoeval.designs.its.windows import Windows
from innoeval.inference.serial import Serial
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlledITS:
    r"""Segmented regression of the treated units' average less the comparison units' average.

    The estimand is the mean effect over all periods from the launch :math:`t_0` to the end,
    :math:`\theta = \delta + \gamma\,\overline{(t - t_0)}`, in

    .. math:: \bar y^{treated}_t - \bar y^{comparison}_t =
              a + b(t-t_0) + \delta p_t + \gamma(t-t_0)p_t + s_t + e_t .

    It is the effect if the difference between both averages would have gone on along its own trend
    and seasons: the groups need not have moved together, and what happened to both is netted off.
    The estimates are those of the model with separate intercepts, trends and seasons for both series;
    the errors are those of the difference, so that what both series share does not count as noise.

    Parameters
    ----------
    errors, lags, order, trend, slope, seasonal, harmonics, delay, transition
        As in `SegmentedRegression`.

    References
    ----------
    Lopez Bernal, Cummins & Gasparrini (2018), doi:10.1093/ije/dyy135; Linden (2015),
    doi:10.1177/1536867X1501500208.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> shock = 5 * rng.standard_normal(40)
    >>> north = 20 + shock + rng.standard_normal(40) - 3 * (np.arange(40) >= 24)
    >>> frame = pd.DataFrame({
    ...     "ward": ["North"] * 40 + ["South"] * 40, "year": [*range(1980, 2020)] * 2,
    ...     "days": [*north, *(30 + shock + rng.standard_normal(40))]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["North"],
    ...               start="2004", size=3, scale="absolute")
    >>> found = ControlledITS(slope=False).fit(panel, claim)
    >>> found.conf_int.low < -3 < found.conf_int.high < 0
    True
    """

    errors: str = "calibrated"
    lags: int | None = None
    order: tuple[int, int] = (2, 0)
    trend: bool | None = None
    slope: bool | None = None
    seasonal: int | None = None
    harmonics: int | None = None
    delay: int = 0
    transition: int = 0

    assumptions: ClassVar[tuple[Assumption, ...]] = (
        Assumption.trend_form,
        Assumption.autocorrelation_modelled,
        Assumption.no_spillover,
        Assumption.no_concurrent_change,
        Assumption.no_mean_reversion,
        Assumption.no_anticipation,
        Assumption.stable_measure,
        Assumption.stable_composition,
        Assumption.prespecified_window,
        Assumption.prespecified_outcome,
        Assumption.all_sites_reported,
        Assumption.no_harm_elsewhere,
        Assumption.not_one_unit,
    )
    relaxes: ClassVar[Assumption] = Assumption.trend_form
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "mean effect on the treated units' average from the launch to the last period, against "
        "their earlier difference from the comparison units going on"
    )

    def __post_init__(self) -> None:
        _ = self._settings

    @property
    def _settings(self) -> SegmentedRegression:
        """The segmented regression of the difference."""
        return SegmentedRegression(
            errors=self.errors, lags=self.lags, order=self.order, trend=self.trend,
            slope=self.slope, seasonal=self.seasonal, harmonics=self.harmonics, delay=self.delay,
            transition=self.transition,
        )  # fmt: skip

    def _asked(self, policy: Policy) -> Asked:
        return Asked(self._settings, policy, _NAMED, against=True)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the difference cannot be judged here; empty if it can."""
        return objections_to(panel, claim, self._asked(policy))

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Serial | None = None,
    ) -> Estimate:
        """The effect if the earlier difference, its trend and seasons had gone on.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            An error model from `innoeval.inference`, instead of the one that `errors` names.

        Raises
        ------
        DesignError
            With every objection, where there is one.
        """
        case = prepare(panel, claim, self._asked(policy))
        return case.estimate(case.form, inference or self._settings.choice)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The effect under every other admissible model, and with the last spell set aside."""
        case = prepare(panel, claim, self._asked(policy))
        return stressed_estimates(case, self._settings.choice)

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Windows:
        """The difference, made ready for many windows."""
        return windows_of(prepare(panel, claim, self._asked(policy)))


_NAMED = Named(
    design="ControlledITS",
    estimand=ControlledITS.estimand,
    assumptions=ControlledITS.assumptions,
)
