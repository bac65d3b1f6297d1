"""Imputation beside diff-diff's: `python -m benchmarks.imputation`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine
from innoeval.designs import Imputation

SEED = 20260301
LOAD = """
import warnings; warnings.simplefilter("ignore")
import pandas as pd, benchmarks.imputation as b, innoeval as ie, diff_diff
from innoeval.designs import Imputation
frame = pd.read_parquet({path!r})
treated = {{u: str(s) for u, s in frame.groupby("unit")["first"].first().items() if s}}
"""


def drawn(n: int, periods: int, missing: float = 0.0) -> tuple[pd.DataFrame, dict[str, str]]:
    """Long unsorted frame with text units and growing effects, and who starts when."""
    rng = np.random.default_rng(SEED)
    starts = rng.choice([0, 6, 9, 12, 15], n)
    time = np.arange(periods)
    y = rng.standard_normal((n, 1)) + rng.standard_normal(periods)
    y = y + rng.standard_normal((n, periods))
    y += (starts[:, None] > 0) * np.maximum(time - starts[:, None] + 1, 0) * 0.1
    units = np.array([f"unit {i:06d}" for i in range(n)])
    frame = pd.DataFrame({
        "unit": np.repeat(units, periods), "period": np.tile(time, n), "y": y.ravel(),
        "first": np.repeat(starts, periods),
    })  # fmt: skip
    frame = frame[rng.random(len(frame)) >= missing].sample(frac=1, random_state=1)
    treated = {u: str(s) for u, s in zip(units, starts, strict=True) if s}
    return frame.reset_index(drop=True), treated


def read(frame: pd.DataFrame, treated: dict[str, str]) -> tuple[ie.Panel, ie.Claim]:
    """Panel and claim from the long frame."""
    panel = ie.Panel(frame=frame, unit="unit", period="period", freq="integer", outcomes=("y",))
    claim = ie.Claim(id="c", innovation="i", outcome="y", better="higher", treated=treated,
                     size=1.0, scale="absolute")  # fmt: skip
    return panel, claim


def theirs(frame: pd.DataFrame) -> object:
    """diff-diff's estimate from the long frame."""
    import diff_diff

    return diff_diff.ImputationDiD().fit(frame, "y", "unit", "period", "first")


def jobs(n: int, missing: float) -> dict[str, Callable[[], object]]:
    """Both libraries from the long frame, and ours from a panel that is already read."""
    frame, treated = drawn(n, 20, missing)
    ready = read(frame, treated)
    return {
        "frame": lambda: Imputation().fit(*read(frame, treated)),
        "panel": lambda: Imputation().fit(*ready),
        "diff-diff": lambda: theirs(frame),
    }


def memory(n: int) -> tuple[float, float]:
    """Megabytes that each library adds to a process that holds the long frame."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "frame.parquet")
        code = f"import benchmarks.imputation as b; b.drawn({n}, 20)[0].to_parquet({path!r})"
        subprocess.run([sys.executable, "-c", code], check=True)
        load = LOAD.format(path=path)
        return (
            added_memory(load, "Imputation().fit(*b.read(frame, treated))"),
            added_memory(load, "b.theirs(frame)"),
        )


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    ours, peer = memory(
        100_000
    )  # first: a new process starts with the peak of the one that made it
    lines = [
        "# Imputation: speed and memory",
        "",
        "Written by `python -m benchmarks --write imputation`; do not edit by hand.",
        "",
        (
            "The input is a long frame with unsorted text units. Effects, their conservative error "
            "and the covariance of all cohort-by-period effects; diff-diff gives the overall effect "
            "and its error. Medians of process time, the libraries in turns."
        ),
        "",
        (
            "| units × periods | missing | innoeval, from the frame | with the panel read | diff-diff "
            "| ratio | ratio, panel read |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for n, missing, rounds in ((10_000, 0.0, 9), (10_000, 0.1, 5), (100_000, 0.0, 3)):
        took = in_turns(jobs(n, missing), rounds)
        lines.append(
            f"| {n:,} × 20 | {100 * missing:.0f} % | {1000 * took['frame']:.0f} ms | "
            f"{1000 * took['panel']:.0f} ms | {1000 * took['diff-diff']:,.0f} ms | "
            f"{took['diff-diff'] / took['frame']:.0f} × | {took['diff-diff'] / took['panel']:.0f} × |"
        )
    lines += [
        "",
        (
            f"Peak memory added at 100,000 × 20 (the outcomes as a matrix are {2e6 * 8 / 2**20:.0f} MB): "
            f"innoeval {ours:.0f} MB, the panel included; diff-diff {peer:.0f} MB."
        ),
        "",
        (
            "Reading the frame into a panel (checking duplicates and values) is shared by all "
            "designs and checks; most of it is finding the distinct text units."
        ),
        "",
        machine(),
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
