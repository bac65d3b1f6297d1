"""The sample: the invented city's files, register and truth, the same bytes at every call."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from innoeval.records.claim import Claim, Event
from innoeval.records.panel import Panel
from innoeval.simulate.northbridge import Service, services
from innoeval.simulate.northbridge.service import Column
from innoeval.simulate.truth import Scenario

#: Name of each column of the register, in order.
REGISTER: tuple[str, ...] = (
    "id", "innovation", "outcome", "better", "treated", "start", "size", "scale", "smallest_effect",
    "before_first", "before_last", "after_first", "after_last", "events", "definition_changes",
    "family", "source", "statement", "registered_on", "published_on", "cost", "assignment",
)  # fmt: skip


def sample() -> tuple[Scenario, ...]:
    """Every claim of the sample with its panel and its truth, in the order of the register.

    The panels hold the numbers that the files hold, rounding included.

    Examples
    --------
    >>> scenarios = sample()
    >>> len(scenarios), scenarios[0].claim.id, scenarios[0].truth.allowed
    (16, 'one-stop-desk', ('supported',))
    """
    return tuple(
        Scenario(panel=_panel(service, claim), claim=claim, truth=truth)
        for service in services()
        for claim, truth in zip(service.claims, service.truths, strict=True)
    )


def write_sample(directory: str | Path) -> Path:
    """Write the sample: six services, the register of claims, and the truth beside them.

    Files appear when all are complete; files of other names stay.

    Parameters
    ----------
    directory
        Folder to write to; it is made if it is missing.

    Returns
    -------
    The folder, which then holds a file for each service, `claims.csv` (as `read_claims` takes it),
    `panels.yaml` (each panel's file, claims and roles of columns, as `read_panel` takes them) and
    `truth.csv`.

    Raises
    ------
    OSError
        Where the folder cannot be written to.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     sorted(path.name for path in write_sample(place).iterdir())[:3]
    ['claims.csv', 'contact.csv', 'ideas.csv']
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".innoeval-", dir=folder))
    try:
        for name, text in _files().items():
            (draft / name).write_bytes(text.encode())
        for path in sorted(draft.iterdir()):
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _files() -> dict[str, str]:
    """Text of every file of the sample by name."""
    every = services()
    truths = [truth for service in every for truth in service.truths]
    files = {f"{service.name}.csv": _service_file(service) for service in every}
    files["claims.csv"] = _table(
        REGISTER, (_claim_row(claim) for service in every for claim in service.claims)
    )
    files["panels.yaml"] = _panels_file(every)
    files["truth.csv"] = _table(
        ("claim", "fault", "effect", "relative", "size", "allowed", "why"),
        (
            (t.claim, t.fault, _short(t.effect), f"{t.relative:.4f}", _short(t.size),
             "; ".join(t.allowed), t.why)
            for t in truths
        ),
    )  # fmt: skip
    return files


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _short(number: float) -> str:
    """A number with four significant digits."""
    return f"{number:.4g}"


def _cells(column: Column) -> list[str]:
    """Each value as the file shows it."""
    if column.values.dtype.kind != "f":
        return [str(value) for value in column.values.ravel()]
    return [f"{value:.{column.decimals}f}" for value in column.values.ravel()]


def _keys(service: Service) -> dict[str, list[str]]:
    labels = service.calendar.labels
    return {
        service.unit: [unit for unit in service.units for _ in labels],
        service.period: [label for _ in service.units for label in labels],
    }


def _service_file(service: Service) -> str:
    columns = _keys(service) | {name: _cells(column) for name, column in service.columns.items()}
    return _table(list(columns), list(zip(*columns.values(), strict=True)))


def _roles(service: Service, claim: Claim) -> dict[str, Any]:
    """Roles of a claim's panel, as `read_panel` takes them."""
    own = service.claim_roles[claim.id]
    return {"unit": service.unit, "period": service.period} | dict(service.roles) | dict(own)


def _panel(service: Service, claim: Claim) -> Panel:
    columns: dict[str, Any] = dict(_keys(service))
    for name, column in service.columns.items():
        cells = _cells(column)
        numbers = column.values.dtype.kind == "f"
        columns[name] = np.array(cells, dtype=np.float64) if numbers else cells
    return Panel(
        frame=pd.DataFrame(columns),
        freq=service.freq,
        origin=f"{service.name}.csv",
        **_roles(service, claim),
    )


def _claim_row(claim: Claim) -> tuple[str, ...]:
    ends = ("", "", "", "")
    if claim.windows is not None:
        (a, b), (c, d) = claim.windows
        ends = (a, b, c, d)
    return (
        claim.id, claim.innovation, claim.outcome, claim.better, "; ".join(claim.units),
        next(iter(claim.treated.values())), _number(claim.size), claim.scale,
        _number(claim.smallest_effect), *ends, "; ".join(map(_event, claim.events)),
        "; ".join(claim.definition_changes), claim.family, claim.source, claim.statement,
        claim.registered_on, claim.published_on, _number(claim.cost), claim.assignment,
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _event(event: Event) -> str:
    scope = event.scope if isinstance(event.scope, str) else ", ".join(event.scope)
    return f"{event.period} | {scope} | {event.what}"


def _panels_file(every: Sequence[Service]) -> str:
    """Panels with their claims and roles, as YAML; a claim with roles of its own gets its own."""
    lines = ["# Each panel: its file, the claims held against it, and the roles of its columns."]
    for service in every:
        groups: dict[str, list[Claim]] = {}
        for claim in service.claims:
            name = claim.id if service.claim_roles[claim.id] else service.name
            groups.setdefault(name, []).append(claim)
        for name, claims in groups.items():
            roles = _roles(service, claims[0])
            entry = {"file": f"{service.name}.csv", "claims": [claim.id for claim in claims]}
            lines.append(f"{name}:")
            # JSON is YAML too, and its text never changes with a library's version.
            lines += [f"  {key}: {json.dumps(value)}" for key, value in (entry | roles).items()]
    return "\n".join(lines) + "\n"
