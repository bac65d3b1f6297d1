"""What an earlier run did, held against the claims and data of this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path

from innoeval.errors import Fault, RunError
from innoeval.portfolio.chunks import Panels
from innoeval.portfolio.panels import PanelSource
from innoeval.portfolio.store import Done, Store
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel

#: Panels with their fingerprints, the latest last.
Prints = list[tuple[Panel | PanelSource, str]]
_KEPT = 8


def refuse_other(
    claims: Collection[Claim], panels: Panels, done: Mapping[str, Done], folder: Path
) -> None:
    """Refuse a run that was begun from other claims or other data.

    Raises
    ------
    RunError
        Listing every claim that was changed or left out, and every panel that differs.
    """
    prints: Prints = []
    faults = [
        fault
        for claim in claims
        if (fault := of_other_data(claim, panels, done.get(claim.id), str(folder), prints))
    ]
    faults += left_out(set(done) - {claim.id for claim in claims}, str(folder))
    if faults:
        raise RunError(faults)


def left_out(names: Collection[str], origin: str) -> list[Fault]:
    """What is wrong with claims that were done, and are no longer among the claims."""
    return [
        Fault(
            found=f"claim '{name}' was evaluated in this run and is not among the claims now",
            remedy="leave it in, so that it is counted; or name another folder",
            origin=origin,
        )
        for name in sorted(names)
    ]


def of_other_data(
    claim: Claim, panels: Panels, before: Done | None, origin: str, prints: Prints
) -> Fault | None:
    """What differs between a claim and its earlier run; None where nothing does.

    Parameters
    ----------
    claim, panels
        As they are now.
    before
        What the claim was done from; None where it is not done.
    origin
        Folder of the run.
    prints
        Fingerprints of the last panels that were met.
    """
    if before is None:
        return None
    if before.digest != claim.digest:
        return _changed(claim, Path(origin))
    if not before.panel:
        return None  # it failed before its panel could be read
    source = panels.get(claim.id) if isinstance(panels, Mapping) else panels
    if source is None:
        return None
    now = next((known for met, known in prints if met is source), "")
    if not now:
        now = source.fingerprint
        # Held with their panels: a mapping may make them anew, and a freed place is used again.
        prints.append((source, now))
        del prints[:-_KEPT]
    # Of a source, the whole counts; behind it stands the claim's own slice.
    if now == before.panel.partition("/")[0]:
        return None
    what = f"'{source.origin}'" if isinstance(source, Panel) else "the source of panels"
    return Fault(
        found=f"claim '{claim.id}' was evaluated on other data: the fingerprint was "
        f"{before.panel[:12]}, and that of {what} is {now[:12]}",
        remedy="use that data, or name another folder",
        origin=origin,
    )


def _changed(claim: Claim, folder: Path) -> Fault:
    """Which fields of a claim were edited since it was evaluated."""
    earlier = _earlier(claim.id, folder)
    names = (
        [f.name for f in fields(Claim) if getattr(earlier, f.name) != getattr(claim, f.name)]
        if earlier is not None
        else []
    )
    told = "; ".join(
        f"{name} was {getattr(earlier, name)!r} and is {getattr(claim, name)!r}" for name in names
    )
    return Fault(
        found=f"claim '{claim.id}' was evaluated in another wording"
        + (f": {told}" if told else ""),
        remedy="use that wording, or give the new one its own id (and version_of)",
        origin=str(folder),
    )


def _earlier(name: str, folder: Path) -> Claim | None:
    """The claim as it was evaluated; None where it failed."""
    from pyarrow import parquet

    from innoeval.records.evaluation import Evaluation

    for part in Store(folder).parts:
        found = parquet.read_table(
            part, columns=["evaluation"], filters=[("id", "=", name)], partitioning=None
        )
        for text in found.column("evaluation").to_pylist():
            return Evaluation.from_json(text).claim if text else None
    return None
