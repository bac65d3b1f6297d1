"""Briefs: time, size and sameness of a hundred with their figures; `python -m benchmarks.briefs`.

`--briefs 100 --jobs 2` are the issue's sizes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import resource
import statistics
import tempfile
import time
from dataclasses import fields
from pathlib import Path

import joblib
from joblib.externals.loky import get_reusable_executor

import innoeval as ie
from benchmarks.measure import machine
from benchmarks.portfolio import cases
from innoeval.briefs import Edition, story
from innoeval.briefs.drawing import PRINT
from innoeval.briefs.figure_against import draw_against
from innoeval.briefs.figure_series import draw_series
from innoeval.briefs.html import page
from innoeval.briefs.language import language
from innoeval.briefs.typst import pdf
from innoeval.plots import theme
from innoeval.portfolio import Portfolio
from innoeval.records import Claim, Evaluation

EDITIONS = (("pdf", "technical", "en"), ("pdf", "public", "de"), ("html", "technical", "en"))


def portfolio_of(n: int) -> Portfolio:
    """So many simulated claims, evaluated with every check."""
    drawn = cases(n)
    claims, panels = [], {}
    for i, (claim, panel) in enumerate(drawn):
        name = f"c{i:03d}"
        claims.append(Claim(**{**_fields(claim), "id": name}))
        panels[name] = panel
    return ie.evaluate_all(claims, panels, progress=False)


def _fields(claim: Claim) -> dict[str, object]:
    return {f.name: getattr(claim, f.name) for f in fields(claim)}


def written(
    portfolio: Portfolio, edition: tuple[str, str, str], jobs: int
) -> tuple[float, float, dict[str, str], list[int]]:
    """Seconds on the clock and of all processors (workers started within), digests, and sizes."""
    suffix, audience, code = edition
    start, used = time.perf_counter(), _processors()
    config = joblib.parallel_config("loky", n_jobs=jobs) if jobs > 1 else contextlib.nullcontext()
    with tempfile.TemporaryDirectory() as folder, config:
        done = ie.write_briefs(
            portfolio,
            Path(folder),
            suffix=suffix,
            audience=audience,
            language=code,
            progress=False,  # type: ignore[arg-type]
        )
        seconds = time.perf_counter() - start
        get_reusable_executor().shutdown()  # what workers used is told when they end
        used = _processors() - used
        digests = {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in done.paths.items()
        }
        return seconds, used, digests, sorted(path.stat().st_size for path in done.paths.values())


def _processors() -> float:
    """Seconds that this process and its workers that have ended have used."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def parts(ev: Evaluation, times: int = 9) -> dict[str, float]:
    """Milliseconds of processor time for each part of one brief, warm; medians."""
    say = language("en")

    def drawn() -> None:
        draw_series(ev, say, 499, 250, "s").svg(PRINT)
        draw_against(ev, say, 181, 86, "a").svg(PRINT)

    def by_matplotlib() -> None:
        from innoeval import plots

        for draw, width, height in (
            (plots.counterfactual, 6.9, 3.0),
            (plots.claim_against_estimate, 2.45, 1.15),
        ):
            figure, ax = theme.canvas(width, height)
            draw(ev, ax)
            theme.svg(figure)

    work = {
        "sentences": lambda: story(ev),
        "both figures": drawn,
        "the same figures by matplotlib, for comparison": by_matplotlib,
        "PDF, all of it": lambda: pdf(ev),
        "PDF for the public": lambda: pdf(ev, None, Edition(audience="public")),
        "web page, all of it": lambda: page(ev),
    }
    found = {}
    for name, run in work.items():
        run()
        spent = []
        for _ in range(times):
            start = time.process_time()
            run()
            spent.append(1000 * (time.process_time() - start))
        found[name] = statistics.median(spent)
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--briefs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    portfolio = portfolio_of(asked.briefs)
    print("# Briefs: speed and size\n")
    print(
        f"Written by `python -m benchmarks.briefs --briefs {asked.briefs} --jobs {asked.jobs}`; do not edit by hand.\n"
    )
    print(f"Simulated claims with every check, figures and attachments included; {asked.jobs} workers, whose start is "
          "within the time. Each row is written twice, and every file compared. The clock hangs on what else the machine "
          "does; the time of all processors, shared by the workers, is what an idle one takes.\n")  # fmt: skip
    print(
        "| briefs | edition | on the clock | of all processors | largest | median | the same bytes again |"
    )
    print("|---:|---|---:|---:|---:|---:|---|")
    for edition in EDITIONS:
        seconds, used, first, sizes = written(portfolio, edition, asked.jobs)
        _, _, again, _ = written(portfolio, edition, asked.jobs)
        same = "yes" if first == again else "NO"
        print(f"| {len(sizes)} | {', '.join(edition)} | {seconds:.1f} s | {used:.1f} s | {sizes[-1] / 1000:.0f} kB | "
              f"{sizes[len(sizes) // 2] / 1000:.0f} kB | {same} |")  # fmt: skip
    print("\nOne brief in parts, one thread, processor time, medians:\n")
    print("| part | time |\n|---|---:|")
    for name, spent in parts(next(ev for ev in portfolio if ev.estimate is not None)).items():
        print(f"| {name} | {spent:.1f} ms |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak of the main process: {peak:.0f} MB. {machine()}")


if __name__ == "__main__":
    main()
