"""Claims and the panels they are held against, read and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from innoeval.claims import read_claims
from innoeval.cli.roles import Roles, settled
from innoeval.errors import ClaimError, Fault, FaultsError, SourceError
from innoeval.records.claim import Claim
from innoeval.records.match import mismatches
from innoeval.records.panel import Panel
from innoeval.sources import read_panel

T = TypeVar("T")

#: What a panel in a list of panels may say, beside its file.
_ROLES = frozenset(
    {"unit", "period", "outcomes", "balancing", "numerator", "denominator", "version", "neighbour",
     "covariates"}
)  # fmt: skip


def read_cases(claims: Path, panel: Path, roles: Roles) -> list[tuple[Claim, Panel]]:
    """Every claim with its panel, ready to be evaluated.

    Parameters
    ----------
    claims
        The register.
    panel
        One table for all claims; or a YAML file that names for each claim a file, relative to it,
        and the roles of its columns.
    roles
        What the columns of the one table are for.

    Raises
    ------
    FaultsError
        Listing everything that is wrong with the claims, the panels and their fit, at once.
    """
    faults: list[Fault] = []
    register = _kept(faults, lambda: tuple(read_claims(claims)))
    panels: dict[str, Panel] = {}
    if panel.suffix.lower() in {".yaml", ".yml"}:
        panels = _kept(faults, lambda: _listed(panel, register or (), faults)) or {}
    elif register or (roles.unit and roles.period and roles.outcomes):
        one = _kept(faults, lambda: _one(panel, roles, register or ()))
        panels = {claim.id: one for claim in register or () if one is not None}
    for claim in register or ():
        if claim.id in panels:
            faults += mismatches(claim, panels[claim.id])
    if faults or register is None:
        raise ClaimError(faults)
    return [(claim, panels[claim.id]) for claim in register]


def _kept(faults: list[Fault], read: Callable[[], T]) -> T | None:
    """What was read; or nothing, its faults set aside until all are known."""
    try:
        return read()
    except FaultsError as error:
        faults += error.faults or [Fault(found=str(error), remedy="mend this first")]
        return None


def _one(path: Path, roles: Roles, claims: Sequence[Claim]) -> Panel:
    return read_panel(path, **settled(roles, path, claims).arguments())


def _listed(path: Path, claims: Sequence[Claim], faults: list[Fault]) -> dict[str, Panel]:
    """Claim id -> panel, by a YAML file; panels that several claims share are read once."""
    entries = _entries(path)
    panels: dict[str, Panel] = {}
    read: dict[str, Panel | None] = {}
    for claim in claims:
        entry = entries.get(claim.id)
        if fault := _misfit(claim.id, entry, path):
            faults.append(fault)
            continue
        key = repr(entry)
        if key not in read:
            roles = {name: value for name, value in entry.items() if name != "file"}
            file = path.parent / entry["file"]
            read[key] = _kept(faults, lambda file=file, roles=roles: read_panel(file, **roles))
        if (panel := read[key]) is not None:
            panels[claim.id] = panel
    return panels


def _entries(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _refusal(path, f"it cannot be read ({reason})", "check the path") from None
    except UnicodeDecodeError:
        raise _refusal(path, "it is not UTF-8 text", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        rows = (mark.line + 1,) if mark else ()
        raise _refusal(path, "it is not YAML", "mend the row", rows=rows) from None
    if not isinstance(found, dict):
        raise _refusal(path, "it does not name a panel for each claim", _EXAMPLE)
    return {str(key): value for key, value in found.items()}


_EXAMPLE = "write 'claim-id: {file: permits.csv, unit: district, period: month, outcomes: [days]}'"


def _misfit(claim: str, entry: Any, path: Path) -> Fault | None:
    """What is wrong with the entry of one claim."""
    if entry is None:
        found = f"the claim '{claim}' has no panel"
    elif not isinstance(entry, dict) or not {"file", "unit", "period", "outcomes"} <= set(entry):
        found = f"the panel of the claim '{claim}' lacks a file, unit, period or outcomes"
    elif unknown := set(entry) - _ROLES - {"file"}:
        found = f"the panel of the claim '{claim}' names {', '.join(sorted(map(str, unknown)))}"
        remedy = f"the roles are {', '.join(sorted(_ROLES))}"
        return Fault(found=found, remedy=remedy, origin=path.name)
    else:
        return None
    return Fault(found=found, remedy=_EXAMPLE, origin=path.name)


def _refusal(path: Path, found: str, remedy: str, rows: tuple[int, ...] = ()) -> SourceError:
    return SourceError([Fault(found=found, remedy=remedy, origin=path.name, rows=rows)])
