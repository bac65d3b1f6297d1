"""What an evaluation leaves behind: a file for each claim, and one table of all verdicts."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from innoeval.cli.folder import written_together
from innoeval.evaluate import evaluate
from innoeval.records.claim import Claim
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.tables.harmless import harmless

if TYPE_CHECKING:
    from innoeval.briefs import Edition

Step = Callable[[str], None]


def evaluate_into(
    folder: Path,
    cases: Sequence[tuple[Claim, Panel]],
    *,
    policy: Policy = Policy(),
    briefs: bool = True,
    html: bool = False,
    edition: Edition | None = None,
    step: Step = lambda _: None,
) -> list[Evaluation]:
    """Evaluate every case and write the results: all of them, or none.

    Parameters
    ----------
    folder
        Gets `<claim>.json`, `<claim>.pdf`, `<claim>.html` where wanted, and `verdicts.csv`.
    cases
        Claims, each with its panel.
    policy
        Every threshold.
    briefs
        Whether to write the briefs (PDF).
    html
        Whether to write each brief as a web page, too.
    edition
        How briefs are told; None for the usual one.
    step
        Called with the id of each claim before it is evaluated.

    Raises
    ------
    OSError
        Where `folder` cannot be written to: before the first claim is evaluated.
    """
    from innoeval.briefs.edition import USUAL
    from innoeval.briefs.place import file_names, put
    from innoeval.briefs.write import made

    evaluations = []
    suffixes = [".pdf"] * briefs + [".html"] * html
    names = file_names([claim.id for claim, _ in cases])
    with written_together(folder) as draft:
        for name, (claim, panel) in zip(names, cases, strict=True):
            step(claim.id)
            ev = evaluate(claim, panel, policy=policy)
            (draft / f"{name}.json").write_text(ev.to_json(), encoding="utf-8", newline="\n")
            for suffix in suffixes:
                path = draft / f"{name}{suffix}"
                put(path, made(ev, path, edition or USUAL))
            evaluations.append(ev)
        _write_verdicts(draft / "verdicts.csv", evaluations)
    return evaluations


def row(ev: Evaluation) -> dict[str, str | float | None]:
    """The main facts of an evaluation, one value each.

    `claimed`, `smallest`, `found_low` and `found_high` are on the claim's scale;
    `improvement`, with its ends, is in outcome units and always the base estimate. A bound that
    the data do not set is None.
    """
    verdict, estimate, interval = ev.verdict, ev.estimate, ev.verdict.interval
    ends = estimate.improvement_int if estimate else (None, None)
    return {
        "id": ev.claim.id,
        "innovation": ev.claim.innovation,
        "outcome": ev.claim.outcome,
        "status": verdict.status,
        "mark": verdict.mark,
        "certainty": verdict.certainty,
        "scale": ev.claim.scale,
        "announced": ev.claim.size,
        "smallest": verdict.smallest,
        "found_low": _finite(interval.low) if interval else None,
        "found_high": _finite(interval.high) if interval else None,
        "deciding": verdict.deciding,
        "design": ev.design,
        "improvement": estimate.improvement if estimate else None,
        "improvement_low": _finite(ends[0]),
        "improvement_high": _finite(ends[1]),
        "resolution": verdict.resolution,
        "breakdown": _finite(verdict.breakdown),
    }


def record(ev: Evaluation) -> dict[str, object]:
    """An evaluation for another program: the row, the reasons, and what the checks answered."""
    findings = {finding.check: finding.status for finding in ev.findings}
    return {**row(ev), "reasons": list(ev.verdict.reasons),
            "downgrades": list(ev.verdict.downgrades), "findings": findings}  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _write_verdicts(path: Path, evaluations: Sequence[Evaluation]) -> None:
    rows = [row(ev) for ev in evaluations]
    # With its mark at the start, Excel reads the file as UTF-8 too.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
