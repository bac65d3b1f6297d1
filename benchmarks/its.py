"""One series beside statsmodels: `python -m benchmarks.its`."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from statistics import median

import numpy as np

from benchmarks.measure import added_memory, in_turns, machine
from innoeval.stats.averaged import Averaged
from innoeval.stats.averaged_tables import _tables as averaged_kept
from innoeval.stats.averaged_tables import averaged_tables
from innoeval.stats.calibrated import Calibrated, _tables, ar1
from innoeval.stats.series import LEVEL, mean_effect, segmented

N, LAUNCH, CYCLE, MANY, ROUNDS = 72, 48, 12, 10_000, 15
#: One fit takes less than a clock tick tells: so many are timed together.
TOGETHER = 50


def design() -> tuple[np.ndarray, np.ndarray]:
    """72 months, launch after 48: level, trend, slope change, two harmonics; three contrasts."""
    X = segmented(N, LAUNCH, trend=True, slope=True, cycle=CYCLE)
    mean = mean_effect(N, LAUNCH, slope=True, columns=X.shape[1])
    return X, np.stack([mean, *np.eye(X.shape[1])[[LEVEL, LEVEL + 2]]])


def new_table(n: int, cycle: int, model: str = "AR(1)") -> float:
    """Median seconds of process time to simulate a design's critical values, nothing kept."""
    X = segmented(n, 2 * n // 3, trend=True, slope=True, cycle=cycle)
    mean = mean_effect(n, 2 * n // 3, slope=True, columns=X.shape[1])
    contrasts = np.stack([mean, *np.eye(X.shape[1])[[LEVEL, LEVEL + 2]]])
    times = []
    for _ in range(5):
        _tables.cache_clear()
        averaged_kept.cache_clear()
        start = time.process_time()
        if model == "AR(1)":
            Calibrated(X, contrasts)
        else:
            averaged_tables(X, contrasts, model)
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Print the table."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    warnings.simplefilter("ignore")
    os.environ["INNOEVAL_CACHE"] = "off"
    X, contrasts = design()
    Y = ar1(np.random.default_rng(1).standard_normal((N, MANY)), 0.4)
    y = np.ascontiguousarray(Y[:, 0])
    ready, average = Calibrated(X, contrasts), Averaged(X, contrasts, "AR(2)")

    def repeated(job: object) -> object:
        def run() -> None:
            for _ in range(TOGETHER):
                job()

        return run

    found = in_turns(
        {
            "ours": repeated(lambda: ready.fit(y)),
            "hac": repeated(lambda: OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": 3}).bse),
            "averaged": repeated(lambda: average.fit(y)),
            "sarimax": lambda: SARIMAX(y, X, order=(1, 0, 0)).fit(disp=0).bse,
            "many": lambda: ready.whitened.fit(Y),
        },
        ROUNDS,
    )
    ours, hac = found["ours"] / TOGETHER, found["hac"] / TOGETHER
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INNOEVAL_CACHE"] = folder
        _tables.cache_clear()
        Calibrated(X, contrasts)
        reads = []
        for _ in range(5):
            _tables.cache_clear()
            start = time.process_time()
            Calibrated(X, contrasts)
            reads.append(time.process_time() - start)
        size = sum(entry.stat().st_size for entry in os.scandir(folder)) / 1e6
        os.environ["INNOEVAL_CACHE"] = "off"
    before = (
        "import os; os.environ['INNOEVAL_CACHE'] = 'off'\n"
        "from benchmarks.its import design, Calibrated, ar1, np, MANY, N\n"
        "X, contrasts = design(); ready = Calibrated(X, contrasts)\n"
        "Y = ar1(np.random.default_rng(1).standard_normal((N, MANY)), 0.4)"
    )
    sarimax = f"{found['sarimax'] / ours:,.0f} × as fast"
    rate = f"{MANY / found['many'] / 1e3:,.0f} series per ms"
    lines = [
        "# One series: speed and memory",
        "",
        "Written by `python -m benchmarks --write its`; do not edit by hand.",
        "",
        (
            "72 months, launch after 48: level, trend, slope change and two harmonics (8 columns). Medians "
            "of process time, the libraries in turns. Ours is the restricted likelihood fit with "
            "simulated critical values and p-values of three contrasts, once its design is known."
        ),
        "",
        "| one series | time | ours is |",
        "|---|---:|---:|",
        f"| innoeval, `Calibrated.fit` | {1e3 * ours:.3f} ms | |",
        f"| innoeval, averaged over shapes of AR(2) | {1e3 * found['averaged'] / TOGETHER:.3f} ms | |",
        f"| statsmodels `OLS` with HAC, arrays | {1e3 * hac:.3f} ms | {hac / ours:.2f} × as fast |",
        f"| statsmodels `SARIMAX` AR(1) | {1e3 * found['sarimax']:.1f} ms | {sarimax} |",
        "",
        "| what | innoeval |",
        "|---|---:|",
        f"| {MANY:,} series in one call, closed-form part | {found['many']:.3f} s: {rate} |",
        f"| memory that adds | {added_memory(before, 'ready.whitened.fit(Y)'):.0f} MB |",
        f"| critical values of a new design, AR(1), 48 periods | {new_table(48, 1):.2f} s |",
        f"| 72 periods, seasons of 12 | {new_table(72, 12):.2f} s |",
        f"| 100 periods, seasons of 12 | {new_table(100, 12):.2f} s |",
        *(
            f"| {n} periods, {model}{', seasons of 12' if cycle > 1 else ''} | "
            f"{new_table(n, cycle, model):.2f} s |"
            for model in ("AR(2)", "AR(1) and noise")
            for n, cycle in ((48, 1), (72, 12), (100, 12))
        ),
        f"| the first of 72 periods, read from disk ({size:.1f} MB) | {1e3 * median(reads):.1f} ms |",
        "",
        machine(),
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
