"""Batch upon batch for some minutes: `python -m tests.soak --minutes 15 > docs/trust/soak.md`.

Each batch is what a night's job does, at reduced size: new claims on new panels, half of them
evaluated into a folder, the rest after a resume, the folder opened once more with nothing left to
do, the report and a brief written; then it is thrown away. After each the memory, open files,
threads and whatever was left on the disk are looked at. It fails where memory grows beyond the
bound that the page declares.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import joblib
from tests.portfolio.portfolios import own_panels
from tests.soak.page import Sample, flat, page

import innoeval as ie
from innoeval.portfolio import write_briefs
from innoeval.portfolio.store import DRAFT

#: Processes of this machine that evaluate.
WORKERS = 2
#: Claims that go to a worker together: few, so that there are many chunks.
CHUNK = 2


def main() -> int:
    """Run, and print the page."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--minutes", type=float, default=15)
    options.add_argument("--claims", type=int, default=24, help="in each batch")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        # Whatever is left behind in the usual place for such files is then seen, and only that.
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        samples = soak(60 * given.minutes, given.claims, Path(folder))
    sys.stdout.write(page(samples, given.minutes, given.claims, CHUNK, WORKERS, joblib_alone()))
    return 0 if flat(samples) else 1


def soak(seconds: float, claims: int, folder: Path) -> list[Sample]:
    """What was seen after each batch, until the time is over."""
    begun, samples, done = time.monotonic(), list[Sample](), 0
    with joblib.parallel_config("loky", n_jobs=WORKERS):
        while time.monotonic() - begun < seconds:
            drafts = batch(folder, claims, first=done)
            done += claims
            gc.collect()
            samples.append(seen(folder, done, time.monotonic() - begun, drafts))
            sys.stderr.write(f"{samples[-1]}\n")
    return samples


def batch(folder: Path, n: int, *, first: int) -> int:
    """One batch from the claims to the report; drafts that it left in its folder."""
    claims, panels = own_panels(n, first=first)
    with tempfile.TemporaryDirectory(dir=folder, prefix="batch-") as place:
        run = Path(place, "run.parquet")
        for some in (claims[: n // 2], claims, claims):
            portfolio = ie.evaluate_all(some, panels, resume=run, chunk_size=CHUNK, progress=False)
            lost = len(some) - len(portfolio)
            failed = int(portfolio.tidy()["error"].notna().sum())
            if lost or failed:
                raise SystemExit(f"{lost} claims lost, {failed} failed after {first} claims")
        ie.write_portfolio(portfolio, Path(place, "report.html"))
        one = ie.evaluate_all(claims[:1], panels, progress=False)
        briefs = write_briefs(one, Path(place, "briefs"), suffix="html", progress=False)
        if briefs.failed:
            raise SystemExit(f"a brief failed: {briefs.failed}")
        return len(list(run.glob(f"{DRAFT}*")))


def joblib_alone() -> float:
    """What a call of joblib leaves by itself, kB."""
    command = [sys.executable, "-m", "tests.soak.joblib_alone"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def seen(folder: Path, claims: int, seconds: float, drafts: int) -> Sample:
    """What this process, its workers and the disk hold now."""
    workers = loky_workers()
    return Sample(
        claims=claims,
        seconds=seconds,
        main=megabytes(os.getpid()),
        workers=max((megabytes(pid) for pid in workers), default=0.0),
        n_workers=len(workers),
        files=len(list(Path("/proc/self/fd").iterdir())),
        worker_files=max(
            (len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in workers), default=0
        ),
        threads=len(list(Path("/proc/self/task").iterdir())),
        left=sum(1 for path in folder.rglob("*") if path.is_file()),
        shared=len(shared("/*")),
        folders=len(shared("")),
        drafts=drafts,
        pids=tuple(sorted(workers)),
    )


def megabytes(pid: int) -> float:
    """Memory of a process that lies in RAM."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def shared(below: str) -> list[Path]:
    """What joblib has put into shared memory for the workers of this process."""
    return list(Path("/dev/shm").glob(f"joblib_memmapping_folder_{os.getpid()}_*{below}"))  # noqa: S108


def loky_workers() -> list[int]:
    """Worker processes of this one."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [
        int(pid) for pid in children if b"popen_loky" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


if __name__ == "__main__":
    raise SystemExit(main())
