"""Interrupted time series: one series, its own past as the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, cast

from innoeval.designs.its.case import Asked, Named, objections_to, prepare
from innoeval.designs.its.choices import serial_choice
from innoeval.designs.its.stressed import stressed_estimates, windows_of, with_reversal
from innoeval.designs.its.windows import Windows
from innoeval.errors import DesignError
from innoeval.inference.serial import Serial
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.families import FAMILIES


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedRegression:
    r"""Segmented regression of the treated units' series, with errors that resemble each other.

    The estimand is the mean effect over all periods from the launch :math:`t_0` to the end,
    :math:`\theta = \delta + \gamma\,\overline{(t - t_0)}`, in

    .. math:: g(E[y_t]) = a + b(t-t_0) + \delta d_t + \gamma(t-t_0)d_t + s_t,\quad
              e_t = \rho e_{t-1} + u_t .

    It is the effect if level, trend and seasons would have gone on as they were, if nothing else
    changed at the launch, and if the errors are as modelled. Which terms there are is fixed by
    `innoeval.designs.its.form.choose_form` before the outcome is looked at, unless declared.
    Comparison units are not used. Missing periods are never filled in: they are named, and the
    periods around them count at their true distance.

    Parameters
    ----------
    errors
        "calibrated" (the default): restricted maximum likelihood with AR(1) errors, the
        autocorrelation made median-unbiased, and critical values simulated for these very columns.
        Of counts and shares it is "calibrated_noise": AR(1) under the noise of counting; that and
        "calibrated_ar2" average over shapes of error, with critical values of the same kind.
        "reml": AR(1) with Satterthwaite's degrees of freedom. "arma": ARMA(`order`).
        "newey_west", "prais_winsten" and "ols": what is often done, and too sure of itself in
        short series (docs/calibration/its.md). "conformal": no error model, level change only.
    lags
        Lags of Newey-West; None for the rule ⌊4 (n / 100)^(2/9)⌋, 0 for White's robust errors.
    order
        (p, q) of "arma".
    family
        "gaussian", or "poisson", "negative_binomial" (counts and rates, over the panel's
        denominator if it has one) or "binomial" (shares, over the denominator as trials).
    dispersion
        With `errors="ols"` for counts and shares: "quasi" estimated, "one" as the family says.
    cases
        Column with the number of cases behind each value, such as a median wait: periods count in
        proportion to it. A period without cases is a gap. "" where every period counts alike.
    trend, slope
        Whether there is a linear trend, and a change of slope; None for the rule.
    seasonal, harmonics
        Periods in one cycle of seasons; None takes the calendar's (12 months, 4 quarters, 7 days,
        52 weeks), 1 leaves seasons out. Frequencies in a cycle; None for the rule.
    delay, transition
        Periods from the launch on that count as before; periods from then on that are set aside.
    interruptions
        First periods of other interruptions, which get a level (and slope) change of their own.
    until
        First period without the innovation again (on, off: ABA); "" if it stayed.
    dose
        "share": exposure is the share of the treated units that have started; else a covariate
        with the exposure of each unit, 0 to 1.

    Raises
    ------
    DesignError
        For settings that are not known or cannot be.

    References
    ----------
    Andrews (1993), doi:10.2307/2951781; Turner et al. (2021), doi:10.1186/s12874-021-01364-0;
    Lopez Bernal, Cummins, Gasparrini (2017), doi:10.1093/ije/dyw098; Linden (2015),
    doi:10.1177/1536867X1501500208.

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
    lags: int | None = None
    order: tuple[int, int] = (2, 0)
    family: str = "gaussian"
    dispersion: str = "quasi"
    cases: str = ""
    trend: bool | None = None
    slope: bool | None = None
    seasonal: int | None = None
    harmonics: int | None = None
    delay: int = 0
    transition: int = 0
    interruptions: tuple[str, ...] = ()
    until: str = ""
    dose: str = ""

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
        serial_choice(self.errors, self.lags, self.order, self.dispersion)
        if self.family not in FAMILIES:
            known = " or ".join(repr(name) for name in FAMILIES)
            raise DesignError(f"SegmentedRegression: no family '{self.family}'; write {known}")
        if isinstance(cast("object", self.interruptions), str):
            raise DesignError(
                f"SegmentedRegression: interruptions is '{self.interruptions}'; give a tuple of periods, "
                f"such as ('{self.interruptions}',)"
            )
        if self.seasonal is not None and self.seasonal < 1:
            raise DesignError(
                f"SegmentedRegression: seasonal is {self.seasonal}; give the number of periods in "
                "one cycle of seasons (12 for months), or 1 for no seasons"
            )
        if self.cases and (self.family != "gaussian" or self.errors == "conformal"):
            raise DesignError(
                f"SegmentedRegression: cases='{self.cases}' is for family='gaussian' and not for "
                "errors='conformal'; counts and shares take the panel's denominator"
            )
        if min(self.delay, self.transition) < 0 or (self.harmonics or 1) < 1:
            raise DesignError(
                f"SegmentedRegression: delay {self.delay}, transition {self.transition} and "
                f"harmonics {self.harmonics} are numbers of periods and frequencies; none is negative"
            )

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why a single series cannot be judged here; empty if it can."""
        return objections_to(panel, claim, Asked(self, policy, _NAMED))

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Serial | None = None,
    ) -> Estimate:
        """The effect if the earlier level, trend and seasons had gone on.

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
        case = prepare(panel, claim, Asked(self, policy, _NAMED))
        choice = inference or case.choice
        return with_reversal(case, case.estimate(case.form, choice), choice)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The effect under every other admissible model, and with the last spell set aside.

        The trend's form is given up together with the error model: the interval is the hull of
        those of every model that the numbers of periods admit (`innoeval.designs.its.span`), so
        that a claim holds up only where they agree. Against a bad spell the base form is fitted
        with the last periods before the launch set aside. (The long-run level is no answer to it: a
        spell raises the autocorrelation, and the level change then leans on the very periods that
        were bad.) A form for which too few points are left is missing.
        """
        case = prepare(panel, claim, Asked(self, policy, _NAMED))
        return stressed_estimates(case, case.choice)

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Windows:
        """The treated units' series, made ready for many windows."""
        return windows_of(prepare(panel, claim, Asked(self, policy, _NAMED)))

    @property
    def choice(self) -> Serial:
        """The error model as a frozen choice."""
        return serial_choice(self.errors, self.lags, self.order, self.dispersion, self.family)


_NAMED = Named(
    design="SegmentedRegression",
    estimand=SegmentedRegression.estimand,
    assumptions=SegmentedRegression.assumptions,
)
