"""Two-way fixed effects and staggered difference-in-differences: `python -m benchmarks.did`."""

from __future__ import annotations

import gc
import tracemalloc
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

import innoeval as ie
from benchmarks.measure import in_turns, machine

SEED = 20260301
FIRST = 2000


class Case(NamedTuple):
    """A long, unsorted frame with text units, and the same as a panel, a claim and a matrix."""

    frame: pd.DataFrame
    panel: ie.Panel
    claim: ie.Claim
    group: np.ndarray
    size: str


def drawn(units: int, periods: int) -> Case:
    """Three start dates, growing effects, rows in random order."""
    rng = np.random.default_rng(SEED)
    start = rng.choice([periods // 3, periods // 2, 2 * periods // 3, periods], units)
    time = np.arange(periods)
    y = rng.normal(size=(units, 1)) + rng.normal(size=(units, periods))
    y += np.maximum(time - start[:, None] + 1, 0) * 0.1
    names = np.char.add("unit ", rng.permutation(units).astype(str))
    rows = rng.permutation(units * periods)
    unit, year = rows // periods, rows % periods
    first = np.where(start < periods, start + FIRST, 0)
    frame = pd.DataFrame({
        "unit": pd.array(names[unit], dtype="str"), "year": year + FIRST, "y": y[unit, year],
        "first": first[unit],
    })  # fmt: skip
    frame["d"] = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).astype(int)
    treated = {str(n): str(f) for n, f in zip(names, first, strict=True) if f}
    claim = ie.Claim(id="c", innovation="i", outcome="y", better="higher", treated=treated,
                     size=1, scale="absolute")  # fmt: skip
    group = np.searchsorted(np.unique(start), start)[np.argsort(names)]
    return Case(frame, panel_of(frame), claim, group, f"{units:,} × {periods}")


def panel_of(frame: pd.DataFrame) -> ie.Panel:
    """The panel of such a frame."""
    return ie.Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",))


def floor(case: Case) -> Callable[[], object]:
    """What cannot be avoided: texts to numbers, rows to a matrix, a cross-product per cohort."""

    def job() -> None:
        unit, names = pd.factorize(case.frame["unit"])
        year = case.frame["year"].to_numpy() - FIRST
        matrix = np.empty((len(names), int(year.max()) + 1))
        matrix[unit, year] = case.frame["y"].to_numpy()
        for g in range(case.group.max() + 1):
            rows = matrix[np.flatnonzero(case.group == g)]
            rows -= rows.mean(axis=0)
            rows.T @ rows

    return job


def added(job: Callable[[], object]) -> float:
    """Megabytes that a job holds at its peak beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    job()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def staggered(case: Case, choice: object = None) -> Callable[[ie.Panel], object]:
    """Callaway-Sant'Anna with its event study."""
    design = ie.designs.CallawaySantAnna()
    return lambda panel: design.fit(panel, case.claim, inference=choice).aggregate("event")


def theirs(case: Case, draws: int = 0) -> Callable[[], object]:
    """The same by diff-diff."""
    import diff_diff

    peer = diff_diff.CallawaySantAnna(estimation_method="reg", n_bootstrap=draws, seed=SEED)
    return lambda: peer.fit(
        case.frame, outcome="y", unit="unit", time="year", first_treat="first",
        aggregate="event_study",
    )  # fmt: skip


def line(what: str, case: Case, times: dict[str, float]) -> list[str]:
    """One row for each peer."""
    whole, fit = times.pop("whole"), times.pop("fit")
    low = times.pop("floor", None)
    told = f"{low:.3f} s" if low else ""
    return [
        f"| {what}, {case.size} | {whole:.3f} s | {fit:.3f} s | {told} | {peer} | {slow:.3g} s "
        f"| {slow / whole:.1f} × | {slow / fit:.1f} × |"
        for peer, slow in times.items()
    ]


def two_way(case: Case, rounds: int) -> list[str]:
    """Two-way fixed effects with clustered errors."""
    import diff_diff
    import pyfixest

    design = ie.designs.TwoWayFixedEffects()
    one = case.frame.assign(
        treated=(case.frame["first"] > 0).astype(int),
        post=(case.frame["year"] >= FIRST + 12).astype(int),
    )
    times = in_turns({
        "whole": lambda: design.fit(panel_of(case.frame), case.claim),
        "fit": lambda: design.fit(case.panel, case.claim),
        "floor": floor(case),
        "pyfixest": lambda: pyfixest.feols(
            "y ~ d | unit + year", case.frame, vcov={"CRV1": "unit"}
        ),
        "diff-diff (one start date)": lambda: diff_diff.TwoWayFixedEffects(cluster="unit").fit(
            one, outcome="y", treatment="treated", time="post", unit="unit"
        ),
    }, rounds)  # fmt: skip
    return line("two-way fixed effects, clustered", case, times)


def event_study(case: Case, rounds: int) -> list[str]:
    """Callaway-Sant'Anna with event aggregation."""
    job = staggered(case)
    times = in_turns({
        "whole": lambda: job(panel_of(case.frame)), "fit": lambda: job(case.panel),
        "floor": floor(case), "diff-diff": theirs(case),
    }, rounds)  # fmt: skip
    return line("Callaway-Sant'Anna, event study", case, times)


def bands(case: Case, rounds: int) -> list[str]:
    """999 multiplier draws."""
    job = staggered(case, ie.inference.Multiplier(draws=999))
    times = in_turns({
        "whole": lambda: job(panel_of(case.frame)), "fit": lambda: job(case.panel),
        "diff-diff": theirs(case, 999),
    }, rounds)  # fmt: skip
    return line("the same with bands from 999 draws", case, times)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    small = drawn(1000, 24)
    for job in (two_way, event_study, bands):  # what is loaded or compiled once is not timed
        job(small, 1)
    lines = [
        "# Difference-in-differences: speed and memory",
        "",
        "Written by `python -m benchmarks --write did`; do not edit by hand.",
        "",
        (
            "Long frames in random order with texts as units. Medians of process time, the libraries "
            "in turns. *From the frame* includes making the panel; *from the panel* is the fit and its "
            "aggregation alone. The floor is numpy and pandas doing what cannot be avoided: texts to "
            "numbers (most of it), rows to a matrix, means and one cross-product per cohort. Other "
            "work ran on the machine."
        ),
        "",
        "| what | from the frame | from the panel | floor | peer | peer's time | ratio | from the panel |",
        "|---|---:|---:|---:|---|---:|---:|---:|",
        *two_way(drawn(100_000, 24), 3),
        *event_study(drawn(100_000, 20), 3),
        *bands(drawn(10_000, 20), 5),
    ]
    large = drawn(1_000_000, 10)
    lines += event_study(large, 1)
    mine = added(lambda: staggered(large)(large.panel))
    matrix = 8 * 10 / 2**20 * 1_000_000
    peer = added(theirs(large))
    lines += [
        "",
        (
            f"Memory at 1,000,000 × 10, where the panel's matrix is {matrix:.0f} MB: the fit adds "
            f"{mine:.0f} MB at its peak, {mine / matrix:.1f} times the matrix (the matrix itself "
            f"included); diff-diff adds {peer:.0f} MB."
        ),
        "",
        (
            "Bands are drawn from the normal law with the covariance of the event times: conditional on "
            "the data this is a multiplier bootstrap with normal weights, at the cost of a matrix "
            "product."
        ),
        "",
        machine(),
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
