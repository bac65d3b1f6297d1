"""Portfolios: `python -m benchmarks.portfolio`; the issue's sizes: `--claims 10000 --jobs 2`.

`--memory N` shows how time and memory grow with the number of claims, on fresh processes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import joblib
import numpy as np

import innoeval as ie
from benchmarks.measure import in_turns, machine
from innoeval.records import Claim, Panel

UNITS, TREATED, BEFORE, AFTER = 30, 8, 36, 12
DRAWN = 200


class Repeated(Mapping[str, Panel]):
    """A panel for every claim, some hundred different ones in turn, so that drawing costs nothing."""

    def __init__(self, panels: list[Panel], n: int) -> None:
        self.panels, self.n = panels, n

    def __getitem__(self, name: str) -> Panel:
        return self.panels[int(name[1:]) % len(self.panels)]

    def __iter__(self) -> Iterator[str]:
        return (f"c{i:06d}" for i in range(self.n))

    def __len__(self) -> int:
        return self.n


def cases(n: int) -> list[tuple[Claim, Panel]]:
    """Simulated claims with their panels."""
    found = [
        ie.simulate.draw(
            "none" if seed % 3 == 0 else "null", seed=seed, n_units=UNITS, n_treated=TREATED,
            n_before=BEFORE, n_after=AFTER,
        )
        for seed in range(n)
    ]  # fmt: skip
    return [(case.claim, case.panel) for case in found]


def stream(drawn: list[tuple[Claim, Panel]], n: int) -> Iterator[Claim]:
    """Claims with ids of their own, one at a time."""
    for i in range(n):
        claim = drawn[i % len(drawn)][0]
        own = {f.name: getattr(claim, f.name) for f in fields(claim)}
        yield Claim(**{**own, "id": f"c{i:06d}"})


def whole(n: int, jobs: int) -> dict[str, float]:
    """A run of so many claims: seconds, and the peak of the main process and of the largest worker."""
    drawn = cases(min(n, DRAWN))
    panels = Repeated([panel for _, panel in drawn], n)
    backend = "loky" if jobs != 1 else "sequential"
    with tempfile.TemporaryDirectory() as place, joblib.parallel_config(backend, n_jobs=jobs):
        ie.evaluate_all(stream(drawn, 2 * jobs), panels, chunk_size=1)  # workers are there
        start, used = time.perf_counter(), time.process_time()
        portfolio = ie.evaluate_all(stream(drawn, n), panels, resume=Path(place, "run.parquet"))
        seconds, used = time.perf_counter() - start, time.process_time() - used
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        failed = int(portfolio.tidy()["error"].notna().sum())
        disk = sum(part.stat().st_size for part in Path(place).rglob("*.parquet"))
    if jobs != 1:
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    workers = children.ru_maxrss / 1024
    used += children.ru_utime + children.ru_stime
    return {"seconds": seconds, "main": own, "worker": workers, "failed": failed,
            "disk": disk / n, "used": used}  # fmt: skip


def grown(sizes: tuple[int, ...], jobs: int) -> tuple[list[str], str]:
    """Rows of time and memory by number of claims, each in a fresh process; how both grow."""
    rows, seen = [], []
    for n in sizes:
        code = f"from benchmarks.portfolio import whole; print(whole({n}, {jobs}))"
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
        )
        found = eval(done.stdout.splitlines()[-1])  # noqa: S307 - printed by this very function
        total = found["main"] + (jobs * found["worker"] if jobs != 1 else 0)
        seen.append((n, found["seconds"], total))
        rows.append(
            f"| {n:,} | {found['seconds']:.0f} s | {1000 * found['used'] / n:.1f} ms "
            f"| {found['main']:.0f} MB | {found['worker'] if jobs != 1 else 0:.0f} MB "
            f"| {total:.0f} MB | {found['disk'] / 1024:.1f} kB | {found['failed']:.0f} |"
        )
        print(rows[-1], file=sys.stderr, flush=True)
    return rows, growth(np.array(seen))


def growth(seen: np.ndarray) -> str:
    """How time and memory grow with the number of claims, from rows (claims, seconds, MB)."""
    if len(seen) < 3:
        return ""
    claims, seconds, memory = seen.T
    line, level = np.polyfit(claims, seconds, 1), np.polyfit(claims, memory, 1)
    away = np.abs(np.polyval(line, claims) / seconds - 1).max()
    memory_grows = (
        f"Memory grows by {1024 * level[0]:.2f} kB a claim, {100_000 * level[0]:.0f} MB for 100,000"
        if level[0] > 0
        else "Memory does not grow"
    )
    return (
        f"Growth: each further claim takes {1000 * line[0]:.1f} ms; no row lies farther than "
        f"{100 * away:.1f} % from that straight line. {memory_grows} "
        f"({memory.min():.0f} to {memory.max():.0f} MB over all rows)."
    )


def four(claim: Claim, panel: Panel) -> Callable[[], object]:
    """Two-way fixed effects, event study, 99 permutations and an interrupted series, ours."""
    designs, choice = ie.designs, ie.inference.Randomization(draws=99)

    def job() -> None:
        designs.TwoWayFixedEffects().fit(panel, claim)
        designs.EventStudy().fit(panel, claim)
        designs.DifferenceInDifferences().fit(panel, claim, inference=choice)
        designs.SegmentedRegression(errors="newey_west").fit(panel, claim)

    return job


def their_four(claim: Claim, panel: Panel) -> Callable[[], object]:
    """The same by diff-diff; the interrupted series, which it does not have, by statsmodels."""
    import diff_diff
    from statsmodels.regression.linear_model import OLS

    frame = panel.frame.copy()
    when = frame["period"].to_numpy()
    frame["time"] = np.unique(when.astype(str), return_inverse=True)[1]
    frame["treated"] = frame["unit"].isin(claim.units).astype(int)
    frame["post"] = (frame["time"] >= BEFORE).astype(int)
    series = frame[frame["treated"] == 1].groupby("time")["outcome"].mean().to_numpy()
    t = np.arange(len(series))
    X = np.column_stack([np.ones(len(t)), t, t >= BEFORE, (t - BEFORE) * (t >= BEFORE)])

    def job() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            diff_diff.TwoWayFixedEffects(cluster="unit").fit(
                frame, outcome="outcome", treatment="treated", post="post", unit="unit"
            )
            diff_diff.TwoWayFixedEffects(cluster="unit").fit(
                frame, outcome="outcome", treatment="treated", time="time", unit="unit",
                post_periods=list(range(BEFORE, BEFORE + AFTER)), event_study=True,
            )  # fmt: skip
            diff_diff.permutation_test(
                frame,
                outcome="outcome",
                treatment="treated",
                post="post",
                unit="unit",
                n_permutations=99,
                seed=1,
            )
            OLS(series, X).fit(cov_type="HAC", cov_kwds={"maxlags": 3})

    return job


def against() -> list[str]:
    """Our four analyses, and every design and check, against the peers' four, in turns."""
    # Different claims: what is kept at hand of one helps none of the others.
    drawn = cases(20)
    ours = [four(claim, panel) for claim, panel in drawn]
    times = in_turns(
        {"ours": lambda: [job() for job in ours], "diff-diff": their_four(*drawn[0]),
         "evaluate": lambda: [ie.evaluate(claim, panel) for claim, panel in drawn]}, 7,
    )  # fmt: skip
    mine, every, peer = times["ours"] / 20, times["evaluate"] / 20, times["diff-diff"]
    rows = (("the same four analyses", mine), ("every design and check, against their four", every))
    return [
        f"| {what} | {1000 * own:.1f} ms | {1000 * peer:.0f} ms | {peer / own:.0f} × |"
        for what, own in rows
    ]


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--memory", type=int, default=0)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    sizes = (asked.claims,)
    if asked.memory:
        sizes = tuple(sorted({asked.claims, asked.memory // 4, asked.memory // 2, asked.memory}))
    said = " ".join(sys.argv[1:])
    rows, how = grown(sizes, asked.jobs)
    print("\n".join([
        "# Portfolios: speed and memory",
        "",
        f"Written by `python -m benchmarks.portfolio{' ' + said if said else ''}`; do not edit by hand.",
        "",
        (
            f"Panels of {UNITS} units × {BEFORE + AFTER} months, {TREATED} units treated. One claim: "
            "medians of process time, in turns. Four analyses: two-way fixed effects with clustered "
            "errors, an event study, 99 permutations, an interrupted series with Newey-West errors "
            "(the peer's by statsmodels, which diff-diff lacks). Of the peer's 99 permutations each takes about "
            "1.7 ms, and its event study has unit effects, as ours."
        ),
        "",
        "| one claim | innoeval | diff-diff | ratio |",
        "|---|---:|---:|---:|",
        *against(),
        "",
        (
            f"A portfolio: claims as a stream, every check on, rows with whole evaluations written to "
            f"disk, {asked.jobs} worker{'s' if asked.jobs != 1 else ''} of {os.cpu_count()} cores; time "
            "on the clock once workers are there, and of all processors for each claim (starting workers "
            "included). Each row is a fresh process; memory is the peak of "
            "the main process and of the largest worker, and in all with every worker at that peak. "
            f"Of {DRAWN} different panels; more claims repeat them, which compresses well: read the first row "
            "for what a claim takes on disk."
        ),
        "",
        "| claims | time | processor, a claim | main | worker | in all | on disk, a claim | failed |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        *([how, ""] if how else []),
        machine().replace("One thread of", "Processor:") + f" {platform.system()}.",
    ]))  # fmt: skip


if __name__ == "__main__":
    main()
