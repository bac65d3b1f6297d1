"""What a judge is asked, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.records.verdict import Status
from innoeval.simulate import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a judge says of a claim.

    Parameters
    ----------
    status
        One of the statuses of a verdict.
    interval
        For the improvement, on the claim's scale; + = better. None: it has none.
    flags
        Names of checks that found a problem; None: it looks for none.

    Examples
    --------
    >>> Answer(status="inconclusive").flags is None
    True
    """

    status: Status
    interval: tuple[float, float] | None = None
    flags: tuple[str, ...] | None = None


Judge = Callable[[Claim, Panel], Answer]


@dataclass(frozen=True, slots=True)
class Sighted:
    """A judge that sees the scenario, truth and all; it may pass over one.

    Parameters
    ----------
    judge
        A function of a scenario that returns an answer, or None.
    """

    judge: Callable[[Scenario], Answer | None]
