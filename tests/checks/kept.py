"""What every check answers on simulated claims, kept to be held against later answers.

`python -m tests.checks.kept --write` makes the committed answers anew, after a change that is meant to
move them: read what differs. Words are kept once, with `#` for each number; numbers by claim and check, those of a sentence as told.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from innoeval.checks import CHECKS, Measurement, find_flips
from innoeval.designs import BeforeAfter, choose
from innoeval.errors import ClaimError, DesignError
from innoeval.evaluate import Judged, judged
from innoeval.records import Flip, Policy
from innoeval.simulate import draw

NUMBERS, WORDS = (Path(__file__).with_name(f"kept_{name}") for name in ("numbers.csv", "words.txt"))
FIELDS = ("claim", "check", "status", "severity", "words", "problem_words", "p_value", "adjusted",
          "bias", "std_error", "power", "statistic", "low", "high", "told")  # fmt: skip
_NUMBER = re.compile(r"−?\d[\d,.]*\d|−?\d")
#: Units, treated, periods before and after: many, few and one treated, and none to compare with.
MANY, FEW, ONE, ALL = (18, 7, 20, 9), (14, 3, 14, 8), (20, 1, 24, 8), (4, 4, 24, 12)
SHAPES = {
    "none": (MANY, FEW, ONE, ALL), "null": (ONE,), "harmful": (MANY,), "overstated": (FEW,),
    "pre_trend": (MANY, ONE), "bad_spell": (MANY, FEW), "cherry_picked_window": (MANY,),
    "calendar_mismatch": (MANY,), "common_shock": (MANY,), "noisy": (MANY, ONE),
    "anticipation": (MANY,), "late_trend": (MANY,), "fade_out": (MANY, ONE), "outlier_month": (FEW,),
    "comparator_drift": (MANY, ONE), "growing_effects": (MANY, FEW), "volume_shift": (MANY,), "rate": (FEW,),
    "denominator_shift": (MANY,), "rounded": (MANY,), "heaped": (MANY,), "copied_rows": (MANY,),
    "with_near_target": (FEW,), "gaming": (MANY, FEW), "with_provisional": (MANY,),
    "late_records": (MANY,), "provisional_gain": (MANY,), "looked_at": (MANY,),
    "looked_at_and_stopped": (MANY,), "peeking": (MANY,), "percent_for_points": (MANY,),
    "share": (MANY,), "tiny_baseline": (MANY,), "registered_late": (MANY,), "many_metrics": (MANY,),
    "best_of_metrics": (MANY, FEW), "all_adopters": (MANY,), "best_sites": (MANY,), "one_site": (MANY,),
    "spillover": (MANY, FEW), "displacement": (MANY,), "attrition": (MANY,), "easier_cases": (MANY,),
    "harm_elsewhere": (MANY,), "hidden_event": (MANY,), "worst_sites": (MANY,), "random_walk": (ONE,),
    "hidden_change": (MANY,), "redefined_everywhere": (MANY,),
}  # fmt: skip
#: Each claim by its fault and shape; every other one is of an outcome that had to rise.
CLAIMS = {
    f"{fault} {n_treated} of {n_units}": (fault, (n_units, n_treated, before, after))
    for fault, shapes in SHAPES.items()
    for n_units, n_treated, before, after in shapes
}


def judgement(name: str) -> Judged:
    """A simulated claim as checks see it, and what they and the verdict made of it."""
    fault, (n_units, n_treated, n_before, n_after) = CLAIMS[name]
    which, policy = list(CLAIMS).index(name), Policy()
    drawn = draw(
        fault, seed=which, n_units=n_units, n_treated=n_treated, n_before=n_before, n_after=n_after,
        better="higher" if which % 2 else "lower", noise=0.6, stated=3 if which % 3 else None,
        size=0.8 + 0.3 * (which % 3),
    )  # fmt: skip
    choice = choose(drawn.panel, drawn.claim, policy, None)
    try:
        announced = BeforeAfter().fit(drawn.panel, drawn.claim, policy=policy)
    except DesignError:
        announced = None
    return judged(drawn.claim, drawn.panel, choice, announced, policy, CHECKS)


def answers(name: str) -> Iterator[dict[str, Any]]:
    """A row for each check that has an answer, and for each change that would flip the verdict."""
    given = judgement(name)
    facts = given.facts
    assert facts is not None
    adjusted = {one.check: one.p_value for one in given.findings}
    for check in CHECKS:
        try:
            found = check.measure(facts)
        except (ClaimError, DesignError):
            continue
        if found.status != "not_applicable":
            yield {"claim": name, "check": check.name, **_row(found), "adjusted": adjusted.get(check.name)}  # fmt: skip
    for flip in find_flips(facts, given.verdict):
        yield {"claim": name, "check": f"flips: {flip.change}", **_flip(flip)}


def _flip(flip: Flip) -> dict[str, Any]:
    return {
        **dict.fromkeys(FIELDS[6:], None), "status": flip.status or "", "severity": "",
        "words": _NUMBER.sub("#", flip.says), "problem_words": "", "statistic": flip.size,
        "told": " ".join(_NUMBER.findall(flip.says)),
    }  # fmt: skip


def _row(found: Measurement) -> dict[str, Any]:
    bias, left = found.bias, found.left
    return {
        "status": found.status, "severity": found.severity,
        "words": _NUMBER.sub("#", found.says), "problem_words": _NUMBER.sub("#", found.says_problem),
        "p_value": found.p_value, "statistic": found.statistic,
        "bias": bias and bias.value, "std_error": bias and bias.std_error, "power": bias and bias.power,
        "low": left and left.low, "high": left and left.high,
        "told": " ".join(_NUMBER.findall(f"{found.says} {found.says_problem}")),
    }  # fmt: skip


@cache
def kept() -> dict[str, list[dict[str, str]]]:
    """The committed rows by claim, words in place of their numbers."""
    words = WORDS.read_text("utf-8").splitlines()
    found: dict[str, list[dict[str, str]]] = {}
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for key in ("words", "problem_words"):
                row[key] = words[int(row[key])]
            found.setdefault(row["claim"], []).append(row)
    return found


def write() -> None:
    """Make the committed answers anew."""
    words: dict[str, int] = {}
    with NUMBERS.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, FIELDS, lineterminator="\n")
        table.writeheader()
        for name in CLAIMS:
            for row in answers(name):
                for key in ("words", "problem_words"):
                    row[key] = words.setdefault(row[key], len(words))
                table.writerow(
                    {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()}
                )
    WORDS.write_text("".join(f"{one}\n" for one in words), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        raise SystemExit(__doc__)
    write()
