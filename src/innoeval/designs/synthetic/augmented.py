"""Augmented synthetic control, and regression on donors by an elastic net."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innoeval.designs.synthetic.base import DonorDesign
from innoeval.designs.synthetic.pool import Pool
from innoeval.errors import DesignError
from innoeval.stats.augmented import augmented_control, choose_ridge
from innoeval.stats.donors import Imitation, Task
from innoeval.stats.elastic import choose_strength, elastic_net


@dataclass(frozen=True, slots=True)
class AugmentedSyntheticControl(DonorDesign):
    r"""Synthetic control, corrected by a ridge regression for what it misses before the start.

    Estimand and identification as `SyntheticControl`, for a treated unit that no mix of donors can
    imitate well: weights may then be negative, so that the correction extrapolates beyond the
    donors. The penalty λ keeps that small; by default it is the largest one whose error on periods
    left out is within one standard error of the least. Placebos are corrected with the same λ.

    Parameters
    ----------
    ridge
        λ, in squared units of the outcome; None: chosen by cross-validation.

    References
    ----------
    Ben-Michael, Feller & Rothstein (2021), JASA 116:1789-1803, doi:10.1080/01621459.2021.1929245.

    Examples
    --------
    A moves twice as far as B and C and falls by 2 in the last year:

    >>> import pandas as pd
    >>> from innoeval.records import Claim, Panel
    >>> frame = pd.DataFrame({"ward": list("AAAABBBBCCCC"), "year": [2020, 2021, 2022, 2023] * 3,
    ...                       "days": [4., 6, 2, 4, 4, 5, 3, 5, 4, 4.6, 3.4, 4.6]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2023", size=2, scale="absolute")
    >>> round(AugmentedSyntheticControl(ridge=1e-9).fit(panel, claim).effect, 6)
    -2.0
    """

    ridge: float | None = None

    def __post_init__(self) -> None:
        if self.ridge is not None and not self.ridge > 0:
            raise DesignError(f"the ridge is {self.ridge}; it must be above zero, or None")

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """Weights that follow a series before the start, and extrapolate a little."""
        ridge = self.ridge
        if ridge is None:
            ridge = choose_ridge(pool.outcomes, task.targets[0], task.before, ~pool.treated)
        return augmented_control(pool.outcomes, task, ridge)


@dataclass(frozen=True, slots=True)
class ElasticNetControl(DonorDesign):
    r"""The treated unit regressed on donors before the start, under an elastic net.

    Estimand as `SyntheticControl`. Levels may differ, weights may be negative and need not sum to
    one; what they do not follow is settled by the penalty. Its strength is the one with which
    donors, in turn taken as treated, are predicted best after the start.

    Parameters
    ----------
    mix
        Between 0 (ridge: many small weights) and 1 (lasso: few donors).
    strength
        Strength of the penalty, in squared units of the outcome; None: chosen by cross-validation.

    References
    ----------
    Doudchenko & Imbens (2016), NBER working paper 22791, doi:10.3386/w22791.
    """

    mix: float = 0.5
    strength: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.mix <= 1 or (self.strength is not None and self.strength < 0):
            raise DesignError(
                f"mix {self.mix} has to lie between 0 and 1, and strength {self.strength} cannot be negative"
            )

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level than the treated units."""
        return True

    def imitate(self, pool: Pool, task: Task) -> Imitation:
        """Weights that follow a series before the start."""
        strength = self.strength
        if strength is None:
            after = task.after if task.after.any() else np.zeros_like(task.before)
            strength = choose_strength(pool.outcomes, ~pool.treated, task.before, after, self.mix)
        return elastic_net(pool.outcomes, task, strength, self.mix)
