"""Synthetic control and synthetic DiD beside diff-diff and pysyncon: `python -m benchmarks.synthetic`.

pysyncon is no dependency; name a Python that has it in PYSYNCON_PYTHON to have it measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine
from innoeval.designs.synthetic import SyntheticDiD, kernel
from innoeval.inference import PlaceboInSpace
from innoeval.stats.donors import Task, synthetic_control
from innoeval.stats.placebo import floored, rank
from innoeval.stats.simplex import simplex

SEED, UNITS, PERIODS, LAUNCH = 20260301, 50, 48, 36
LOAD = """
import warnings; warnings.simplefilter("ignore")
import benchmarks.synthetic as b, diff_diff
frame = b.drawn(b.UNITS, b.PERIODS, 3)
"""
#: pysyncon matches three lags with its own search for their importance; five units are timed.
PEER = """
import time, warnings; warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from pysyncon import Dataprep, Synth
values = np.load({path!r})
n, periods = values.shape
frame = pd.DataFrame({{"unit": np.repeat([f"u{{i:02d}}" for i in range(n)], periods),
                       "period": np.tile(np.arange(periods), n), "y": values.ravel()}})
units, took = sorted(frame["unit"].unique()), []
for unit in units[:5]:
    start = time.process_time()
    data = Dataprep(foo=frame, predictors=["y"], predictors_op="mean", dependent="y",
        unit_variable="unit", time_variable="period", treatment_identifier=unit,
        controls_identifier=[u for u in units if u != unit],
        time_predictors_prior=range({launch}), time_optimize_ssr=range({launch}),
        special_predictors=[("y", [5], "mean"), ("y", [20], "mean"), ("y", [35], "mean")])
    Synth().fit(dataprep=data)
    took.append(time.process_time() - start)
print(sum(took) / len(took) * n)
"""


def outcomes(n: int, periods: int) -> np.ndarray:
    """Units (n, periods) that follow three shared random walks."""
    rng = np.random.default_rng(SEED)
    shared = rng.normal(size=(periods, 3)).cumsum(axis=0)
    return np.asarray((shared @ rng.normal(size=(3, n)) + rng.normal(size=(periods, n))).T)


def drawn(n: int, periods: int, n_treated: int) -> pd.DataFrame:
    """The same as a long frame; the first units are treated from a period on."""
    return pd.DataFrame({
        "unit": np.repeat([f"u{i:04d}" for i in range(n)], periods),
        "period": np.tile(np.arange(periods), n), "y": outcomes(n, periods).ravel(),
        "ours": np.repeat((np.arange(n) < n_treated).astype(int), periods),
    })  # fmt: skip


def read(frame: pd.DataFrame) -> tuple[ie.Panel, ie.Claim]:
    """Panel and claim from the long frame."""
    panel = ie.Panel(
        frame=frame[["unit", "period", "y"]], unit="unit", period="period", freq="integer",
        outcomes=("y",),
    )  # fmt: skip
    treated = frame.loc[frame["ours"] == 1, "unit"].unique().tolist()
    claim = ie.Claim(id="c", innovation="i", outcome="y", better="higher", treated=treated,
                     start=str(LAUNCH), size=1.0, scale="absolute")  # fmt: skip
    return panel, claim


def ours(panel: ie.Panel, claim: ie.Claim) -> object:
    """The estimate with 200 placebo draws, nothing remembered from the last time."""
    kernel.forget()
    return SyntheticDiD().fit(panel, claim, inference=PlaceboInSpace(draws=200))


def judged(panel: ie.Panel, claim: ie.Claim) -> object:
    """The whole way: designs, every check, the verdict; nothing remembered from the last time."""
    kernel.forget()
    return ie.evaluate(claim, panel)


def theirs(frame: pd.DataFrame) -> object:
    """diff-diff's, with as many."""
    from diff_diff import SyntheticDiD as Peer

    return Peer(variance_method="placebo", n_bootstrap=200, seed=1).fit(
        frame, outcome="y", treatment="ours", unit="unit", time="period",
        post_periods=list(range(LAUNCH, PERIODS)),
    )  # fmt: skip


def one_unit() -> dict[str, Callable[[], object]]:
    """Weights of one unit from 49 donors over 48 periods, and dense least squares of that size."""
    values = outcomes(UNITS, PERIODS)
    target, donors = values[0], np.ascontiguousarray(values[1:].T)
    return {
        "simplex": lambda: simplex(donors.T @ donors, (donors.T @ target)[None]),
        "lstsq": lambda: np.linalg.lstsq(donors, target, rcond=None),
    }


def all_placebos() -> object:
    """Every unit as treated: weights, gaps, misfits before and after, and the rank."""
    values = outcomes(UNITS, PERIODS)
    before = np.arange(PERIODS) < LAUNCH
    found = synthetic_control(values, Task(values, before, ~before, ~np.eye(UNITS, dtype=bool)))
    later = np.sqrt((found.gaps[:, ~before] ** 2).mean(axis=1, keepdims=True))
    return rank(later, floored(found.misfit, LAUNCH), 0.95)


def many_donors() -> object:
    """One unit from 1,000 donors over 120 periods."""
    values = outcomes(1001, 120)
    donors = values[1:].T
    return simplex(donors.T @ donors, (donors.T @ values[0])[None])


def pysyncon() -> float | None:
    """Seconds for all 50 units, from five of them; None where it is not installed."""
    python = os.environ.get("PYSYNCON_PYTHON")
    if not python:
        return None
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.npy"
        np.save(path, outcomes(UNITS, PERIODS))
        done = subprocess.run(
            [python, "-c", PEER.format(path=str(path), launch=LAUNCH)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    mine, peer = (added_memory(LOAD, job) for job in ("b.ours(*b.read(frame))", "b.theirs(frame)"))
    solver = in_turns(one_unit(), 101)
    alone = in_turns({"placebos": all_placebos, "many": many_donors}, 11)
    frame = drawn(UNITS, PERIODS, 3)
    ready = read(frame)
    did = in_turns(
        {"frame": lambda: ours(*read(frame)), "panel": lambda: ours(*ready),
         "diff-diff": lambda: theirs(frame)}, 5,
    )  # fmt: skip
    one = read(drawn(UNITS, PERIODS, 1))
    whole = in_turns({"evaluate": lambda: judged(*one)}, 11)["evaluate"]
    other = pysyncon()
    told = (
        f"{other:.1f} s (five units × 10) | {other / alone['placebos']:,.0f}"
        if other
        else "not installed | "
    )
    dense = f"dense least squares {1e3 * solver['lstsq']:.2f} ms | {solver['lstsq'] / solver['simplex']:.2f}"
    slow = did["diff-diff"]
    beside = {
        name: f"{1e3 * did[name]:.0f} ms | diff-diff {slow:.2f} s | {slow / did[name]:.0f}"
        for name in ("frame", "panel")
    }
    lines = [
        "# Synthetic control and synthetic DiD: speed and memory",
        "",
        "Written by `python -m benchmarks --write synthetic`; do not edit by hand.",
        "",
        "Units follow three shared random walks. Medians of process time, in turns. `estimate` includes",
        "weights without each donor, the effect in every period and the path; diff-diff gives the effect",
        "and its error.",
        "",
        "| job | innoeval | beside it | ratio |",
        "|---|---:|---:|---:|",
        f"| weights of one unit, 49 donors × 48 periods | {1e3 * solver['simplex']:.2f} ms | {dense} |",
        f"| all 50 units as treated, with their misfits and rank | {1e3 * alone['placebos']:.1f} ms | pysyncon {told} |",
        f"| synthetic DiD, 3 of 50 treated, 200 placebo draws, from the frame | {beside['frame']} |",
        f"| the same from a panel that is read | {beside['panel']} |",
        f"| weights of one unit, 1,000 donors × 120 periods | {1e3 * alone['many']:.0f} ms | | |",
        f"| `evaluate`, 1 of 50 treated, 48 periods: every design, check and the verdict | {1e3 * whole:.0f} ms | | |",
        "",
        f"Memory that the synthetic DiD adds: {mine:.0f} MB, diff-diff {peer:.0f} MB.",
        "",
        machine(),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
