"""Comparisons: the two-by-two comparisons that a regression with unit and period effects averages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from innoeval.records.freeze import ArrayRecord, Floats, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparisons(ArrayRecord):
    """K comparisons of two groups that start at different times, with their weights.

    Parameters
    ----------
    claim, outcome
        Of which claim, and which metric.
    coefficient
        The regression's coefficient: weights times estimates.
    treated, comparison
        Start of the group that is taken for treated, and of the one that it is held against:
        period labels, "never" or "always".
    kind
        What the latter is: "never treated", "not yet treated", "already treated" or "always treated".
    weight, estimate
        Arrays (K,); the weights sum to 1, the estimates are in outcome units and raw sign.
    """

    claim: str
    outcome: str
    coefficient: float
    treated: tuple[str, ...]
    comparison: tuple[str, ...]
    kind: tuple[str, ...]
    weight: Floats
    estimate: Floats

    def __post_init__(self) -> None:
        for name in ("weight", "estimate"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def by_kind(self) -> dict[str, tuple[float, float]]:
        """Weight of each kind of comparison that there is, and its average estimate."""
        found: dict[str, tuple[float, float]] = {}
        for kind in dict.fromkeys(self.kind):
            one = [k for k, other in enumerate(self.kind) if other == kind]
            weight = float(self.weight[one].sum())
            average = float(self.weight[one] @ self.estimate[one]) / weight if weight else 0.0
            found[kind] = weight, average
        return found

    def tidy(self) -> pd.DataFrame:
        """One row for each comparison."""
        import pandas as pd

        names = ("treated", "comparison", "kind", "weight", "estimate")
        return pd.DataFrame({name: getattr(self, name) for name in names})
