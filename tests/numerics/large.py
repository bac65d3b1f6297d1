"""`python -m tests.numerics.large UNITS DESIGN`: many units, the answer by hand, seconds and megabytes.

Printed as one line of JSON; in a process of its own, memory is that of the design alone.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import innoeval as ie
from innoeval import designs as d

#: What is asked, in words.
ASKED = {
    "did": "DifferenceInDifferences",
    "two_way": "TwoWayFixedEffects",
    "callaway": "CallawaySantAnna, two starts",
    "verdict": "evaluate: design, checks, verdict",
}
PERIODS = 3


class Answer(NamedTuple):
    """What a design found of so many units beside the same by hand, and what it cost."""

    effect: float
    std_error: float
    effect_by_hand: float
    error_by_hand: float
    seconds: float
    megabytes: float


def posed(n: int, *, staggered: bool) -> tuple[np.ndarray, np.ndarray, ie.Panel, ie.Claim]:
    """Outcomes (n, 3) near 10⁶, first treated period of each unit (0 for never), panel, claim."""
    rng = np.random.default_rng(20261124)
    y = 1e6 + 1e3 * rng.normal(size=(n, 1)) + rng.normal(size=(n, PERIODS))
    starts = np.arange(n) % 3 if staggered else np.arange(n) % 2
    names = np.array([f"u{i:07d}" for i in range(n)], dtype=object)
    frame = pd.DataFrame(
        {"unit": np.repeat(names, PERIODS), "year": np.tile(np.arange(PERIODS) + 2000, n), "y": y.ravel()}
    )  # fmt: skip
    panel = ie.Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",))
    treated = {u: str(2000 + s) for u, s in zip(names, starts, strict=True) if s}
    claim = ie.Claim(id="c", innovation="x", outcome="y", better="lower", size=1.0, scale="absolute",
                     treated=treated)  # fmt: skip
    return y, starts, panel, claim


def by_hand(y: np.ndarray, starts: np.ndarray) -> tuple[float, float]:
    """Means of changes from the period before the start, and the error of their difference."""
    y = y - y[:, :1]
    share, of_never = {}, starts == 0
    cells = [(g, t) for g in sorted(set(starts) - {0}) for t in range(g, PERIODS)]
    for g, t in cells:
        share[g, t] = (starts == g).sum()
    total = sum(share.values())
    change = {g: np.zeros(len(y)) for g in set(starts) - {0}}
    for g, t in cells:
        change[g] += share[g, t] / total * (y[:, t] - y[:, g - 1])
    effect = sum(c[starts == g].mean() - c[of_never].mean() for g, c in change.items())
    parts = [c[starts == g].var(ddof=1) / (starts == g).sum() for g, c in change.items()]
    parts.append(sum(change.values())[of_never].var(ddof=1) / of_never.sum())
    return float(effect), float(np.sqrt(sum(parts)))


def answer(n: int, design: str) -> Answer:
    """One design on n units."""
    y, starts, panel, claim = posed(n, staggered=design == "callaway")
    effect, error = by_hand(y, starts)
    began = time.process_time()
    found: Any
    if design == "verdict":
        found = ie.evaluate(claim, panel).estimate
    else:
        found = {
            "did": d.DifferenceInDifferences(), "two_way": d.TwoWayFixedEffects(),
            "callaway": d.CallawaySantAnna(comparison="never_treated"),
        }[design].fit(panel, claim)  # fmt: skip
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Answer(found.effect, found.std_error, effect, error, seconds, peak)


def apart(n: int, design: str) -> Answer:
    """The same in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.numerics.large", str(n), design],
        capture_output=True, check=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return Answer(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(int(sys.argv[1]), sys.argv[2])._asdict()) + "\n")
