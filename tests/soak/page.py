"""The page of a soak: what was run, what grew, and what that would come to in a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from innoeval.stats.least_squares import newey_west

#: Share of the batches that fill the caches first and are left out of the slopes.
WARM_UP = 0.25
#: Batches a day where one is run each hour.
HOURLY = 24
#: Calls of joblib in a batch: two runs with something to do, a run of one claim, and its brief.
CALLS = 4
#: Most that memory may grow for each thousand claims, MB, by the upper 97.5 % end of the growth.
BOUND = 0.5


class Sample(NamedTuple):
    """What was seen after a batch; memory in MB, everything else counted."""

    claims: int
    seconds: float
    main: float
    workers: float
    n_workers: int
    files: int
    worker_files: int
    threads: int
    left: int
    shared: int
    folders: int
    drafts: int
    pids: tuple[int, ...]


class Slope(NamedTuple):
    """Growth for each thousand claims, and its error (Newey-West, 2 lags)."""

    value: float
    error: float


def slope(samples: Sequence[Sample], values: Sequence[float]) -> Slope:
    """How fast something grows with the claims that are done."""
    claims = np.array([sample.claims for sample in samples]) / 1000
    X = np.column_stack([np.ones(len(claims)), claims - claims.mean()])
    fitted = newey_west(np.array(values), X, np.eye(2), lags=2)
    return Slope(float(fitted.coefficients[0, 1]), float(np.sqrt(fitted.covariance[0, 1, 1])))


def page(
    samples: Sequence[Sample], minutes: float, claims: int, chunk: int, workers: int, a_call: float
) -> str:
    """Markdown of a soak."""
    last, warm = samples[-1], samples[int(WARM_UP * len(samples)) :]
    first, speed = warm[0], last.claims / last.seconds
    chunks = len(samples) * -(-claims // chunk)
    lines = [
        "# Soak: batch upon batch",
        "",
        f"Printed by `python -m tests.soak --minutes {minutes:g} --claims {claims}`; do not edit by hand.",
        "",
        (
            f"**{len(samples)} batches, {last.claims:,} claims in {chunks:,} chunks of {chunk}, in {last.seconds / 60:.1f} minutes "
            f"({speed:.1f} claims a second, all drawing and writing included, on {workers} workers): no claim lost, none failed.** "
            "Each batch draws new claims on new panels (12 units × 12 periods), evaluates half of them into a folder, resumes for the "
            "rest, resumes again with nothing left to do, writes the report (HTML) and a brief, and is thrown away. Every check is on."
        ),
        "",
        "| after a batch | first looked at | last | growth for 1,000 claims | its error |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, field in (
        ("memory of the main process, MB", "main"),
        ("memory of the largest worker, MB", "workers"),
        ("open files of the main process", "files"),
        ("open files of the worker with most", "worker_files"),
        ("threads of the main process", "threads"),
        ("files left in the temporary folder", "left"),
        ("files left in shared memory", "shared"),
        ("empty folders there, which joblib removes at the end of the process", "folders"),
        ("drafts left in the folder of the run", "drafts"),
    ):
        values = [float(getattr(sample, field)) for sample in warm]
        form = ".1f" if field in {"main", "workers"} else ".0f"
        grown = slope(warm, values)
        lines.append(
            f"| {name} | {values[0]:{form}} | {values[-1]:{form}} | {grown.value:+.2f} | {grown.error:.2f} |"
        )
    pids = {pid for sample in warm for pid in sample.pids}
    lines += [
        "",
        (
            f"First looked at after {first.claims:,} claims: the first quarter of the batches loads libraries and fills caches of a "
            f"bounded size. The growth is a line through {len(warm)} batches, with Newey-West's error (2 lags). "
            f"{len(pids)} worker processes were seen in that time ({workers} at once), so {'no worker was replaced' if len(pids) == workers else 'some were replaced'}."
        ),
        "",
        *verdict(samples, claims, a_call),
        "",
        "## What that comes to in a day",
        "",
        (
            f"This was {len(samples)} batches and not 24 hours. In the number of batches, and so of folders opened, resumed, reported and "
            f"closed, it is {len(samples) / HOURLY:.1f} × a day of one batch an hour. In claims it is "
            f"{last.claims / (speed * 86400):.1%} of what the same machine would do in a day without a pause."
        ),
        "",
        "| at most, by the upper 97.5 % end of the growth | main process | worker |",
        "|---|--:|--:|",
    ]
    ends = [upper(warm, field) for field in ("main", "workers")]
    for name, thousands in (
        ("a day of hourly batches of this size", HOURLY * claims / 1000),
        ("a day of hourly batches of 1,000 claims", HOURLY),
        ("a day at this speed without a pause", speed * 86.4),
    ):
        lines.append(f"| {name}, MB | {ends[0] * thousands:+.0f} | {ends[1] * thousands:+.0f} |")
    lines += [
        "",
        "The last line goes far beyond what was seen: it is an extrapolation, and only a run of that length would show it.",
        (
            "What does not show here: claims of usual size (for their memory see [the benchmark](../benchmarks/portfolio.md)), "
            "clusters, and PDF briefs."
        ),
        "",
    ]
    return "\n".join(lines)


def flat(samples: Sequence[Sample]) -> bool:
    """Whether memory grows by less than the bound, in the main process and in the workers."""
    warm = samples[int(WARM_UP * len(samples)) :]
    return all(upper(warm, field) <= BOUND for field in ("main", "workers"))


def verdict(samples: Sequence[Sample], claims: int, a_call: float) -> list[str]:
    """Whether memory is flat, and what grows if anything does, in words."""
    warm = samples[int(WARM_UP * len(samples)) :]
    ends = [upper(warm, field) for field in ("main", "workers")]
    grown = slope(warm, [sample.main for sample in warm])
    says = "flat" if flat(samples) else "not flat"
    return [
        (
            f"**Memory is {says}, by the bound in `tests/soak/page.py`**: at most {BOUND:g} MB for 1,000 claims, which is "
            f"{BOUND * HOURLY:.0f} MB in a day of hourly batches of 1,000. The upper 97.5 % ends of the growth are {ends[0]:.2f} MB "
            f"(main process) and {ends[1]:.2f} MB (largest worker): {'passed' if flat(samples) else 'failed'}."
        ),
        "",
        (
            f"What is known to grow is joblib's: each call of it leaves {a_call:.2f} kB in the main process, with nothing of innoeval "
            "loaded and workers that do nothing (`python -m tests.soak.joblib_alone`): a finaliser for the end of the process, and an "
            "empty folder ([mended there, not yet released](https://github.com/joblib/joblib/pull/1829)). For 1,000 claims in batches "
            f"as small as these that is {CALLS * a_call / claims:.2f} MB of the {grown.value:.2f} MB; for 1,000 claims in one batch it "
            f"is {CALLS * a_call / 1000:.3f} MB. It goes by calls, whatever their size."
        ),
        "",
        (
            "Until 24 November 2026 the growth was 0.60 MB (main process) and 1.12 MB (worker), and this page suspected native memory. "
            "It was not: bytes in use by malloc stood still. Each panel went to the workers as some arrays, joblib lays each array in a "
            "file and remembers its name on both sides, and workers that still held a panel at the end of a run kept joblib from "
            "clearing up. The panels of a chunk now lie in one file of our own, which is gone once it is read. And a few objects that "
            "refer to themselves, on which much hangs, waited for a collection that Python makes rarely; a worker now makes it after "
            "256 claims."
        ),
    ]


def upper(samples: Sequence[Sample], field: str) -> float:
    """Upper 97.5 % end of the growth of a thousand claims."""
    grown = slope(samples, [float(getattr(sample, field)) for sample in samples])
    return grown.value + 1.96 * grown.error
