"""What every check is: a question, the assumptions it probes, a measurement and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

import numpy as np

from innoeval.designs.base import (
    Arrangement,
    DecidingDesign,
    Effects,
    Kernel,
    Mask,
    Spell,
    last_spells,
)
from innoeval.errors import ClaimError, DesignError
from innoeval.inference import Groups, choose_inference, compare_groups
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Better, Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.finding import FindingStatus, Severity
from innoeval.records.freeze import Floats, Frozen, read_only
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.changes import mean_of, unit_changes
from innoeval.stats.covariance import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a check may look at.

    Parameters
    ----------
    claim, panel, arrangement
        The claim, the panel, and both as arrays.
    design, kernel, estimate
        The deciding design, made ready for many windows, and its base estimate.
    announced
        The promoter's own before-after number, recomputed; None where it cannot be.
    claimed
        Claimed improvement in outcome units (the smallest effect where no number was claimed;
        None where neither was declared).
    margin
        Smallest bias, in outcome units, that would change what the base interval says; a check
        is "clear" only if it rules out a bias of this size.
    policy
        The thresholds.
    unit
        What one unit of the claim's scale is in outcome units.
    """

    claim: Claim
    panel: Panel
    arrangement: Arrangement
    design: DecidingDesign
    kernel: Kernel
    estimate: Estimate
    announced: Estimate | None
    claimed: float | None
    margin: float
    policy: Policy
    unit: float = 1.0
    _kernels: dict[tuple[str, Better], Kernel | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _changes: dict[str, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)
    _spells: list[tuple[Spell, ...]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    @property
    def spells(self) -> tuple[Spell, ...]:
        """Spells right before the start, with 90 % intervals; asked of the kernel once."""
        if not self._spells:
            self._spells.append(last_spells(self.kernel, level=1 - 2 * self.policy.check_level))
        return self._spells[0]

    @property
    def ours(self) -> Floats:
        """Outcomes of the treated units, (N1, T)."""
        return self.arrangement.outcomes[self.arrangement.treated]

    @property
    def theirs(self) -> Floats:
        """Outcomes of the comparison units, (N0, T)."""
        return self.arrangement.outcomes[~self.arrangement.treated]

    @property
    def comparison(self) -> Floats:
        """Average of the comparison units, each less its own level, (T,)."""
        return mean_of(self.theirs - mean_of(self.theirs, axis=1)[:, None], axis=0)

    def kernel_of(self, outcome: str, better: Better | None = None) -> Kernel | None:
        """The same design made ready on another metric of the panel; None where it does not fit.

        Parameters
        ----------
        outcome
            Any of `panel.metrics`.
        better
            Which way is better there; None: as for the claimed outcome.
        """
        key = (outcome, better or self.claim.better)
        if key not in self._kernels:
            asked = replace(
                self.claim, outcome=outcome, better=key[1], size=None, smallest_effect=None,
                scale="absolute", windows=None,
            )  # fmt: skip
            try:
                self._kernels[key] = self.design.kernel(self.panel, asked, policy=self.policy)
            except (ClaimError, DesignError):
                self._kernels[key] = None
        return self._kernels[key]

    def changes_of(self, outcome: str | None = None) -> Floats:
        """Change of each unit at its own start, (N,), read-only: `innoeval.stats.changes`.

        Parameters
        ----------
        outcome
            Any of `panel.metrics`; None: the claimed one.
        """
        name = outcome or self.claim.outcome
        if name not in self._changes:
            own = name == self.claim.outcome
            values = self.arrangement.outcomes if own else self.panel.matrix(name)
            self._changes[name] = read_only(unit_changes(values, self.arrangement.starts))
        return self._changes[name]

    def refit(self, panel: Panel | None = None, claim: Claim | None = None) -> Estimate | None:
        """The same design fitted to another panel or claim; None where it does not fit.

        Costs a fit: where windows or units are all that changes, ask the kernel.
        """
        try:
            return self.design.fit(
                self.panel if panel is None else panel,
                self.claim if claim is None else claim,
                policy=self.policy,
            )
        except (ClaimError, DesignError):
            return None

    def compare(self, numbers: Floats, level: float = 0.95) -> Effects | None:
        """Treated less comparison units on one number per unit, by the declared rule of inference.

        For what is no outcome of the design: a change in missing rows, in digits, in volume. A unit
        without a number (`nan`) is left out. None with no treated or fewer than two comparison units.

        Parameters
        ----------
        numbers
            Array (N,): a number for each unit, such as its change from before to after.
        level
            Level of the interval.
        """
        known = np.isfinite(numbers)
        treated = self.arrangement.treated[known]
        n_treated, n_comparison = int(treated.sum()), int((~treated).sum())
        if n_treated < 1 or n_comparison < 2:
            return None
        chosen = choose_inference(
            n_treated, n_comparison, float("nan"), few_treated=self.policy.few_treated,
            draws=self.policy.draws, seed=self.policy.seed,
        )  # fmt: skip
        groups = Groups(
            contrasts=numbers[known, None],
            treated=treated,
            noise=np.ones(len(treated)),
            counts=Counts(n=len(treated), slopes=1, nested=0, other=1),
        )
        found = compare_groups(chosen.choice, groups, level)
        return Effects(
            effect=found.effect, std_error=found.std_error, p_value=found.p_value,
            low=found.low, high=found.high, df=found.df,
        )  # fmt: skip

    def without(self, units: Mask) -> tuple[float | None, Interval | None]:
        """The improvement and its interval without some units, of the same estimand as the estimate's.

        With several starts the design is fitted again: changes of units weigh every unit alike, and
        effects that grow or fade would come out as another number.

        Parameters
        ----------
        units
            Mask (N,) of those left out.
        """
        if self.staggered:
            outcomes = np.where(units[:, None], np.nan, self.panel.matrix(self.claim.outcome))
            panel = self.panel.with_values(self.claim.outcome, outcomes)
            gone = {self.panel.units[i] for i in np.flatnonzero(units)}
            left = {unit: start for unit, start in self.claim.treated.items() if unit not in gone}
            # A treated unit without a value is refused, so it is no longer claimed.
            refitted = (
                self.refit(panel, replace(self.claim, treated=Frozen(left))) if left else None
            )
            return (
                (None, None)
                if refitted is None
                else (refitted.improvement, refitted.improvement_int)
            )
        found = self.compare(np.where(units, np.nan, self.changes_of()), self.policy.level)
        return (None, None) if found is None else self.improvement(found)

    def improvement(self, found: Effects, k: int = 0) -> tuple[float, Interval]:
        """One of many effects turned so that positive = better, with its interval."""
        ends = sorted((self.sign * float(found.low[k]), self.sign * float(found.high[k])))
        return self.sign * float(found.effect[k]), Interval(*ends)

    @property
    def sign(self) -> int:
        """+1 where higher is better, −1 where lower is: turns raw numbers into improvements."""
        return -1 if self.claim.better == "lower" else 1

    @property
    def staggered(self) -> bool:
        """Whether treated units start at different dates: the kernel then counts event time."""
        return len(self.arrangement.launches) > 1

    def when(self, position: int) -> str:
        """A position on the kernel's axis in words: "in 2022-09", or "3 months before each start"."""
        if not self.staggered:
            return f"in {self.panel.periods[position]}"
        away = position - self.kernel.launch
        calendar = self.panel.calendar
        named = calendar.freq.replace("_", " ") if calendar.step == 1 else "period"
        unit = "period" if named == "integer" else named
        side = "before" if away < 0 else "after"
        return f"{abs(away)} {unit}{'s' if abs(away) != 1 else ''} {side} each start"

    def share(self, bias: float) -> float | None:
        """A bias (as improvement, outcome units) as a share of the claimed improvement."""
        return bias / self.claimed if self.claimed else None


@dataclass(frozen=True, slots=True)
class Bias:
    """Improvement that a violation could have faked.

    Parameters
    ----------
    value, std_error
        In outcome units; positive = it flatters the claim.
    power
        Probability to have seen a violation that explains half the claim; None if not known.
    """

    value: float
    std_error: float
    power: float | None = None

    @property
    def statistic(self) -> float | None:
        """Bias in standard errors."""
        return self.value / self.std_error if self.std_error > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a check measured, before it is told whether a violation counts as shown.

    Parameters
    ----------
    status
        What the check says if nothing else is known: of a statistical check the status for the
        case that its p-value does not survive the correction for many checks.
    says
        Sentence for `status`.
    says_problem
        Sentence for a violation that is shown; "" for a check that never shows one by a p-value.
    p_value
        Of "no violation"; None for a check that reads facts instead of testing.
    severity
        Severity of this finding.
    bias
        What the violation could have faked.
    statistic
        Of the test, or whatever number sums the facts up.
    left
        Interval of the improvement, in outcome units, that is left if the violation is allowed
        for; None where nobody can say.
    """

    status: FindingStatus
    says: str
    says_problem: str = ""
    p_value: float | None = None
    severity: Severity = "major"
    bias: Bias | None = None
    statistic: float | None = None
    left: Interval | None = None


class Check(Protocol):
    """One question about a claim."""

    name: ClassVar[str]
    question: ClassVar[str]
    probes: ClassVar[tuple[Assumption, ...]]

    def measure(self, case: Case) -> Measurement:
        """Answer the question for one case.

        A claim or panel that the question does not fit is not applicable; a ClaimError or
        DesignError that a check lets through is turned into that by `examine`.
        """
        ...


def power_for_half(case: Case, std_error: float) -> float | None:
    """Probability that a two-sided 5 % test sees a violation that explains half the claim.

    Parameters
    ----------
    case
        The case; without a claimed size there is no half of it.
    std_error
        Standard error of the bias, in outcome units.
    """
    if not case.claimed or not 0 < std_error < float("inf"):
        return None
    from scipy.special import ndtr

    away = case.claimed / 2 / std_error
    return float(ndtr(away - 1.96) + ndtr(-away - 1.96))
