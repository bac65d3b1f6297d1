"""Published verdicts computed again, from the files that hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from innoeval.briefs.read import read_evaluation
from innoeval.cli.keys import with_keys
from innoeval.cli.options import Roles
from innoeval.cli.panels import read_entries, without_panel
from innoeval.errors import SourceError
from innoeval.records.evaluation import Evaluation
from innoeval.records.panel import Panel
from innoeval.records.verification import Verification
from innoeval.sources import read_panel
from innoeval.verification import verify


def verify_files(
    evaluation: Path, panel: Path, roles: Roles, ledger: Path | None = None
) -> Verification:
    """Compute the verdict in a file again.

    Parameters
    ----------
    evaluation
        The evaluation (.json), or a brief that carries it (.pdf, .html).
    panel
        The data; or a YAML file that lists panels, one of them with the claim.
    roles
        What the options say of its columns; the evaluation says the rest.
    ledger
        An append-only register, if there is one.
    """
    from innoeval.claims import read_ledger

    published = read_evaluation(evaluation)
    found = _panel(published, panel, roles)
    return verify(evaluation, found, ledger=None if ledger is None else read_ledger(ledger))


def record(found: Verification) -> dict[str, object]:
    """The result for another program."""
    return {
        "id": found.published.claim.id,
        "stands": found.stands,
        "published": found.published.verdict.status,
        "recomputed": found.recomputed.verdict.status if found.recomputed else None,
        "differences": [
            {"about": d.about, "breaks": d.breaks, "says": d.says} for d in found.differences
        ],
    }


def _panel(published: Evaluation, path: Path, roles: Roles) -> Panel:
    """The panel, read as the evaluation says that it was read."""
    claim, said = published.claim, roles.arguments()
    if path.suffix.lower() in {".yaml", ".yml"}:
        entries = read_entries(path)
        if faults := without_panel([claim.id], entries, path.name):
            raise SourceError(faults)
        entry = next(entry for entry in entries if claim.id in entry.claims)
        return read_panel(entry.file, **entry.arguments)
    if published.columns is not None:
        return read_panel(path, **{**_arguments(published.columns.arguments), **said})
    # Older records name the metrics, and leave units and periods to be found.
    beside = {*(roles.balancing or ()), *said.get("balancing", ()), roles.numerator, roles.denominator,
              roles.neighbour, *said.get("negative_controls", ())}  # fmt: skip
    outcomes = [name for name in published.measured.recorded if name not in beside]
    return read_panel(
        path, **with_keys({"outcomes": outcomes or [claim.outcome], **said}, path, [claim])
    )


def _arguments(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) and name != "near_target" else v
            for name, v in columns.items()}  # fmt: skip
