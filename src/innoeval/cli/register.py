"""The append-only register from the command line: add to it, or hold claims against it."""

from __future__ import annotations

from pathlib import Path

from innoeval.claims import (
    Breach,
    Ledger,
    held_against,
    read_claims,
    read_ledger,
    register_claims,
)
from innoeval.claims.ledger import backdated


def add(
    claims: Path, ledger: Path, *, amend: bool, head: str
) -> tuple[Ledger, int, tuple[Breach, ...]]:
    """Put claims on record.

    Parameters
    ----------
    claims
        A register: CSV, YAML or JSON.
    ledger
        The append-only file.
    amend
        Whether changed claims are put on record again.
    head
        Hash that was published earlier, "" for none.

    Returns
    -------
    The ledger, how many entries are new, and what it shows.
    """
    register = read_claims(claims)
    if head and ledger.exists():
        found = held_against(read_ledger(ledger), (), head)
        if rewritten := tuple(b for b in found if b.kind == "rewritten"):
            return read_ledger(ledger), 0, rewritten
    grown, new = register_claims(register, ledger, amend=amend)
    added = grown.entries[len(grown.entries) - len(new) :]
    told = tuple(breach for entry in added for breach in backdated(entry))
    return grown, len(new), (*grown.breaches, *told)


def check(claims: Path, ledger: Path, *, head: str) -> tuple[Ledger, tuple[Breach, ...]]:
    """Hold a register against the ledger, and the ledger against itself; nothing is written.

    Parameters
    ----------
    claims, ledger, head
        As in `add`.
    """
    read = read_ledger(ledger)
    return read, held_against(read, read_claims(claims), head)
