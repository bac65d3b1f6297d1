"""What a brief carries inside it: the evaluation, its series and the data, as files."""

from __future__ import annotations

import csv
import math
from io import StringIO

from innoeval.briefs.language import Language
from innoeval.records.estimate import Path
from innoeval.records.evaluation import Evaluation
from innoeval.tables.harmless import harmless


def attachments(
    ev: Evaluation, say: Language, data: str | None = None
) -> list[tuple[str, str, str, str]]:
    """Files inside a brief: name, media type, what it is, text."""
    # A lone surrogate has no bytes; written as an escape it is still the same JSON.
    record = ev.to_json().encode("utf-8", "backslashreplace").decode()
    found = [
        (
            "evaluation.json",
            "application/json",
            say("attached.evaluation"),
            record,
        )
    ]
    if ev.estimate is not None and ev.estimate.path is not None:
        found.append(
            ("series.csv", "text/csv", say("attached.series"), series_csv(ev.estimate.path))
        )
    if data is not None:
        found.append(("panel.csv", "text/csv", say("attached.panel"), data))
    return found


def series_csv(path: Path) -> str:
    """The path as CSV, numbers in full; an empty cell is a missing value or no bound."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("observed", "counterfactual", "effect", "low", "high", "comparison")
    writer.writerow(("period", *names))
    columns = [getattr(path, name) for name in names]
    for place, period in enumerate(path.period):
        values = [float(column[place]) for column in columns]
        writer.writerow((harmless(period), *(repr(v) if math.isfinite(v) else "" for v in values)))
    return text.getvalue()
