"""Two-way fixed effects and event study: exact least squares, with warnings where starts differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from innoeval.designs.base import COMPARISON_OF_CHANGES, LARGEST_KEPT, Arrangement, arrange
from innoeval.designs.fixed_effects.twoway_data import Settings, since_start, treatment
from innoeval.designs.fixed_effects.twoway_fit import fitted
from innoeval.errors import DesignError
from innoeval.inference import IID, Choice
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class _TwoWay:
    """What both regressions share."""

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    sms_level: ClassVar[int] = 3

    covariates: tuple[str, ...] = ()
    weights: str | None = None
    trends: Literal["none", "unit"] = "none"

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", tuple(self.covariates))
        if self.trends not in {"none", "unit"}:
            raise DesignError(f"trends='{self.trends}' is not known; write 'none' or 'unit'")

    @property
    def settings(self) -> Settings:
        """The same as arrays are fitted with."""
        return Settings(
            covariates=self.covariates,
            weights=self.weights,
            trend=self.trends == "unit",
        )

    def objections(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,  # noqa: ARG002 - every design's door
    ) -> tuple[str, ...]:
        """Why the regression does not fit; empty if it does."""
        return _forbidden(panel, arrange(panel, claim))


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayFixedEffects(_TwoWay):
    r"""Regression of the outcome on a treatment indicator with unit and period effects.

    Estimand: the coefficient :math:`\beta` of :math:`y_{it}=\alpha_i+\lambda_t+\beta D_{it}+
    x_{it}'\gamma+e_{it}`. With one start date it is the average effect on the treated under
    parallel trends and no anticipation. With several it is an average of effects by cohort and
    period with weights that can be negative, as units that already started serve as comparison for
    later ones: then a warning says how many treated cells count negatively, and the design never
    decides.

    Unit and period effects are eliminated exactly on any pattern of missing cells. Errors are
    clustered by unit, with pyfixest's small-sample factor; with up to `policy.few_treated` treated
    units inference is by randomisation over start dates, and errors by cells or clusters are refused.

    Parameters
    ----------
    covariates
        Columns that vary over time. One that the effects explain is left out, with a warning.
    weights
        Column with a weight for each cell.
    trends
        "unit": a linear trend for each unit.
    exposure
        Column with the share of each cell that was treated, instead of 0 and 1 by start date.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225:254-277, doi:10.1016/j.jeconom.2021.03.014;
    de Chaisemartin & D'Haultfœuille (2020), American Economic Review 110:2964-2996,
    doi:10.1257/aer.20181169.

    Examples
    --------
    A: 10 → 6, a change of −4. B and C: −1 and −1. So (−4) − (−1) = −3:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AABBCC"), "year": [2020, 2021] * 3,
    ...                       "days": [10., 6, 9, 8, 5, 4]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2021", size=3, scale="absolute")
    >>> round(TwoWayFixedEffects().fit(panel, claim).effect, 9)
    -3.0
    """

    estimand: ClassVar[str] = (
        "coefficient of the treatment in a regression with unit and period effects"
    )

    exposure: str | None = None

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | IID | None = None,
    ) -> Estimate:
        """The estimate, with a warning where starts differ.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            `Clustered` by unit or a column, with any library's small-sample factor; `HC(kind="HC1")`;
            `IID`; `Randomization`. None lets the number of treated units decide.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where the effects explain the treatment, or the errors asked for would mislead.
        """
        case = arrange(panel, claim)
        question = treatment(tuple(case.launches.tolist()), case.n_periods, self.exposure)
        return fitted(self, panel, claim, case, policy, self.settings, question, inference)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy(_TwoWay):
    r"""Regression of the outcome on periods since the start, with unit and period effects.

    Estimand: coefficients :math:`\beta_e` of :math:`y_{it}=\alpha_i+\lambda_t+
    \sum_{e\ne r}\beta_e 1\{t-g_i=e\}+x_{it}'\gamma+e_{it}`, relative to event time r; `effect` is
    their average from the start on, each treated cell counted once. With one start date they are
    the effects on the treated in each period under parallel trends and no anticipation; with
    several, coefficients mix effects of other event times where cohorts differ (Sun & Abraham), which a
    warning says. `CallawaySantAnna` and `SunAbraham` do not.

    Parameters
    ----------
    reference
        Event time that the others are relative to.
    window
        First and last event time of their own; earlier and later ones share these. None: no bins.
    covariates, weights, trends
        As for `TwoWayFixedEffects`.

    References
    ----------
    Sun & Abraham (2021), Journal of Econometrics 225:175-199, doi:10.1016/j.jeconom.2020.09.006.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AAABBBCCC"), "year": [2020, 2021, 2022] * 3,
    ...                       "days": [10., 6, 4, 9, 8, 7, 5, 4, 3]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2021", size=3, scale="absolute")
    >>> found = EventStudy().fit(panel, claim)
    >>> [(part.event_time, round(part.estimate, 9)) for part in found.components]
    [(0, -3.0), (1, -4.0)]
    """

    estimand: ClassVar[str] = (
        "average over treated units and periods of the coefficients by periods since the start"
    )

    reference: int = -1
    window: tuple[int, int] | None = None

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | IID | None = None,
    ) -> Estimate:
        """The estimate with one component for each event time.

        Parameters
        ----------
        panel, claim, policy, inference
            As for `TwoWayFixedEffects`.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where the event times cannot be told from unit and period effects.
        """
        case = arrange(panel, claim)
        make = since_start if case.n_periods**2 <= LARGEST_KEPT else since_start.__wrapped__
        launches = tuple(case.launches.tolist())
        question = make(launches, case.n_periods, self.reference, self.window)
        return fitted(self, panel, claim, case, policy, self.settings, question, inference)


def _forbidden(panel: Panel, case: Arrangement) -> tuple[str, ...]:
    """Why a regression with unit and period effects should not decide."""
    if len(case.launches) == 1:
        return ()
    dates = ", ".join(panel.periods[start] for start in case.launches[:5])
    more = " ..." if len(case.launches) > 5 else ""
    said = (
        f"the treated units start at {len(case.launches)} different dates ({dates}{more}): units "
        "that already started would serve as comparison for later ones, which biases the estimate "
        "where effects grow or differ"
    )
    return (said,)
