"""Claims on their way to the workers: grouped so that what they share is done once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from innoeval.errors import ClaimError, Fault, nearest
from innoeval.portfolio.panels import PanelSource, known, shipped
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel

Panels = Panel | Mapping[str, Panel] | PanelSource

#: Claims of one chunk where nothing else is said: about a second of work.
USUAL = 64
#: Chunks' worth of claims that wait to be grouped; more would not stream.
_WAITING = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """Claims that go to a worker together, in an order that lets them share work.

    Parameters
    ----------
    claims
        The claims.
    panels
        Their panels, one for each; or a single one, for all; or where to read them; None where the
        cargo holds it.
    fingerprint
        Of the panel in the cargo.
    cargo
        A panel that other chunks need too, as bytes.
    """

    claims: tuple[Claim, ...]
    panels: tuple[Panel | None, ...] | PanelSource | None
    fingerprint: str = ""
    cargo: npt.NDArray[np.uint8] | None = None


def chunks(claims: Iterable[Claim], panels: Panels, size: int) -> Iterator[Chunk]:
    """Group a stream of claims by panel, then by design, and cut it into chunks.

    No more than a thousand or so claims wait at any time, however long the stream.

    Parameters
    ----------
    claims
        Claims to be done, any number of them.
    panels
        One panel, one for each id, or where to read them.
    size
        Most claims in a chunk.
    """
    if isinstance(panels, Panel):
        cargo, fingerprint = None, ""
        for cut in _cut(claims, size):
            if cargo is None:
                fingerprint, cargo = panels.fingerprint, shipped(panels)
            yield Chunk(claims=cut, panels=None, fingerprint=fingerprint, cargo=cargo)
        return
    if not isinstance(panels, Mapping):
        # Told here it travels with the source; each worker would read all data for it.
        known(panels)
        for cut in _cut(claims, size):
            yield Chunk(claims=cut, panels=panels)
        return
    for window in _windows(claims, size * _WAITING):
        # Panels are held while their claims are grouped: a mapping may make them anew each time.
        by_panel: dict[int, tuple[Panel | None, list[Claim]]] = {}
        for claim in window:
            panel = panels.get(claim.id)
            by_panel.setdefault(id(panel), (panel, []))[1].append(claim)
        few: list[tuple[Claim, Panel | None]] = []
        for panel, group in by_panel.values():
            if len(group) <= size or panel is None:
                # A panel that one chunk can finish travels with that chunk.
                if len(few) + len(group) > size:
                    yield from _of(few, size)
                    few = []
                few += [(claim, panel) for claim in sorted(group, key=_by_design)]
                continue
            yield from chunks(group, panel, size)
        yield from _of(few, size)


def refuse_unfit(claims: Iterable[Claim], panels: Panels) -> None:
    """Refuse what is no claim, claims with one id or without a panel, before any work is done.

    Raises
    ------
    ClaimError
        Listing all of them at once.
    """
    seen: dict[str, int] = {}
    for claim in claims:
        if fault := no_claim(claim):
            raise ClaimError([fault])
        seen[claim.id] = seen.get(claim.id, 0) + 1
    faults = [twice(name, n) for name, n in seen.items() if n > 1]
    faults += [fault for name in seen if (fault := no_panel(name, panels)) is not None]
    if faults:
        raise ClaimError(faults)


def no_claim(claim: object) -> Fault | None:
    """What is wrong with something that is no claim, or whose id no file can hold."""
    if isinstance(claim, Claim):
        if claim.id.encode("utf-8", "replace").decode("utf-8") == claim.id:
            return None
        return Fault(
            found=f"the id {claim.id!a} holds half a character (a lone surrogate), which no file can hold",
            remedy="give the claim another id",
            origin="claims",
            column="id",
        )
    return Fault(
        found=f"{claim!r} is a {type(claim).__name__} and no claim",
        remedy="read a file or a data frame with innoeval.read_claims first",
        origin="claims",
    )


def twice(name: str, n: int = 2) -> Fault:
    """What is wrong with two claims of one id."""
    return Fault(
        found=f"the id '{name}' stands there {n} times",
        remedy="give each claim its own",
        origin="claims",
        column="id",
    )


def no_panel(name: str, panels: Panels) -> Fault | None:
    """What is wrong with a claim that has no panel; None where it has one."""
    if not isinstance(panels, Mapping) or name in panels:
        return None
    return Fault(
        found=f"claim '{name}' has no panel",
        remedy=f"add panels['{name}']; {nearest(name, panels, 'there are panels for')}",
        origin="panels",
    )


def _of(pairs: list[tuple[Claim, Panel | None]], size: int) -> Iterator[Chunk]:
    """Chunks of claims with their panels beside them."""
    for first in range(0, len(pairs), size):
        claims, panels = zip(*pairs[first : first + size], strict=True)
        yield Chunk(claims=claims, panels=panels)


def _cut(claims: Iterable[Claim], size: int) -> Iterator[tuple[Claim, ...]]:
    """Chunks of a stream, its claims sorted by design within a thousand or so."""
    for window in _windows(claims, size * _WAITING):
        window.sort(key=_by_design)
        for first in range(0, len(window), size):
            yield tuple(window[first : first + size])


def _windows(claims: Iterable[Claim], size: int) -> Iterator[list[Claim]]:
    """A stream in lists of at most so many."""
    window: list[Claim] = []
    for claim in claims:
        window.append(claim)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window


def _by_design(claim: Claim) -> tuple[object, ...]:
    """Claims alike in this share assignments, critical values and placebos."""
    return tuple(claim.treated.items()), claim.outcome, claim.id
