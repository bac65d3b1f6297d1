"""How every benchmark here is measured: process time, in turns, medians; memory in a new process."""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def in_turns(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of process time of each job; the jobs take turns, so that load hits all."""
    seen: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            seen[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in seen.items()}


def added_memory(before: str, job: str) -> float:
    """Megabytes that some code adds to the peak of a new process that has run `before`."""
    code = (
        f"import resource\n{before}\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"{job}\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def machine() -> str:
    """Processor and versions, for the foot of a table."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line for line in info.read_text("utf-8").splitlines() if "model name" in line]
        model = names[0].split(":")[1].strip() if names else model
    found = []
    for name in ("numpy", "scipy", "pandas", "statsmodels", "pyfixest", "diff-diff", "moderndid"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return f"One thread of {model}; Python {platform.python_version()}, {', '.join(found)}."
