"""Keep a ledger on the disk: read it, and add to its end, all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from innoeval.claims.ledger import Breach, Ledger, entered, held_against_claim, ledger_of
from innoeval.errors import ClaimError, Fault, RecordError
from innoeval.records.claim import Claim


def read_ledger(path: str | os.PathLike[str]) -> Ledger:
    """Read an append-only register, and find what was changed, removed or moved in it.

    Parameters
    ----------
    path
        The file that `register_claims` wrote.

    Raises
    ------
    RecordError
        Where it cannot be read, is no text, or is of another format version.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordError(
            f"'{path}' cannot be read ({(error.strerror or str(error)).lower()}); check the path"
        ) from None
    return ledger_of(_decoded(content, path.name), path.name)


def register_claims(
    claims: Iterable[Claim], path: str | os.PathLike[str], *, amend: bool = False
) -> tuple[Ledger, tuple[Claim, ...]]:
    """Put claims on record, at the end of an append-only register.

    A claim that stands there as it is now is left alone. Two processes take turns; a line is
    flushed to the disk before this returns; a write that fails leaves the file as it was.

    Parameters
    ----------
    claims
        Such as a `ClaimRegister`.
    path
        The ledger; it is made if it is missing.
    amend
        Whether claims that stand there otherwise are put there again, as amendments that show.

    Returns
    -------
    The ledger as it is now, and the claims that were added.

    Raises
    ------
    RecordError
        Where the ledger was tampered with: nothing is added to what does not stand. Where the clock
        of this machine is behind the last entry.
    ClaimError
        Listing every claim that was changed since it was put on record, from what to what.

    Examples
    --------
    >>> import tempfile
    >>> desk = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...              treated=["North"], start="2023-02", size=0.15)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger, added = register_claims([desk], Path(folder, "ledger.jsonl"))
    ...     again, none = register_claims([desk], Path(folder, "ledger.jsonl"))
    >>> len(added), len(none), again.head == ledger.head
    (1, 0, True)
    """
    path = Path(path)
    with _held(path) as file:
        content = file.read()
        ledger = ledger_of(_decoded(content, path.name), path.name)
        if not ledger.stands:
            told = " ".join(breach.says for breach in ledger.breaches if breach.breaks)
            raise RecordError(
                f"'{path.name}' does not stand as it was written, so nothing was added: {told} "
                "Go back to a copy that stands"
            )
        new = _new(ledger, list(claims), amend=amend)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if new and ledger.entries and now < (last := ledger.entries[-1].added_on):
            # Written down, it would count as tampering, and nothing could ever follow it.
            raise RecordError(
                f"this machine's clock says {now}, which is before the last entry of "
                f"'{path.name}' ({last}), so nothing was added: set the clock right; if it was "
                "ahead when that entry was made, go back to a copy from before"
            )
        grown = entered(ledger, new, now)
        lines = "".join(entry.line for entry in grown.entries[len(ledger.entries) :])
        if lines:
            # A line that was cut off put nothing on record, and must not run into the next.
            whole = content.rfind(b"\n") + 1
            _write(file, whole, lines.encode(), content)
    kept = tuple(b for b in grown.breaches if not (lines and b.kind == "cut_off"))
    return Ledger(entries=grown.entries, breaches=kept, origin=path.name), tuple(new)


def _new(ledger: Ledger, claims: list[Claim], *, amend: bool) -> list[Claim]:
    """Claims that do not stand in the ledger as they are."""
    new, changed = [], []
    for claim in claims:
        latest = ledger.latest(claim.id)
        if latest is None:
            new.append(claim)
        elif latest.claim != claim:
            new.append(claim)
            changed += [b for b in held_against_claim(ledger, claim) if b.kind == "changed"]
    if changed and not amend:
        raise ClaimError([_fault(breach, ledger.origin) for breach in changed])
    return new


def _fault(breach: Breach, origin: str) -> Fault:
    return Fault(
        found=breach.says.rstrip("."),
        remedy="give back what was registered, or register it as an amendment, which will show (amend=True, --amend)",
        origin=origin,
    )


def _write(file: IO[bytes], whole: int, lines: bytes, content: bytes) -> None:
    """Lines at the end of the file, on the disk; or the file as it was."""
    try:
        _put(file, whole, lines)
    except OSError:
        _put(file, whole, content[whole:])
        raise


def _put(file: IO[bytes], place: int, content: bytes) -> None:
    file.seek(place)
    file.truncate()
    while content:
        content = content[file.write(content) :]
    os.fsync(file.fileno())


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes]]:
    """The file, opened to read and write, while no other process is at it."""
    fresh = not path.exists()
    # Not "a": what was cut off before is taken away under the same lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            pass
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        if fresh:
            _flush_folder(path.absolute().parent)
        yield file


def _flush_folder(folder: Path) -> None:
    """A new file's name, on the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise RecordError(
            f"'{name}' is no text; give a ledger that innoeval register wrote"
        ) from None
