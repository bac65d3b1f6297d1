"""Small panels for every design, and how many examples a property is tried on.

The fast suite tries a few, the same ones each time. INNOEVAL_EXAMPLES=50 tries fifty times as many.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from innoeval import designs as d
from innoeval.records import Claim, Estimate, Panel

FACTOR = int(os.environ.get("INNOEVAL_EXAMPLES", "1"))
seeds = st.integers(0, 1_000_000)


def tried(examples: int) -> settings:
    """A property's settings: so many examples in the fast suite, drawn alike each time.

    Only the longer run looks for the simplest case that fails, which takes minutes.
    """
    phases = tuple(Phase) if FACTOR > 1 else (Phase.explicit, Phase.generate)
    return settings(
        max_examples=examples * FACTOR, deadline=None, derandomize=True, database=None, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Outcomes (N, T), `nan` where there is no row, and the first treated place of each unit."""

    values: np.ndarray
    starts: np.ndarray
    extra: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def on(self) -> np.ndarray:
        """Treated cells (N, T)."""
        return (self.starts[:, None] > 0) & (
            np.arange(self.values.shape[1]) >= self.starts[:, None]
        )

    def but(self, values: np.ndarray) -> Drawn:
        """The same with other outcomes."""
        return Drawn(values, self.starts, self.extra)


def names(n: int) -> list[str]:
    return [f"u{i:02d}" for i in range(n)]


def frame_of(drawn: Drawn, called: list[str] | None = None, first: int = 2000) -> pd.DataFrame:
    n, T = drawn.values.shape
    columns = {
        "unit": np.repeat(called or names(n), T), "year": np.tile(np.arange(T) + first, n),
        "y": drawn.values.ravel(), "on": drawn.on.ravel().astype(float),
        **{name: np.repeat(column, T) for name, column in drawn.extra.items()},
    }  # fmt: skip
    return pd.DataFrame(columns).dropna(subset="y").reset_index(drop=True)


def asked(
    drawn: Drawn,
    frame: pd.DataFrame | None = None,
    called: list[str] | None = None,
    first: int = 2000,
    outcomes: tuple[str, ...] = ("y",),
    **more: object,
) -> tuple[Panel, Claim]:
    """Panel and claim."""
    frame = frame_of(drawn, called, first) if frame is None else frame
    covariates = ("on", *drawn.extra)
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=outcomes,
                  covariates=covariates)  # fmt: skip
    called = called or names(len(drawn.starts))
    fields = {
        "id": "c", "innovation": "desk", "outcome": "y", "better": "lower", "size": 1.0,
        "scale": "absolute",
        "treated": {u: str(first + s) for u, s in zip(called, drawn.starts, strict=True) if s > 0},
    }  # fmt: skip
    return panel, Claim(**{**fields, **more})


def noise(rng: np.random.Generator, n: int, T: int) -> np.ndarray:
    """Units with levels of their own and errors that linger."""
    e = rng.normal(size=(n, T))
    for t in range(1, T):
        e[:, t] += 0.4 * e[:, t - 1]
    return 20 + 3 * rng.normal(size=(n, 1)) + np.cumsum(rng.normal(size=T)) + e


def many(rng: np.random.Generator) -> Drawn:
    starts = np.where(np.arange(14) < 6, 5, 0)
    return Drawn(noise(rng, 14, 8), starts)


def staggered(rng: np.random.Generator) -> Drawn:
    starts = np.repeat([3, 5, 0], 7)
    return Drawn(noise(rng, 21, 8), starts)


def one(rng: np.random.Generator) -> Drawn:
    return Drawn(noise(rng, 9, 14), np.where(np.arange(9) < 1, 10, 0))


def few_donors(rng: np.random.Generator) -> Drawn:
    return Drawn(noise(rng, 5, 9), np.where(np.arange(5) < 1, 6, 0))


def series(rng: np.random.Generator) -> Drawn:
    return Drawn(noise(rng, 1, 32), np.array([20]))


def pair(rng: np.random.Generator) -> Drawn:
    return Drawn(noise(rng, 4, 32), np.array([20, 0, 0, 0]))


def triple(rng: np.random.Generator) -> Drawn:
    old, place = np.arange(32) % 2, np.arange(32) // 2
    drawn = noise(rng, 32, 6)
    starts = np.where((old == 1) & (place < 8), 3, 0)
    return Drawn(drawn, starts, {"old": old.astype(float), "place": place.astype(float)})


def counts(rng: np.random.Generator) -> Drawn:
    level = rng.gamma(8, 6, (16, 1)) * np.exp(0.02 * np.arange(8))
    return Drawn(rng.poisson(level) + 1.0, np.where(np.arange(16) < 7, 5, 0))


def shares(rng: np.random.Generator) -> Drawn:
    p = 1 / (1 + np.exp(-rng.normal(size=(16, 1)) - 0.1 * rng.normal(size=8)))
    return Drawn(rng.binomial(60, p, (16, 8)) / 60, np.where(np.arange(16) < 7, 5, 0))


@dataclass(frozen=True)
class Of:
    """A design with a panel that suits it, and what it owes.

    `additive`: unit shifts and common shocks do not count. `equal`: with one start it weighs
    never-treated units equally. `linear`: an effect added is an effect found.
    """

    design: object
    draw: Callable[[np.random.Generator], Drawn]
    additive: bool = True
    equal: bool = False
    linear: bool = True
    scales: bool = True
    by_chance: bool = False

    def fit(self, drawn: Drawn, **more: object) -> Estimate:
        return self.design.fit(*asked(drawn, **more))

    def drawn(self, seed: int) -> Drawn:
        return self.draw(np.random.default_rng(seed))


DESIGNS: dict[str, Of] = {
    "BeforeAfter": Of(d.BeforeAfter(), many, additive=False),
    "DifferenceInDifferences": Of(d.DifferenceInDifferences(), many, equal=True),
    "TwoWayFixedEffects": Of(d.TwoWayFixedEffects(), many, equal=True),
    "EventStudy": Of(d.EventStudy(), many, equal=True),
    "CallawaySantAnna, never": Of(d.CallawaySantAnna(comparison="never_treated"), staggered, equal=True),
    "CallawaySantAnna, not yet": Of(d.CallawaySantAnna(comparison="not_yet_treated"), staggered),
    "CallawaySantAnna, universal": Of(d.CallawaySantAnna(base="universal"), many, equal=True),
    "SunAbraham": Of(d.SunAbraham(), staggered, equal=True),
    "ExtendedTWFE": Of(d.ExtendedTWFE(), many, equal=True),
    "ExtendedTWFE, staggered": Of(d.ExtendedTWFE(), staggered),
    "Imputation": Of(d.Imputation(), many, equal=True),
    "Imputation, staggered": Of(d.Imputation(), staggered),
    "StackedDiD": Of(d.StackedDiD(before=2, after=1), staggered),
    "SwitchingDiD": Of(d.SwitchingDiD(exposure="on"), many),
    "Dose": Of(d.Dose(exposure="on"), many),
    "Dose, two-way": Of(d.Dose(exposure="on", method="two_way"), many),
    "TripleDifference": Of(d.TripleDifference(within="old", place="place"), triple),
    "SyntheticControl": Of(d.SyntheticControl(), one, additive=False, by_chance=True),
    "AugmentedSyntheticControl": Of(d.AugmentedSyntheticControl(), one, additive=False, by_chance=True),
    "ElasticNetControl": Of(d.ElasticNetControl(), few_donors, additive=False, by_chance=True),
    "SyntheticDiD": Of(d.SyntheticDiD(), one, by_chance=True),
    "MatrixCompletion": Of(d.MatrixCompletion(), one, by_chance=True),
    "SegmentedRegression": Of(d.SegmentedRegression(), series, additive=False),
    "SegmentedRegression, REML": Of(d.SegmentedRegression(errors="reml"), series, additive=False),
    "SegmentedRegression, Newey-West": Of(d.SegmentedRegression(errors="newey_west"), series, additive=False),
    "SegmentedRegression, Prais-Winsten": Of(d.SegmentedRegression(errors="prais_winsten"), series, additive=False),
    "ControlledITS": Of(d.ControlledITS(), pair),
    "StructuralTimeSeries": Of(d.StructuralTimeSeries(), series, additive=False),
    "PoissonDiD": Of(d.PoissonDiD(), counts, additive=False, linear=False),
    "FractionalDiD": Of(d.FractionalDiD(), shares, additive=False, linear=False, scales=False),
}  # fmt: skip
