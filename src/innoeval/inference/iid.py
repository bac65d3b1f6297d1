"""The errors of a textbook's regression: every cell independent and alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IID:
    """Every cell taken as independent of the others, and as noisy as they are.

    Only for reproducing what others printed, with regressions on cells: in a panel a unit's periods
    are alike, so that these errors are too small.

    Examples
    --------
    >>> IID()
    IID()
    """
