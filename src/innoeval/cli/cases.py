"""Claims and the panels they are held against, read and checked before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from innoeval.claims import ClaimRegister, hold_against, read_claims
from innoeval.cli.keys import with_keys
from innoeval.cli.options import Roles
from innoeval.cli.panels import read_entries, without_panel
from innoeval.errors import ClaimError, Fault, FaultsError, SourceError
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.sources import read_panel
from innoeval.tables import read_table

T = TypeVar("T")


def read_cases(claims: Path, panel: Path, roles: Roles) -> list[tuple[Claim, Panel]]:
    """Every claim with its panel, ready to be evaluated.

    Parameters
    ----------
    claims
        The register.
    panel
        One table for all claims; or a YAML file that lists panels, each with its claims.
    roles
        What the columns of the one table are for.

    Raises
    ------
    ClaimError
        Listing everything that is wrong with the claims, the panels and their fit, at once.
    """
    faults: list[Fault] = []
    register, panels = _read(claims, panel, roles, faults)
    if register:
        faults += _misfits(register, panels)
    if faults or register is None:
        raise ClaimError(faults)
    return [(claim, panels[claim.id]) for claim in register]


def read_register(
    claims: Path, panel: Path, roles: Roles
) -> tuple[ClaimRegister, Mapping[str, Panel]]:
    """A register and the panel of each claim, which need not fit: a claim that does not, fails.

    Parameters
    ----------
    claims, panel, roles
        As in `read_cases`.

    Raises
    ------
    ClaimError
        Listing everything that is wrong with the files, at once.
    """
    faults: list[Fault] = []
    register, panels = _read(claims, panel, roles, faults)
    if faults and register is not None and not roles.outcomes:
        # A claim about a metric that the table lacks must not keep the others from being read.
        again: list[Fault] = []
        fitting = _named_in(panel, roles, register.claims)
        found = _of_table(panel, roles, fitting, again) if fitting else {}
        if found and not again:
            return register, dict.fromkeys((claim.id for claim in register), found[fitting[0].id])
        faults += [fault for fault in again if fault not in faults]
    if faults or register is None:
        raise ClaimError(faults)
    return register, panels


def _named_in(path: Path, roles: Roles, claims: Sequence[Claim]) -> list[Claim]:
    """Claims whose metric is a column of the one table; none of a list of panels."""
    if path.suffix.lower() in {".yaml", ".yml"}:
        return []
    said = roles.arguments()
    how = {name: said[name] for name in ("encoding", "sheet") if name in said}
    try:
        table = read_table(path, wanted=[claim.outcome for claim in claims], **how)
    except FaultsError:
        return []
    columns = {str(name) for name in table.frame.columns}
    return [claim for claim in claims if claim.outcome in columns]


def _read(
    claims: Path, panel: Path, roles: Roles, faults: list[Fault]
) -> tuple[ClaimRegister | None, dict[str, Panel]]:
    """Both files, as far as they can be read."""
    register = _kept(faults, lambda: _register(claims, roles))
    known = register.claims if register else ()
    if panel.suffix.lower() in {".yaml", ".yml"}:
        return register, _of_list(panel, known, faults)
    return register, _of_table(panel, roles, known, faults)


def _register(path: Path, roles: Roles) -> ClaimRegister:
    """The claims; a remedy that names an argument names the option for claims."""
    try:
        return read_claims(path, sheet=roles.claims_sheet, encoding=roles.claims_encoding)
    except SourceError as error:
        raise SourceError(
            [
                replace(fault, remedy=re.sub(r"\b(sheet|encoding)=", r"claims-\1=", fault.remedy))
                for fault in error.faults
            ]
        ) from None


def _kept(faults: list[Fault], read: Callable[[], T]) -> T | None:
    """What was read; or nothing, its faults set aside until all are known."""
    try:
        return read()
    except FaultsError as error:
        faults += error.faults or [Fault(found=str(error), remedy="mend this first")]
        return None


def _of_table(
    path: Path, roles: Roles, claims: Sequence[Claim], faults: list[Fault]
) -> dict[str, Panel]:
    """The one panel, for every claim; without a claim to go by only where the options say all."""
    if not claims and not (roles.unit and roles.period and roles.outcomes):
        return {}
    panel = _kept(faults, lambda: read_panel(path, **with_keys(roles.arguments(), path, claims)))
    return {} if panel is None else {claim.id: panel for claim in claims}


def _of_list(path: Path, claims: Sequence[Claim], faults: list[Fault]) -> dict[str, Panel]:
    """Claim id -> panel; only panels that a claim is held against are read."""
    entries = _kept(faults, lambda: read_entries(path))
    if entries is None:
        return {}
    ids = [claim.id for claim in claims]
    faults += without_panel(ids, entries, path.name)
    panels: dict[str, Panel] = {}
    for entry in entries:
        wanted = [name for name in entry.claims if name in ids]
        arguments: dict[str, Any] = entry.arguments
        if not wanted:
            continue
        try:
            panel = read_panel(entry.file, **arguments)
        except FaultsError as error:
            faults += error.faults
        else:
            panels |= dict.fromkeys(wanted, panel)
    return panels


def _misfits(register: ClaimRegister, panels: Mapping[str, Panel]) -> list[Fault]:
    """Every way in which a claim does not fit its panel, with the claim's row."""
    faults: list[Fault] = []
    for i, claim in enumerate(register):
        if claim.id in panels:
            alone = replace(register, claims=(claim,), rows=register.rows[i : i + 1])
            faults += hold_against(alone, panels[claim.id])
    return faults
