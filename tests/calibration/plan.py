"""Are plans right? The chance of support that was planned against what came out, on clean worlds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

import innoeval as ie

#: First seed of the report; plans were developed on seeds below 100,000.
FIRST = 700_000

#: Worlds in which the claim is just true, each with the number of worlds and of futures in each.
SITUATIONS: Mapping[str, tuple[dict[str, Any], int, int]] = MappingProxyType({
    "10 of 30 units, 36 + 12": ({"n_units": 30, "n_treated": 10, "n_before": 36}, 200, 15),
    "10 of 30 units, 24 + 6": ({"n_units": 30, "n_treated": 10, "n_after": 6}, 200, 15),
    "6 of 12 units, 24 + 12, size 1.5": (
        {"n_units": 12, "n_treated": 6, "size": 1.5}, 200, 15),
    "1 of 20 units, 36 + 12, size 2": ({"n_units": 20, "n_treated": 1, "n_before": 36, "size": 2.0}, 120, 10),
    "one series, 60 + 12, size 2": (
        {"n_units": 1, "n_treated": 1, "n_before": 60, "size": 2.0}, 60, 6),
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Planned and realised shares in one situation, with their Monte Carlo errors."""

    name: str
    worlds: int
    planned: float
    planned_error: float
    came_out: float
    came_out_error: float
    shown_planned: float
    shown: float

    @property
    def away(self) -> float:
        """Planned less realised support, in Monte Carlo errors."""
        error = float(np.hypot(self.planned_error, self.came_out_error))
        return (self.planned - self.came_out) / error if error > 0 else 0.0


def measure(
    name: str, worlds: int | None = None, first: int = FIRST, futures: int | None = None
) -> Row:
    """Plan each world from its past, and judge what came out."""
    settings, usual, drawn = SITUATIONS[name]
    futures = futures or drawn
    planned, shown_planned, came_out, shown = [], [], [], []
    for seed in range(first, first + (worlds or usual)):
        case = ie.simulate.draw("none", seed=seed, **settings)
        # Each world gets futures of its own, so that their errors average out.
        policy = ie.Policy(seed=seed)
        made = ie.plan(case.claim, case.panel, policy=policy, futures=futures, wait=False)
        verdict = ie.evaluate(case.claim, case.panel).verdict
        planned.append(made.supported)
        shown_planned.append(made.improvement_shown)
        came_out.append(verdict.status == "supported")
        shown.append(verdict.improvement_shown)
    n = len(planned)
    share = float(np.mean(came_out))
    return Row(
        name=name,
        worlds=n,
        planned=float(np.mean(planned)),
        planned_error=float(np.std(planned) / np.sqrt(n)),
        came_out=share,
        came_out_error=float(np.sqrt(max(share * (1 - share), 1 / n**2) / n)),
        shown_planned=float(np.mean(shown_planned)),
        shown=float(np.mean(shown)),
    )


def page(rows: list[Row]) -> str:
    """The table in Markdown."""
    lines = [
        "# Plans against what came out",
        "",
        "Worlds are drawn in which nothing is wrong and the claim is just true (`innoeval.simulate.draw`). Each is planned with",
        "`innoeval.plan` from the periods before the start alone, and then judged with `innoeval.evaluate` on what did happen.",
        "The planned chance of support, averaged over worlds, is held against the share of worlds in which the claim was supported.",
        "",
        "| situation | worlds | planned: supported | came out | difference in Monte Carlo errors | planned: improvement shown | came out |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.name} | {r.worlds} | {100 * r.planned:.1f} ± {100 * r.planned_error:.1f} % | "
        f"{100 * r.came_out:.1f} ± {100 * r.came_out_error:.1f} % | {r.away:+.1f} | "
        f"{100 * r.shown_planned:.1f} % | {100 * r.shown:.1f} % |"
        for r in rows
    ]
    return "\n".join(
        [
            *lines,
            "",
            "Made by `python -m tests.calibration.plan` (seeds from 700,000 on; developed on others).",
            "",
        ]
    )


def main() -> None:
    """Measure the situations named, or all, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(SITUATIONS))
    parser.add_argument("--worlds", type=int)
    parser.add_argument("--first", type=int, default=FIRST)
    given = parser.parse_args()
    rows = []
    for name in given.names or SITUATIONS:
        rows.append(measure(name, given.worlds, given.first))
        print(rows[-1], file=sys.stderr, flush=True)
    print(page(rows))


if __name__ == "__main__":
    main()
