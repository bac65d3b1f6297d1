"""The policy: every threshold, fixed before a result is seen."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import lru_cache

from innoeval.errors import InnoevalError
from innoeval.records.gates import GATES, WEIGHTS, Gate


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
        return _digest(self)


@lru_cache(maxsize=8)
def _digest(policy: Policy) -> str:
    """Of a policy, kept: each of many claims prints it."""
    return hashlib.sha256(repr(sorted(asdict(policy).items())).encode()).hexdigest()
