"""Placebos: what a design shows where and when nothing happened, beside what it shows for real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from innoeval.errors import DesignError
from innoeval.records.freeze import ArrayRecord, Floats, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placebos(ArrayRecord):
    """Effects of M pretended innovations and of the real one, raw sign and outcome units.

    Parameters
    ----------
    claim, outcome, design
        Whose estimate is held against them, of which metric, by which design.
    kind
        "space": other units are taken for treated. "time": an earlier start is pretended.
    name
        Name of the real row: the treated units, or the real start.
    labels
        Name of each placebo: a unit, or a pretended start; empty where each is a random group.
    effect
        Effect of each, (M,).
    low, high
        Ends of its interval, (M,); `nan` where it has none.
    misfit
        Root mean square of what the design misses before the start, (M,); None where effects are
        ranked as they are.
    real, real_low, real_high, real_misfit
        The same of the real innovation; None where there is none.

    Raises
    ------
    DesignError
        Where there is no placebo.
    """

    claim: str
    outcome: str
    design: str
    kind: Literal["space", "time"]
    name: str
    labels: tuple[str, ...] = ()
    effect: Floats
    low: Floats
    high: Floats
    misfit: Floats | None = None
    real: float
    real_low: float | None = None
    real_high: float | None = None
    real_misfit: float | None = None

    def __post_init__(self) -> None:
        for name in ("effect", "low", "high", "misfit"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, read_only(getattr(self, name)))
        if not len(self.effect) or not np.isfinite(self.effect).all():
            raise DesignError(
                f"claim '{self.claim}' has no placebo with a known effect; it needs units without "
                "the innovation, or periods before the start"
            )

    @property
    def measured(self) -> Floats:
        """What is ranked: effects, or their multiples of the misfit, (M + 1,); the real one first."""
        effects = np.concatenate([[self.real], self.effect])
        if self.misfit is None or self.real_misfit is None:
            return effects
        return np.asarray(effects / np.concatenate([[self.real_misfit], self.misfit]))

    @property
    def rank(self) -> int:
        """Place of the real effect by size, whatever its sign: 1 is the largest of M + 1."""
        sizes = np.abs(self.measured)
        return int((sizes[1:] >= sizes[0] * (1 - 1e-10)).sum()) + 1

    def tidy(self) -> pd.DataFrame:
        """One row for the real effect and one for each placebo: name, effect, ends, what is ranked."""
        import pandas as pd

        labels = self.labels or tuple(f"group {i + 1}" for i in range(len(self.effect)))
        return pd.DataFrame(
            {
                "name": [self.name, *labels],
                "placebo": [False, *[True] * len(labels)],
                "effect": [self.real, *self.effect],
                "conf_low": [self.real_low, *self.low],
                "conf_high": [self.real_high, *self.high],
                "measured": self.measured,
            }
        )
