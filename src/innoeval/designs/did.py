"""Difference-in-differences with one start date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from innoeval.designs.base import (
    COMPARISON_OF_CHANGES,
    FEWEST_FOR_SPELL,
    LARGEST_KEPT,
    Arrangement,
    Effects,
    Mask,
    arrange,
)
from innoeval.designs.did_kernel import DiDKernel, mean_of
from innoeval.designs.granted import Columns, grant, unit_columns
from innoeval.errors import DesignError
from innoeval.inference import Choice, choose_inference
from innoeval.inference.groups import influence_of
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.freeze import Floats, read_only
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import period_effects, window_contrasts
from innoeval.stats.noise import FEWEST_FOR_NOISE, noise_ratio, unit_noise

#: The last design made ready by the declared rule: one evaluation asks for it several times.
_ready: tuple[Arrangement, object, Policy, DiDKernel] | None = None


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    r"""Change of the treated units less change of the comparison units, from one start date.

    Estimand: the average effect on the treated over all periods from the start,
    :math:`\frac1{N_1}\sum_{i\,treated}\left(\bar y_{i,post}-\bar y_{i,pre}\right)-
    \frac1{N_0}\sum_{i\,comparison}\left(\bar y_{i,post}-\bar y_{i,pre}\right)`,
    each unit counted once. It is the ATT if both groups would have moved together without the
    innovation (parallel trends), nothing was anticipated, and comparison units were not reached.

    Inference: with more than `policy.few_treated` treated units, clustered by unit (CR2, which on
    unit-level changes is Welch's t); with fewer, by
    randomisation over all choices of as many treated units, each measured by the units' own noise
    before the start, with the inverted interval (`innoeval.inference.choose_inference`). Plain
    cluster errors are never used there: with one treated unit of many they reject a true null in
    most runs.

    Where cells are missing, period effects are first fitted to all untreated cells by exact two-way
    least squares and taken off, so that a unit that misses a bad month does not look better for it.

    References
    ----------
    Roth, Sant'Anna, Bilinski & Poe (2023), Journal of Econometrics 235:2218-2244,
    doi:10.1016/j.jeconom.2023.03.008; Conley & Taber (2011), Review of Economics and Statistics
    93:113-125, doi:10.1162/REST_a_00049; Bertrand, Duflo & Mullainathan (2004), Quarterly Journal
    of Economics 119:249-275, doi:10.1162/003355304772839588.

    Examples
    --------
    A: 10 → 6, a change of −4. B and C: −1 and −1. So (−4) − (−1) = −3:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("AABBCC"), "year": [2020, 2021] * 3,
    ...                       "days": [10., 6, 9, 8, 5, 4]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2021", size=3, scale="absolute")
    >>> DifferenceInDifferences().fit(panel, claim).effect
    -3.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = COMPARISON_OF_CHANGES
    relaxes: ClassVar[Assumption] = Assumption.parallel_trends
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the treated units over all periods from the start, each unit counted once"
    )

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why difference-in-differences does not fit; empty if it does."""
        return self._obstacles(arrange(panel, claim), panel, policy)

    @staticmethod
    def _obstacles(case: Arrangement, panel: Panel, policy: Policy) -> tuple[str, ...]:
        found = []
        if len(case.launches) > 1:
            dates = ", ".join(panel.periods[start] for start in case.launches)
            found.append(
                f"the treated units start at {len(case.launches)} different dates ({dates}); "
                "one start date is needed here"
            )
        n_comparison = int((~case.treated).sum())
        if n_comparison == 0:
            found.append("every unit is treated: there is no unit to compare with")
        elif not found:
            usable = case.usable
            spare = int((usable & ~case.treated).sum())
            if spare < 2:
                found.append(
                    f"{spare} comparison unit{' has' if spare == 1 else 's have'} values before and "
                    "after the start; at least two are needed to tell chance from effect"
                )
            if int((usable & case.treated).sum()) == 0:
                found.append("no treated unit has values both before and after the start")
            elif policy.few_treated < int((usable & case.treated).sum()) < 2:
                found.append("one treated unit has no cluster-robust error; raise few_treated")
        return tuple(found)

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> Estimate:
        """The estimate with parallel trends at face value.

        Parameters
        ----------
        panel, claim, policy
            What is estimated, and by which thresholds.
        inference
            A choice from `innoeval.inference`; None: what the declared rule picks.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where the design does not fit them, or the choice of inference does not.
        """
        ready = self.kernel(panel, claim, policy=policy, inference=inference)
        time = np.arange(ready.outcomes.shape[1])
        before, after = time < ready.launch, time >= ready.launch
        # All periods from the start together, and then each of them.
        later = np.concatenate([after[None], np.eye(len(time), dtype=bool)[after]])
        earlier = np.broadcast_to(before, later.shape)
        overall, each = ready.effects(earlier, later, policy.level).split(1)
        critical = ready.band(earlier[1:], later[1:], policy.level)
        components = _event_times(panel, ready.launch, each, critical)
        path = _path(panel, ready, before, each)
        contrasts = window_contrasts(ready.outcomes, earlier, later)
        influences = partial(influence_of, contrasts[:, 1:], ready.treated)
        return self._estimate(
            panel, claim, policy, ready, overall, contrasts[:, 0], path, components, influences
        )

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The estimate with earlier trends going on, and with the spell before the start left out.

        With each unit's earlier linear trend taken to go on, a difference in trends is no longer
        counted as an effect; a real effect is estimated with less precision. With the last periods
        before the start left out of the baseline, a bad spell there no longer counts; as the next
        periods resemble a spell, this over-corrects: so it joins the base analysis, and does not
        replace it. An analysis that the periods before the start are too few for is missing.
        """
        ready = self.kernel(panel, claim, policy=policy)
        found = {}
        if ready.launch >= 2:
            said = "each unit's linear trend before the start is taken to go on after it"
            if ready.spell:
                said += f", the unusual last {ready.spell} periods left out"
            found[Assumption.parallel_trends] = self._relaxed(
                panel, claim, policy, ready, ready.extrapolated()[0], said
            )
        if ready.launch >= FEWEST_FOR_SPELL:
            said = (
                f"the last {ready.set_aside} periods before the start are left out of the baseline"
            )
            found[Assumption.no_mean_reversion] = self._relaxed(
                panel, claim, policy, ready, ready.spared(), said
            )
        return {assumption: estimate for assumption, estimate in found.items() if estimate}

    def _relaxed(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,
        ready: DiDKernel,
        contrasts: Floats,
        note: str,
    ) -> Estimate | None:
        """One stressed estimate; None where no treated unit is left."""
        found = ready.infer(contrasts[:, None], policy.level)
        said = [note]
        if not np.isfinite(found.effect[0]):
            return None
        if short := int((~np.isfinite(contrasts)).sum()):
            said.append(f"{short} units have too few values before the start; left out")
        return self._estimate(
            panel, claim, policy, ready, found, contrasts, None, (), said=(*ready.warnings, *said)
        )

    def kernel(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: Choice | None = None,
    ) -> DiDKernel:
        """The design made ready for many windows.

        Raises
        ------
        DesignError
            Where the design or the choice of inference does not fit.
        """
        global _ready  # noqa: PLW0603 - replaced whole, so that threads may share it
        case = arrange(panel, claim)
        known = _ready  # read once: another thread may put its own in its place
        if inference is None and known and known[0] is case and known[1:3] == (self, policy):
            return known[3]
        made = self._made_ready(case, panel, claim, policy, inference)
        if inference is None and case.outcomes.size <= LARGEST_KEPT:
            _ready = case, self, policy, made
        return made

    def _made_ready(
        self,
        case: Arrangement,
        panel: Panel,
        claim: Claim,
        policy: Policy,
        inference: Choice | None,
    ) -> DiDKernel:
        if against := self._obstacles(case, panel, policy):
            raise DesignError("difference-in-differences does not fit: " + "; ".join(against))
        usable = case.usable
        outcomes, treated = case.outcomes, case.treated
        warnings = []
        if not usable.all():
            names = [panel.units[i] for i in np.flatnonzero(~usable)]
            warnings.append(
                f"left out for lack of values before or after the start: {', '.join(names[:5])}"
                + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            )
        missing = ~np.isfinite(outcomes[usable])
        if missing.any():
            post = np.arange(case.n_periods) >= case.launch
            untreated = np.where(treated[:, None] & post, np.nan, outcomes)[usable]
            outcomes = outcomes - period_effects(untreated)
            warnings.append(
                f"{missing.mean():.1%} of the cells are missing; each unit is averaged over the "
                "periods it has, with what the period did to everybody taken off".replace(
                    "%", " %", 1
                )
            )
        ours, past = treated[usable], case.outcomes[usable, : case.launch]
        # With many treated units nothing asks for noises, and on large panels they take their time.
        asked = inference is not None or int(ours.sum()) <= policy.few_treated
        noise = unit_noise(past) if asked else np.ones(len(ours))
        ratio = noise_ratio(noise, ours) if case.launch >= FEWEST_FOR_NOISE else float("nan")
        columns: Columns = {}
        if inference is not None:
            columns = unit_columns(panel, inference, usable)
            chosen = grant(inference, columns, ours, ratio, complete=not missing.any())
        else:
            chosen = choose_inference(
                int(ours.sum()), int((~ours).sum()), ratio,
                few_treated=policy.few_treated, draws=policy.draws, seed=policy.seed,
            )  # fmt: skip
        return DiDKernel(
            raw=case.outcomes[usable], outcomes=read_only(outcomes[usable]), treated=ours,
            launch=case.launch, noise=read_only(noise), chosen=chosen, columns=columns,
            better=claim.better, check_level=policy.check_level,
            warnings=(*warnings, *chosen.warnings),
        )  # fmt: skip

    def _estimate(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,
        ready: DiDKernel,
        found: Effects,
        contrasts: Floats,
        path: Path | None,
        components: tuple[Component, ...],
        influences: Callable[[], Floats] | None = None,
        said: tuple[str, ...] | None = None,
    ) -> Estimate:
        effect = float(found.effect[0])
        post = ready.raw[ready.treated, ready.launch :]
        observed = float(mean_of(post.T).mean())
        influence = influence_of(contrasts[:, None], ready.treated)[:, 0]
        warnings = ready.warnings if said is None else said
        if not np.isfinite([found.low[0], found.high[0]]).all():
            unbounded = (
                f"there are so few choices of units or signs that no {100 * policy.level:g} % "
                "interval with both ends can be given"
            )
            warnings = (*warnings, unbounded)
        return Estimate(
            design="DifferenceInDifferences",
            estimand=self.estimand,
            effect=effect,
            std_error=float(found.std_error[0]),
            conf_int=Interval(found.low[0], found.high[0]),
            p_value=float(found.p_value[0]),
            df=_known(found.df),
            better=claim.better,
            baseline=observed - effect,
            observed=observed,
            n_units=len(ready.treated),
            n_treated=int(ready.treated.sum()),
            n_clusters=ready.n_clusters,
            n_obs=int(np.isfinite(ready.raw).sum()),
            inference=ready.inference,
            path=path,
            components=components,
            influence=influence if np.isfinite(influence).all() else None,
            influences=influences,
            assumptions=self.assumptions,
            warnings=warnings,
            level=policy.level,
            whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
        )


def _known(df: Floats | None) -> float | None:
    """Degrees of freedom, if the inference has any."""
    return None if df is None or np.isnan(df[0]) else float(df[0])


def _event_times(
    panel: Panel, launch: int, each: Effects, critical: float | None
) -> tuple[Component, ...]:
    """The effect in each period from the start."""
    reach = each.std_error * (np.nan if critical is None else critical)
    bands = [
        (None, None) if critical is None else (float(low), float(high))
        for low, high in zip(each.effect - reach, each.effect + reach, strict=True)
    ]
    return tuple(
        Component(
            term=f"effect in {panel.periods[launch + k]}",
            estimate=float(each.effect[k]), std_error=float(each.std_error[k]),
            p_value=float(each.p_value[k]), conf_low=float(each.low[k]),
            conf_high=float(each.high[k]), event_time=k, period=panel.periods[launch + k],
            band_low=bands[k][0], band_high=bands[k][1],
        )
        for k in range(len(each.effect)) if np.isfinite(each.effect[k])
    )  # fmt: skip


def _path(panel: Panel, ready: DiDKernel, before: Mask, each: Effects) -> Path:
    """Averages of both groups, and the comparison group's path moved to the treated units' level."""
    observed, comparison = mean_of(ready.raw[ready.treated]), mean_of(ready.raw[~ready.treated])
    gap = mean_of((observed - comparison)[before, None])
    expected = np.array(comparison + gap)
    effect, low, high = (np.full(len(expected), np.nan) for _ in range(3))
    # The path has to show the estimate: where cells are missing a plain average would not.
    expected[ready.launch :] = observed[ready.launch :] - each.effect
    effect[ready.launch :] = each.effect
    bounded = np.isfinite(each.low) & np.isfinite(each.high)
    low[ready.launch :] = np.where(bounded, observed[ready.launch :] - each.high, np.nan)
    high[ready.launch :] = np.where(bounded, observed[ready.launch :] - each.low, np.nan)
    return Path(
        period=panel.periods, observed=observed, counterfactual=expected, effect=effect,
        low=low, high=high, comparison=comparison,
    )  # fmt: skip
