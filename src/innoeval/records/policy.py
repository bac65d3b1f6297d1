"""The policy: every threshold, fixed before a result is seen."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Literal

from innoeval.errors import InnoevalError
from innoeval.records.assumption import Assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A check that lets a stressed analysis into the decision.

    Parameters
    ----------
    check
        The check that opens the gate.
    relaxes
        Assumption that the stressed analysis gives up. Its interval is what the finding says is
        left, else that of the design's stressed estimate; with neither it is unbounded.
    problem
        What a shown problem does: the stressed analysis "replaces" the base one, or "joins" it
        (the hull of both decides).
    unsure
        What a check does that cannot tell or could not run: the stressed analysis "joins", joins
        if the finding says what is left ("if_known"), or the gate stays shut ("ignored").
    """

    check: str
    relaxes: Assumption
    problem: Literal["replaces", "joins"] = "joins"
    unsure: Literal["joins", "if_known", "ignored"] = "joins"


#: A trend shown to be wrong does not make the long-run level right: so there both must agree.
GATES = (
    Gate(check="pre_trend", relaxes=Assumption.parallel_trends, problem="replaces"),
    Gate(check="pre_fit", relaxes=Assumption.donor_fit, problem="joins"),
    Gate(check="leave_one_out", relaxes=Assumption.donor_fit, problem="joins"),
    Gate(check="placebo_in_time", relaxes=Assumption.trend_form, problem="joins"),
    Gate(check="mean_reversion", relaxes=Assumption.no_mean_reversion, problem="joins"),
    Gate(check="anticipation", relaxes=Assumption.no_anticipation, unsure="ignored"),
    Gate(check="outliers", relaxes=Assumption.prespecified_window, unsure="ignored"),
    Gate(check="undeclared_break", relaxes=Assumption.stable_measure, unsure="ignored"),
    Gate(check="rate_decomposition", relaxes=Assumption.stable_composition, unsure="ignored"),
    Gate(check="bunching", relaxes=Assumption.stable_measure, unsure="ignored"),
    Gate(check="provisional_data", relaxes=Assumption.stable_measure, unsure="ignored"),
    Gate(check="peeking", relaxes=Assumption.prespecified_window, unsure="if_known"),
    # What is known of these shows the base analysis to be wrong, and by how much.
    Gate(check="spillover", relaxes=Assumption.no_spillover, problem="replaces", unsure="ignored"),
    Gate(
        check="adopters",
        relaxes=Assumption.all_sites_reported,
        problem="replaces",
        unsure="ignored",
    ),
    Gate(
        check="attrition",
        relaxes=Assumption.stable_composition,
        problem="replaces",
        unsure="ignored",
    ),
    Gate(
        check="case_mix",
        relaxes=Assumption.stable_composition,
        problem="replaces",
        unsure="ignored",
    ),
    # Here what is left leans on more than the base analysis does: both must agree.
    Gate(check="negative_controls", relaxes=Assumption.no_concurrent_change, unsure="ignored"),
    Gate(check="site_reversion", relaxes=Assumption.no_mean_reversion, unsure="ignored"),
    Gate(check="displacement", relaxes=Assumption.no_harm_elsewhere, unsure="ignored"),
    Gate(check="carried_by_few", relaxes=Assumption.not_one_unit, unsure="ignored"),
    Gate(check="metric", relaxes=Assumption.prespecified_outcome, unsure="ignored"),
)


#: Weights in the correction for many checks: docs/decisions/0010-weighted-checks.md.
#: A fault that is hard to see weighs more; one that leaves no doubt where it is there weighs little.
WEIGHTS: tuple[tuple[str, float], ...] = (
    ("window", 3.0),
    ("pre_fit", 2.0),
    ("pre_trend", 1.0),
    ("anticipation", 1.0),
    ("fade_out", 1.0),
    ("forbidden_comparisons", 1.0),
    ("rate_decomposition", 1.0),
    ("site_reversion", 0.5),
    ("balancing", 0.5),
    ("mean_reversion", 0.5),
    ("adopters", 0.25),
    ("comparison_jump", 0.25),
    ("displacement", 0.25),
    ("negative_controls", 0.25),
    ("spillover", 0.25),
    ("placebo_in_time", 0.1),
    ("calendar_mismatch", 0.1),
    ("carried_by_few", 0.1),
    ("case_mix", 0.1),
    ("outliers", 0.1),
    ("undeclared_break", 0.1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every threshold that a verdict depends on.

    Parameters
    ----------
    shown_share
        κ: share of the claimed size that must be shown for "supported".
    overstated_below
        τ: a claim counts as overstated where the interval ends below this share of it.
    default_smallest
        Smallest effect as a share of the claim, where the claim declares none.
    level
        Confidence level of every interval.
    check_level
        Error rate of the statistical checks of one claim together (Holm).
    strict
        Always decide on the hull of base and stressed interval.
    few_treated
        Up to so many treated units inference is by randomisation, never by clusters.
    draws
        Random assignments where they cannot all be listed.
    seed
        Seed of those draws.
    minimum_side
        Fewest periods on either side of a launch in a single series (EPOC).
    fatal
        Checks whose problem makes a claim not evaluable.
    gates
        Which checks let which stressed analyses into the decision.
    check_weights
        How much of `check_level` each statistical check is worth; one that is not named is worth 1.
        Those named count whenever they could run, also where they are clear.

    Examples
    --------
    >>> Policy(strict=True).digest == Policy().digest
    False
    """

    shown_share: float = 0.5
    overstated_below: float = 0.8
    default_smallest: float = 0.25
    level: float = 0.95
    check_level: float = 0.05
    strict: bool = False
    few_treated: int = 5
    draws: int = 4999
    seed: int = 20260101
    minimum_side: int = 3
    fatal: tuple[str, ...] = ("definition_break", "concurrent_change")
    gates: tuple[Gate, ...] = GATES
    check_weights: tuple[tuple[str, float], ...] = WEIGHTS

    def __post_init__(self) -> None:
        shares = (self.shown_share, self.overstated_below, self.default_smallest)
        if not all(0 < share <= 1 for share in shares):
            raise InnoevalError(
                f"policy: shares {shares} must lie above 0 and at most at 1; mend the policy"
            )
        if not (0.5 < self.level < 1 and 0 < self.check_level < 0.5):
            raise InnoevalError(
                f"policy: level {self.level} or check_level {self.check_level} is not a "
                "probability that an interval can keep; the usual ones are 0.95 and 0.05"
            )
        if min(self.draws, self.minimum_side) < 1 or min(self.few_treated, self.seed) < 0:
            raise InnoevalError(
                f"policy: draws {self.draws} and minimum_side {self.minimum_side} must be at least 1, "
                f"few_treated {self.few_treated} and the seed {self.seed} not negative"
            )
        if not all(0 < weight < float("inf") for _, weight in self.check_weights):
            raise InnoevalError(
                f"policy: check_weights {self.check_weights} must be positive numbers; to leave a "
                "check out of the decision, take it out of the gates"
            )
        if self.shown_share > self.overstated_below:
            raise InnoevalError(
                "policy: shown_share exceeds overstated_below, so that one interval could both "
                "fall short and be overstated; make it smaller"
            )

    @property
    def digest(self) -> str:
        """SHA-256 of every threshold."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()
