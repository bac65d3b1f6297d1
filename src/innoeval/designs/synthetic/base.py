"""What synthetic control, synthetic DiD and their kin share: from donors to an estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from innoeval.designs.base import ANY_COMPARISON, FEWEST_FOR_SPELL, SPELL, Mask, arrange
from innoeval.designs.synthetic.infer import cautions, describe, infer
from innoeval.designs.synthetic.kernel import DonorKernel
from innoeval.designs.synthetic.pool import (
    Pool,
    hard_objections,
    make_pool,
    soft_objections,
)
from innoeval.designs.synthetic.report import donor_components, event_components, explained, path_of
from innoeval.designs.synthetic.several import Cohorts
from innoeval.errors import DesignError
from innoeval.inference.donors import DonorChoice, PlaceboInSpace
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.donors import Imitation, Task
from innoeval.stats.placebo import Ranked

#: Leaving out a donor is tried for those with at least this weight.
_COUNTS = 0.01


@dataclass(frozen=True, slots=True)
class DonorDesign:
    """A design that imitates the treated units by donors; a subclass says how."""

    assumptions: ClassVar[tuple[Assumption, ...]] = (
        Assumption.donor_fit,
        *ANY_COMPARISON,
    )
    relaxes: ClassVar[Assumption] = Assumption.donor_fit
    sms_level: ClassVar[int] = 3
    estimand: ClassVar[str] = (
        "average effect on the treated units over all periods from their start, each treated cell "
        "counted once"
    )
    #: Fewest periods before the start with which the design may decide.
    fewest_before: ClassVar[int] = 8

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level than the treated units."""
        return False

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """How series are imitated by the donors of a pool."""
        raise NotImplementedError

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        """Why the design should not decide; `fit` still gives an estimate where one can be made."""
        case = arrange(panel, claim)
        return hard_objections(case) or soft_objections(
            case, policy, self.fewest_before, levels=self.levels_differ
        )

    def informs(self, panel: Panel, claim: Claim, policy: Policy) -> bool:
        """Whether the estimate is shown though the design cannot decide.

        With one treated unit and enough donors for a mix, but too few for a 95 % interval with an
        end, what an imitation shows is worth seeing beside the design that decides.
        """
        # An 80 % interval has an end with as few donors as make a mix.
        return int(arrange(panel, claim).treated.sum()) == 1 and not self.objections(
            panel, claim, replace(policy, level=0.8)
        )

    def fit(
        self,
        panel: Panel,
        claim: Claim,
        *,
        policy: Policy = Policy(),
        inference: DonorChoice | None = None,
    ) -> Estimate:
        """The estimate with the imitation at face value.

        Parameters
        ----------
        panel, claim, policy
            What is to be evaluated, and by which thresholds.
        inference
            `PlaceboInSpace` by default, whatever the data; the others of `innoeval.inference.donors`
            are honoured where they fit.

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where no imitation can be made, or the inference does not fit.
        """
        choice = inference or PlaceboInSpace()
        if not isinstance(choice, DonorChoice):
            raise DesignError(
                f"{type(self).__name__} cannot use {type(choice).__name__}, which needs a comparison of "
                "groups; choose PlaceboInSpace, Conformal, JackknifePlus, UnitJackknife or "
                "PredictionInterval"
            )
        pool = self._pool(panel, claim)
        if len(pool.launches) > 1:
            return self._staggered(panel, claim, policy, pool, choice)
        kernel = self._kernel(policy, pool, choice)
        before = pool.before(kernel.launch)
        periods = np.flatnonzero(pool.seen)[~before]
        overall, each = infer(kernel, choice, policy.level)
        components = (
            *event_components(panel, kernel.launch, periods, each),
            *donor_components(kernel, _COUNTS),
        )
        path = path_of(panel, kernel, periods, each)
        return self._estimate(panel, claim, policy, pool, overall, choice, path, components)

    def stressed(
        self, panel: Panel, claim: Claim, *, policy: Policy = Policy()
    ) -> dict[Assumption, Estimate]:
        """The estimate with the imitation doubted, and without the spell before the start.

        Any drift between the treated and their imitation before the start is taken to go on. The
        interval holds that of this analysis and that of the base one; the effect is the less
        favourable. With the last periods before the start left out of what is matched, a bad spell
        there no longer counts. Single donors are the question of the check `leave_one_out`.
        """
        pool = self._pool(panel, claim)
        if len(pool.launches) > 1:
            return {}
        kernel = self._kernel(policy, pool, PlaceboInSpace())
        found = {Assumption.donor_fit: self._doubted(panel, claim, policy, kernel)}
        if int(pool.before(kernel.launch).sum()) >= FEWEST_FOR_SPELL:
            time = np.arange(panel.calendar.n)
            aside = min(SPELL, kernel.launch // 2)
            before, after = time < kernel.launch - aside, time >= kernel.launch
            first: Mask = before[pool.seen]
            window = after[None, pool.seen]
            spared = kernel.ranked(kernel.run(first, window[0]), window, first, policy.level)
            note = f"the last {aside} periods before the start are left out of what is matched"
            found[Assumption.no_mean_reversion] = self._estimate(
                panel, claim, policy, pool, spared, PlaceboInSpace(), None, (), note
            )
        return found

    def kernel(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> DonorKernel:
        """The design made ready for many windows.

        Raises
        ------
        DesignError
            Where no imitation can be made, or treated units start at different times.
        """
        pool = self._pool(panel, claim)
        if len(pool.launches) > 1:
            raise DesignError("the treated units start at different times; windows need one start")
        return self._kernel(policy, pool, PlaceboInSpace())

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the panel that the design uses beside the outcome."""
        return ()

    def _pool(self, panel: Panel, claim: Claim) -> Pool:
        return make_pool(panel, claim, type(self).__name__, self.columns, levels=self.levels_differ)

    def _kernel(self, policy: Policy, pool: Pool, choice: DonorChoice) -> DonorKernel:
        space = choice if isinstance(choice, PlaceboInSpace) else PlaceboInSpace()
        return DonorKernel(
            pool=pool, imitate=self.imitate,
            placebos=pool.runs(policy, space.draws), levels_differ=self.levels_differ,
            scaled=space.scaled,
        )  # fmt: skip

    def _staggered(
        self, panel: Panel, claim: Claim, policy: Policy, pool: Pool, choice: DonorChoice
    ) -> Estimate:
        if not isinstance(choice, PlaceboInSpace):
            raise DesignError(
                f"{type(choice).__name__} needs one starting date, and the treated units start at "
                f"{len(pool.launches)}; choose PlaceboInSpace"
            )
        cohorts = Cohorts(pool, self.imitate, pool.runs(policy, choice.draws))
        parts = (
            *cohorts.components(panel, policy.level, scaled=choice.scaled),
            *explained(pool.units, cohorts.weights, ~pool.treated, cohorts.without, _COUNTS),
        )
        return self._estimate(
            panel, claim, policy, pool, cohorts.overall(policy.level, scaled=choice.scaled), choice,
            cohorts.path(panel), parts,
        )  # fmt: skip

    def _doubted(self, panel: Panel, claim: Claim, policy: Policy, kernel: DonorKernel) -> Estimate:
        """The worse of two effects, and the hull of their intervals."""
        before = kernel.pool.before(kernel.launch)
        analyses = (kernel.over((~before)[None], policy.level), kernel.undrifted(policy.level))
        sign = 1 if claim.better == "higher" else -1
        worse = min(analyses, key=lambda found: sign * found.effect[0])
        found = worse._replace(
            p_value=np.array([np.nan]),
            low=np.min([found.low for found in analyses], axis=0),
            high=np.max([found.high for found in analyses], axis=0),
        )
        note = (
            "the drift before the start is taken to go on: the effect is the less favourable one, the interval "
            "holds those with and without it"
        )
        return self._estimate(
            panel, claim, policy, kernel.pool, found, PlaceboInSpace(), None, (), note
        )

    def _estimate(
        self,
        panel: Panel,
        claim: Claim,
        policy: Policy,
        pool: Pool,
        found: Ranked,
        choice: DonorChoice,
        path: Path | None,
        components: tuple[Component, ...],
        *notes: str,
    ) -> Estimate:
        effect = float(found.effect[0])
        warnings = [*pool.warnings, *cautions(choice), *notes]
        if not np.isfinite([found.low[0], found.high[0]]).all():
            warnings.append(
                f"there are so few donors or periods that no {policy.level:.0%} ".replace("%", " %")
                + "interval with an end can be given"
            )
        return Estimate(
            design=type(self).__name__,
            estimand=self.estimand,
            effect=effect,
            std_error=float(found.std_error[0]) if np.isfinite(found.std_error[0]) else None,
            conf_int=Interval(found.low[0], found.high[0]),
            p_value=None if np.isnan(found.p_value[0]) else float(found.p_value[0]),
            better=claim.better,
            baseline=pool.observed - effect,
            observed=pool.observed,
            n_units=len(pool.units),
            n_treated=int(pool.treated.sum()),
            n_clusters=len(pool.units),
            n_obs=int(pool.outcomes.size),
            inference=describe(choice, int(pool.treated.sum()), len(pool.donors)),
            path=path,
            components=components,
            assumptions=self.assumptions,
            warnings=tuple(warnings),
            level=policy.level,
            whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
        )
