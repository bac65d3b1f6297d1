"""Survey answers on an ordered scale: mean score, probability of superiority, shares from a rung up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from innoeval.designs.base import arrange
from innoeval.designs.its.segmented import SegmentedRegression
from innoeval.designs.its.windows import Windows
from innoeval.errors import ClaimError, DesignError, PanelError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.ordinal import mean_ridits, mean_scores

#: The recorded mean score may differ so much from that of the answers, as a share of the scale.
_ROUNDED = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinalScores:
    r"""Answers on an ordered scale of the treated units, against their own past.

    The estimand is the mean effect on the mean score of all answers, from the launch to the end, by
    the segmented regression of `series`, in which periods count by their answers. A mean score
    takes the rungs to be equally far apart (or as far as `scores` says); two kinds of components do
    not:

    - *probability of superiority*: the chance that an answer is better than one that would have
      been given without the innovation (ties half), ½ where nothing changed. It is the same segmented
      regression of mean ridits against the answers before the launch;
    - *from rung k up*: the odds ratio of the share at or above each rung, by the binomial family.
      Where these are alike, odds are proportional; nothing here needs them to be.

    Parameters
    ----------
    categories
        Columns of the panel (covariates) with the number of answers on each rung, from the worst
        to the best.
    scores
        Score of each rung; 1, 2, 3 … if empty.
    series
        The segmented regression to use: form, error model, dates.

    References
    ----------
    Bross (1958), doi:10.2307/2527727; Agresti (2010), ISBN 978-0-470-08289-8.

    Examples
    --------
    >>> OrdinalScores(categories=("poor", "fair", "good")).rungs.tolist()
    [1.0, 2.0, 3.0]
    """

    categories: tuple[str, ...]
    scores: tuple[float, ...] = ()
    series: SegmentedRegression = field(default_factory=SegmentedRegression)

    assumptions: ClassVar[tuple[Assumption, ...]] = SegmentedRegression.assumptions
    relaxes: ClassVar[Assumption] = Assumption.trend_form
    sms_level: ClassVar[int] = 2
    estimand: ClassVar[str] = (
        "mean effect on the mean score of the treated units' answers from the launch to the last "
        "period, against its own past going on"
    )

    def __post_init__(self) -> None:
        if len(self.categories) < 2 or len(set(self.categories)) < len(self.categories):
            raise DesignError("OrdinalScores: name two or more categories=, each once")
        if self.scores and len(self.scores) != len(self.categories):
            raise DesignError(
                f"OrdinalScores: there are {len(self.scores)} scores for {len(self.categories)} "
                "categories; give one for each"
            )
        if np.any(np.diff(self.rungs) <= 0):
            raise DesignError("OrdinalScores: scores= must rise from the worst rung to the best")
        if self.series.family != "gaussian" or self.series.cases or self.series.dose:
            raise DesignError(
                "OrdinalScores: series= is a SegmentedRegression without family=, cases= and dose="
            )

    @property
    def rungs(self) -> Floats:
        """Score of each rung."""
        if self.scores:
            return np.array(self.scores)
        return np.arange(1.0, len(self.categories) + 1)

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the answers cannot be judged here; empty if they can."""
        try:
            counts = self._counts(panel, claim)
        except PanelError as error:
            return (f"a category is not there: {error}; name the columns as covariates=",)
        known = counts[np.isfinite(counts)]
        if (known < 0).any() or (known != np.round(known)).any():
            return ("the categories hold numbers that are negative or not whole; give answers",)
        if not np.nansum(counts):
            return ("there is no answer of a treated unit",)
        found = self.series.objections(panel, claim, policy)
        if found:
            return found
        told = panel.matrix(claim.outcome)[arrange(panel, claim).treated]
        if len(told) == 1:
            away = np.abs(told[0] - mean_scores(counts, self.rungs))
            if np.nanmax(away, initial=0.0) > _ROUNDED * float(np.ptp(self.rungs)):
                said = (
                    f"'{claim.outcome}' is not the mean score of the categories, from "
                    f"{self.rungs[0]:g} to {self.rungs[-1]:g}; name them from worst to best, or scores="
                )
                return (said,)
        return self._weighted.objections(*self._pooled(panel, claim), policy)

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The effect if the earlier level, trend and seasons of the mean score had gone on.

        Raises
        ------
        DesignError
            With every objection, where there is one.
        """
        if found := self.objections(panel, claim, policy):
            raise DesignError(f"OrdinalScores cannot be fitted: {'; '.join(found)}")
        pooled, ours = self._pooled(panel, claim)
        base = self._weighted.fit(pooled, ours, policy=policy)
        chance = self._weighted.fit(pooled, _on(ours, "ridit"), policy=policy)
        parts = [
            *base.components,
            Component(
                term="probability of superiority",
                estimate=0.5 + chance.effect, std_error=chance.std_error, p_value=chance.p_value,
                conf_low=max(0.5 + chance.conf_int.low, 0.0),
                conf_high=min(0.5 + chance.conf_int.high, 1.0),
            ),
        ]  # fmt: skip
        untold = []
        shares = replace(self.series, family="binomial")
        for name, rung in zip(self.categories[1:], self.rungs[1:], strict=True):
            part = replace(pooled, numerator=f"up_{rung:g}", denominator="answers")
            on = _on(ours, f"share_{rung:g}")
            try:
                ratio = shares.fit(part, on, policy=policy).components[0]
            except (ClaimError, DesignError):  # all answers, or none, lie there on a side
                untold.append(f"{rung:g}")
                continue
            parts.append(replace(ratio, term=f"from {name} up (odds ratio)"))
        said = base.warnings
        if untold:
            said += (f"No odds from rung {', '.join(untold)} up: all or no answers are there.",)
        units = int(arrange(panel, claim).treated.sum())
        return replace(
            base, design="OrdinalScores", estimand=base.estimand.replace(
                SegmentedRegression.estimand, self.estimand
            ), components=tuple(parts), warnings=said, n_units=units, n_treated=units,
        )  # fmt: skip

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The stressed analyses of the mean score, as `SegmentedRegression` makes them."""
        return self._weighted.stressed(*self._pooled(panel, claim), policy=policy)

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Windows:
        """The mean score, made ready for many windows."""
        return self._weighted.kernel(*self._pooled(panel, claim), policy=policy)

    @property
    def _weighted(self) -> SegmentedRegression:
        return replace(self.series, cases="answers")

    def _counts(self, panel: Panel, claim: Claim) -> Floats:
        """Answers of the treated units together, (T, J); `nan` where one of them has none recorded."""
        ours = arrange(panel, claim).treated
        return np.stack([panel.matrix(name)[ours].sum(axis=0) for name in self.categories], axis=1)

    def _pooled(self, panel: Panel, claim: Claim) -> tuple[Panel, Claim]:
        """All answers of the treated units as one unit, and the claim on it."""
        counts, who = self._counts(panel, claim), claim.units[0]
        start = min(claim.treated.values(), key=panel.calendar.position)
        before = np.arange(len(counts)) < panel.calendar.position(start)
        answers = counts.sum(axis=1)
        frame = pd.DataFrame({
            panel.unit: who, panel.period: panel.periods, claim.outcome: mean_scores(counts, self.rungs),
            "ridit": mean_ridits(counts, before), "answers": answers,
        })  # fmt: skip
        outcomes = [claim.outcome, "ridit"]
        for j, rung in enumerate(self.rungs[1:], 1):
            frame[f"up_{rung:g}"] = counts[:, j:].sum(axis=1)
            frame[f"share_{rung:g}"] = frame[f"up_{rung:g}"] / answers
            outcomes += [f"up_{rung:g}", f"share_{rung:g}"]
        pooled = Panel(
            frame=frame, unit=panel.unit, period=panel.period, freq=panel.freq,
            outcomes=tuple(outcomes), covariates=("answers",), origin=panel.origin,
        )  # fmt: skip
        return pooled, Claim(
            id=claim.id, innovation=claim.innovation, outcome=claim.outcome, better=claim.better,
            treated=[who], start=start,
        )  # fmt: skip


def _on(claim: Claim, outcome: str) -> Claim:
    return replace(claim, outcome=outcome)
