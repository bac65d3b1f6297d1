"""Verdicts of the sample and of a saved evaluation, as numbers to hold against those of another machine.

`python -m tests.reproducibility.verdicts` prints them; with --write it makes the committed ones anew,
after a change that is meant to move them.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import innoeval as ie
from innoeval.cli.cases import read_cases
from innoeval.cli.options import Roles
from innoeval.simulate import write_sample

HERE = Path(__file__).parent
COMMITTED = HERE / "verdicts.json"
SAVED = HERE.parent / "reference" / "saved"
#: Largest difference of two numbers, as a share of the larger or of the standard error.
TOLERANCE = 1e-6


def verdicts() -> dict[str, Any]:
    """Versions; by claim its verdict and numbers; and what the saved evaluation's data give."""
    with tempfile.TemporaryDirectory() as place:
        files = write_sample(place)
        cases = read_cases(files / "claims.csv", files / "panels.yaml", Roles())
    claims = {}
    for claim, panel in cases:
        ev = ie.evaluate(claim, panel)
        estimate, interval = ev.estimate, ev.verdict.interval
        claims[claim.id] = {
            "status": ev.verdict.status, "certainty": ev.verdict.certainty, "design": ev.design,
            "data": ev.panel_fingerprint,
            "findings": {finding.check: finding.status for finding in ev.findings},
            "numbers": {
                "effect": estimate.effect if estimate else None,
                "std_error": estimate.std_error if estimate else None,
                "p_value": estimate.p_value if estimate else None,
                "low": _finite(interval.low) if interval else None,
                "high": _finite(interval.high) if interval else None,
            },
        }  # fmt: skip
    panel = ie.read_panel(
        SAVED / "evaluation_panel.csv", unit="unit", period="period", outcomes=["outcome"]
    )
    found = ie.verify(SAVED / "evaluation_format_1.json", panel)
    versions = {name: _version(name) for name in ("numpy", "pandas", "scipy", "statsmodels")}
    return {
        "versions": {"python": platform.python_version(), **versions, "blas": _blas()},
        "claims": claims,
        # A later rule may judge otherwise; data and estimate are the same for ever.
        "saved": {
            "data": panel.fingerprint,
            "effect": found.recomputed.estimate.effect
            if found.recomputed and found.recomputed.estimate
            else None,
        },
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What differs in words; numbers within the tolerance do not."""
    told = []
    for claim in {**one["claims"], **other["claims"]}:
        was, now = one["claims"].get(claim), other["claims"].get(claim)
        if was is None or now is None:
            told.append(f"{claim}: judged only once")
            continue
        told += [
            f"{claim}: {key} was {was[key]} and is {now[key]}"
            for key in ("status", "certainty", "design", "data")
            if was[key] != now[key]
        ]
        told += [
            f"{claim}: {check} was {was['findings'].get(check)} and is {now['findings'].get(check)}"
            for check in {**was["findings"], **now["findings"]}
            if was["findings"].get(check) != now["findings"].get(check)
        ]
        told += [
            f"{claim}: {name} was {value} and is {now['numbers'][name]}"
            for name, value in was["numbers"].items()
            if gap(value, now["numbers"][name], was["numbers"]["std_error"]) > TOLERANCE
        ]
    if one["saved"]["data"] != other["saved"]["data"]:
        told.append("the saved evaluation's data have another fingerprint")
    if gap(one["saved"]["effect"], other["saved"]["effect"], None) > TOLERANCE:
        told.append("the saved evaluation's effect is another")
    return told


def largest_gap(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Largest difference of two numbers of the same claim."""
    return max(
        gap(value, other["claims"][claim]["numbers"][name], was["numbers"]["std_error"])
        for claim, was in one["claims"].items()
        for name, value in was["numbers"].items()
    )


def gap(one: float | None, other: float | None, error: float | None) -> float:
    """Difference as a share of the larger of both and the standard error."""
    if one is None or other is None:
        return 0.0 if one == other else math.inf
    size = max(abs(one), abs(other), error or 0.0)
    return abs(one - other) / size if size > 0 else 0.0


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _version(name: str) -> str:
    from importlib.metadata import version

    return version(name)


def _blas() -> str:
    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{found['name']} {found.get('version', '')}".strip()


def main() -> None:
    """Print them, or write the committed ones."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    text = json.dumps(verdicts(), indent=1, sort_keys=True) + "\n"
    if options.parse_args().write:
        COMMITTED.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
