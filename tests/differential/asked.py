"""A question that innoeval and another library both answer, and what came of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Answer:
    """One number of ours beside theirs. `theirs` is None until R has answered `name` of `model`."""

    peer: str
    what: str
    ours: float
    theirs: float | None
    tolerance: float
    convention: str = ""
    model: str = ""
    name: str = ""

    @property
    def gap(self) -> float:
        """Difference as a share of the larger of both numbers and one."""
        if self.theirs is None or not (np.isfinite(self.ours) and np.isfinite(self.theirs)):
            return float("nan") if self.theirs is None else float("inf")
        return abs(self.ours - self.theirs) / max(1.0, abs(self.ours), abs(self.theirs))


@dataclass(frozen=True)
class Asked:
    """A panel's answers, and the data that R is asked about, by model."""

    answers: list[Answer] = field(default_factory=list)
    for_r: dict[str, pd.DataFrame] = field(default_factory=dict)


#: A question: a seed in, answers out.
Question = Callable[[int], Asked]


@contextmanager
def quiet() -> Iterator[None]:
    """Peers warn of what they do by design."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
