"""What a call of joblib leaves: `python -m tests.soak.joblib_alone` prints kB in the main process.

Nothing of innoeval is loaded, and the workers do nothing. In joblib 1.6 each call of `Parallel`
leaves a finaliser for the end of the process, and an empty folder that this would remove (mended by
joblib's pull request 1829, which is open).
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import joblib

#: Calls that fill what is filled once, and calls that are looked at.
WARM, LOOKED_AT = 200, 800


def main() -> int:
    """Measure, and print."""
    before = 0.0
    for done in range(WARM + LOOKED_AT):
        if done == WARM:
            before = kilobytes()
        joblib.Parallel(n_jobs=2, batch_size=1)(joblib.delayed(abs)(i) for i in range(2))
    sys.stdout.write(f"{(kilobytes() - before) / LOOKED_AT:.2f}\n")
    return 0


def kilobytes() -> float:
    """Memory of this process that lies in RAM, kB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e3


if __name__ == "__main__":
    raise SystemExit(main())
