"""Difference-in-differences of counts and shares: ratio of ratios, and points with odds ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.designs.base import Arrangement, Kernel, arrange
from innoeval.designs.did import DifferenceInDifferences
from innoeval.designs.rates import counts_of, family_objections, group_totals
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import student
from innoeval.stats.families import FAMILIES, LOG
from innoeval.stats.pooled import Pooled, pooled_did


@dataclass(frozen=True, slots=True)
class _NonlinearDiD:
    """What both designs share; they differ in the family."""

    family: ClassVar[str]
    ratio: ClassVar[str]
    assumptions: ClassVar[tuple[Assumption, ...]] = DifferenceInDifferences.assumptions
    relaxes: ClassVar[Assumption] = Assumption.parallel_trends
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str]

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design does not fit; empty if it does."""
        found = DifferenceInDifferences().objections(panel, claim, policy)
        if found:
            return found
        case = arrange(panel, claim)
        ours, others = int(case.treated.sum()), int((~case.treated).sum())
        if min(ours, others) <= policy.few_treated:
            few = (
                f"its clustered errors need more than {policy.few_treated} units on each side, and "
                f"there are {ours} and {others}; DifferenceInDifferences has inference for few units"
            )
            found += (few,)
        if missing := int((~np.isfinite(case.outcomes)).sum()):
            cells = "cell is" if missing == 1 else "cells are"
            found += (
                f"{missing} {cells} missing; totals of groups need every cell: drop those units",
            )
        return found + family_objections(panel, claim, case, FAMILIES[self.family], everybody=True)

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The estimate with parallel trends on the link's scale at face value.

        Raises
        ------
        DesignError
            With every objection, where there is one, or where the fit does not settle.
        """
        if found := self.objections(panel, claim, policy):
            raise DesignError(f"{type(self).__name__} cannot be fitted: {'; '.join(found)}")
        case, family = arrange(panel, claim), FAMILIES[self.family]
        counts, sizes = counts_of(panel, claim, np.ones(len(case.treated), dtype=bool), family)
        after = np.arange(case.n_periods) >= case.launch
        fit = pooled_did(family, counts, sizes, case.treated, after)
        if not fit.converged:
            raise DesignError(
                f"{type(self).__name__} does not settle: a group has no cases, or nothing but cases, "
                "in some period; use DifferenceInDifferences"
            )
        return self._record(panel, claim, policy, case, fit)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The stressed analyses of `DifferenceInDifferences`, in outcome units."""
        return DifferenceInDifferences().stressed(panel, claim, policy=policy)

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Kernel:
        """The kernel of `DifferenceInDifferences`, in outcome units."""
        return DifferenceInDifferences().kernel(panel, claim, policy=policy)

    def _record(
        self, panel: Panel, claim: Claim, policy: Policy, case: Arrangement, fit: Pooled
    ) -> Estimate:
        family = FAMILIES[self.family]
        ours = group_totals(panel, claim, case.treated, family)
        others = group_totals(panel, claim, ~case.treated, family)
        after = np.arange(case.n_periods) >= case.launch
        link, observed = family.link, float(ours.value[after].mean())

        def without(delta: float) -> Floats:
            """What the treated would have had, by period (after,)."""
            if link is LOG:
                return np.asarray(ours.value[after] * np.exp(-delta))
            fitted = ours.scale[after] * link.inverse(fit.eta[1, after])
            gone = ours.scale[after] * link.inverse(fit.eta[1, after] - delta)
            return np.asarray(ours.value[after] - fitted + gone)

        def carried(delta: float) -> float:
            return observed - float(without(delta).mean())

        def slope_at(delta: float) -> float:
            """Of `carried`: near 0 and 100 % no two of its values are far enough apart to tell."""
            if link is LOG:
                return float(without(delta).mean())
            return float((ours.scale[after] * link.slope(fit.eta[1, after] - delta)).mean())

        tested = student(
            np.array([fit.effect]), np.array([fit.std_error]), np.array([fit.df]), policy.level
        )
        low, high, p_value = (float(x[0]) for x in (tested.low, tested.high, tested.p_value))
        slope = slope_at(fit.effect)
        effect, n = carried(fit.effect), len(case.treated)
        counterfactual = np.array(ours.value)
        counterfactual[after] = without(fit.effect)
        counterfactual[~after] = np.nan
        ratio = float(np.exp(fit.effect))
        return Estimate(
            design=type(self).__name__, estimand=self.estimand, effect=effect,
            std_error=abs(slope) * fit.std_error, conf_int=Interval(carried(low), carried(high)),
            p_value=p_value, df=fit.df, better=claim.better, baseline=observed - effect,
            observed=observed, n_units=n, n_treated=int(case.treated.sum()), n_clusters=n,
            n_obs=int(np.isfinite(case.outcomes).sum()),
            inference="pooled quasi-likelihood, clustered by unit, t with "
            f"{fit.df:.1f} degrees of freedom (Welch)",
            path=Path(
                period=panel.periods, observed=ours.value, counterfactual=counterfactual,
                effect=ours.value - counterfactual, low=np.full(case.n_periods, np.nan),
                high=np.full(case.n_periods, np.nan), comparison=others.value,
            ),
            components=(Component(
                term=self.ratio, estimate=ratio, std_error=ratio * fit.std_error,
                statistic=fit.effect / fit.std_error if fit.std_error else None, p_value=p_value,
                conf_low=float(np.exp(low)), conf_high=float(np.exp(high)),
            ),),
            influence=n * slope * fit.influence,
            assumptions=self.assumptions,
            choices=(f"Outcome: {ours.said}.",),
            level=policy.level, whole=share_unit(panel, claim.outcome),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoissonDiD(_NonlinearDiD):
    r"""Ratio of ratios of counts or rates, from one start date, by Poisson quasi-likelihood (PPML).

    The estimand is :math:`e^\delta`, by how much the treated units' mean after the start is a
    multiple of what it would have been, and in outcome units the average effect on the treated, if
    both groups' means would have changed by the same factor. Counts need not be Poisson: errors
    are clustered by unit. Denominators of the panel are the exposure.

    References
    ----------
    Wooldridge (2023), doi:10.1093/ectj/utad016; Santos Silva & Tenreyro (2006),
    doi:10.1162/rest.88.4.641; Ciani & Fisher (2019), doi:10.1515/jem-2016-0011.

    Examples
    --------
    >>> PoissonDiD.ratio
    'ratio of rate ratios'
    """

    family: ClassVar[str] = "poisson"
    ratio: ClassVar[str] = "ratio of rate ratios"
    estimand: ClassVar[str] = (
        "average effect on the treated units over all periods from the start, against both groups "
        "changing by the same factor"
    )


@dataclass(frozen=True, slots=True)
class FractionalDiD(_NonlinearDiD):
    r"""Difference-in-differences of shares in the log odds, by fractional logit.

    The estimand is the average effect on the treated in points,
    :math:`E[p_{it} - p_{it}(0)]`, with the ratio of odds ratios :math:`e^\delta` beside it, if both
    groups' log odds would have changed alike: a share near 0 or 100 % cannot move as far as one in
    the middle. Errors are clustered by unit; the panel's denominator, if any, weighs the shares.

    References
    ----------
    Papke & Wooldridge (1996), doi:10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1;
    Wooldridge (2023), doi:10.1093/ectj/utad016; Puhani (2012), doi:10.1016/j.econlet.2011.11.025.

    Examples
    --------
    >>> FractionalDiD.ratio
    'ratio of odds ratios'
    """

    family: ClassVar[str] = "binomial"
    ratio: ClassVar[str] = "ratio of odds ratios"
    estimand: ClassVar[str] = (
        "average effect on the treated units over all periods from the start, against both groups' "
        "log odds changing alike"
    )
