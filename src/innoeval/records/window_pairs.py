"""Window pairs: every before and every after that could have been announced, and the one that was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innoeval.records.freeze import ArrayRecord, Floats, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowPairs(ArrayRecord):
    """K admissible pairs of windows with the improvement that each would have shown.

    Parameters
    ----------
    claim, outcome
        Of which claim, and which metric.
    periods
        Label of each period.
    before, after
        First and last place of each window, (K, 2).
    improvement
        Mean after less mean before, positive = better, beyond a trend that runs throughout, (K,).
    stated
        Which of the K the claim names.
    percentile
        Share of all pairs that show no more, in units of √(1/before + 1/after).
    pairs
        Number of admissible pairs; more than K where not all of them are kept.
    """

    claim: str
    outcome: str
    periods: tuple[str, ...]
    before: Floats
    after: Floats
    improvement: Floats
    stated: int
    percentile: float
    pairs: int

    def __post_init__(self) -> None:
        for name in ("before", "after", "improvement"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def lengths(self) -> Floats:
        """Number of periods before and after of each pair, (K, 2)."""
        both = [window[:, 1] - window[:, 0] + 1 for window in (self.before, self.after)]
        return np.column_stack(both)

    def named(self, which: int) -> tuple[str, str, str, str]:
        """First and last period before, first and last after, of one pair."""
        places = (*self.before[which], *self.after[which])
        first, last, start, end = (self.periods[int(place)] for place in places)
        return first, last, start, end

    def tidy(self) -> pd.DataFrame:
        """One row for each pair: its windows by name, and its improvement."""
        import pandas as pd

        names = ["before_first", "before_last", "after_first", "after_last"]
        table = pd.DataFrame([self.named(k) for k in range(len(self.improvement))], columns=names)
        stated = np.arange(len(table)) == self.stated
        return table.assign(improvement=self.improvement, stated=stated)
