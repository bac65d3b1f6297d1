"""Ask every question of random panels, R's part in one process, and tell what came of it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tests.differential import donor_pools, families, regressions, series, staggered
from tests.differential.asked import Answer, Asked, Question

QUESTIONS: dict[str, Question] = {
    "Two-way fixed effects": regressions.two_way,
    "Callaway & Sant'Anna": staggered.callaway_santanna,
    "Interrupted time series": series.interrupted,
    "Event study": regressions.event_study,
    "Imputation": staggered.imputation,
    "Sun & Abraham": staggered.sun_abraham,
    "Stacked": staggered.stacked,
    "Synthetic control": donor_pools.synthetic_control,
    "Synthetic difference-in-differences": donor_pools.synthetic_did,
    "Counts (Poisson)": regressions.counts,
    "Shares (logit)": regressions.shares,
    "Sites pooled by REML": families.pooled,
    "Wild cluster bootstrap": families.wild,
    "Holm, BH, BY": families.adjusted,
}
HERE = Path(__file__).parent
EXPLAINED = "EXPLAINED: "


def ask(panels: int, first: int, *, with_r: bool = True) -> pd.DataFrame:
    """Answers to the questions in turn, one row each.

    Parameters
    ----------
    panels
        How many random panels; each is asked about once.
    first
        Seed of the first.
    with_r
        Whether R is asked, too.
    """
    names = list(QUESTIONS)
    found: list[tuple[str, int, Asked]] = []
    for seed in range(first, first + panels):
        name = names[seed % len(names)]
        found.append((name, seed, QUESTIONS[name](seed)))
    theirs = _from_r(found) if with_r else {}
    return pd.DataFrame(_rows(found, theirs))


def _rows(
    found: Iterable[tuple[str, int, Asked]], theirs: dict[tuple[str, str], float]
) -> Iterator[dict[str, object]]:
    for name, seed, asked in found:
        for answer in asked.answers:
            told = answer
            if answer.theirs is None:
                key = (f"{seed}-{answer.model}", answer.name)
                # What R could not fit (a singular AR(1) fit, say) is counted as not answered.
                told = replace(answer, theirs=theirs.get(key, float("nan")))
                if told.theirs is None or told.theirs != told.theirs:
                    yield _row(name, seed, answer, gap=None)
                    continue
            yield _row(name, seed, told, gap=told.gap)


def _row(name: str, seed: int, answer: Answer, gap: float | None) -> dict[str, object]:
    return {
        "question": name, "seed": seed, "peer": answer.peer, "what": answer.what,
        "ours": answer.ours, "theirs": answer.theirs, "gap": gap, "tolerance": answer.tolerance,
        "convention": answer.convention, "agrees": gap is not None and gap <= answer.tolerance,
    }  # fmt: skip


def _from_r(found: Iterable[tuple[str, int, Asked]]) -> dict[tuple[str, str], float]:
    """Answers of one R process to every request, by id and name; empty where there is no R."""
    program = shutil.which("Rscript")
    if program is None:
        return {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        requests = []
        for _, seed, asked in found:
            for model, frame in asked.for_r.items():
                frame.to_csv(folder / f"{seed}-{model}.csv", index=False)
                requests.append({"id": f"{seed}-{model}", "model": model})
        if not requests:
            return {}
        pd.DataFrame(requests).to_csv(folder / "requests.csv", index=False)
        done = subprocess.run(
            [program, str(HERE / "peers.R"), place], capture_output=True, check=False, text=True
        )
        if not (folder / "answers.csv").is_file():
            raise RuntimeError(done.stderr[-2000:])
        answers = pd.read_csv(folder / "answers.csv", dtype={"id": str, "name": str})
    values = pd.to_numeric(answers["value"], errors="coerce")
    return dict(zip(zip(answers["id"], answers["name"], strict=True), values, strict=True))
