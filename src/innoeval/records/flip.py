"""The flip: the smallest change under which a verdict would be another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from innoeval.records.verdict import Status

Change = Literal["bias", "trend", "start", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What would change a verdict, and into what.

    Parameters
    ----------
    change
        What is changed: a "bias" of the estimate, a difference in "trend", the "start" by some
        periods, or a "unit" that is left out.
    size
        How much of it: bias on the claim's scale (positive = it flatters), trend in outcome units
        a period, periods, or the unit's pull in outcome units; None where nothing looked at changes
        the verdict.
    status
        The verdict that it would then be; None where it stays.
    says
        One plain sentence.
    """

    change: Change
    size: float | None
    status: Status | None
    says: str
