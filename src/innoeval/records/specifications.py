"""The specification curve: one claim under every admissible way to analyse it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from innoeval.records.freeze import ArrayRecord, Floats, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpecificationCurve(ArrayRecord):
    """Improvement of a claim under K analyses, sorted from the smallest to the largest.

    Parameters
    ----------
    claim, outcome
        The claim's id and the outcome.
    effect, low, high
        Improvement in outcome units (positive = better) and its interval, each (K,).
    choice
        Array (K, D) of whole numbers: which option of each dimension an analysis takes.
    dimensions
        Name of each of the D dimensions, with the names of its options.
    claimed
        Claimed improvement in outcome units; None where no number was claimed.
    supports
        Share of the analyses by themselves that would call the claim supported.
    improves
        Share whose interval shows an improvement.
    place
        Share of the analyses with an improvement at least as large as claimed; None without one.
    estimate
        Improvement that the deciding design found; None where it is not known.
    """

    claim: str
    outcome: str
    effect: Floats
    low: Floats
    high: Floats
    choice: Floats
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    claimed: float | None
    supports: float
    improves: float
    place: float | None
    estimate: float | None = None

    def __post_init__(self) -> None:
        for name in ("effect", "low", "high", "choice"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def median(self) -> float:
        """Improvement of the analysis in the middle."""
        return float(np.median(self.effect))

    def option(self, dimension: int) -> npt.NDArray[np.str_]:
        """Name of the option that each analysis takes, (K,)."""
        return np.array(self.dimensions[dimension][1])[self.choice[:, dimension].astype(np.int64)]

    def tidy(self) -> pd.DataFrame:
        """One row for each analysis, its options in columns."""
        import pandas as pd

        columns = {name: self.option(d) for d, (name, _) in enumerate(self.dimensions)}
        return pd.DataFrame(
            {**columns, "estimate": self.effect, "conf_low": self.low, "conf_high": self.high}
        )
