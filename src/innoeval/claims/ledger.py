"""The append-only register: claims put on record one after another, so that later edits show.

Each line holds one claim, when it was put there, and the SHA-256 of the line before it. Whoever
changes, removes or moves a line breaks that chain from there on; whoever writes the whole file
anew cannot keep its head, the hash of the last line, which is printed whenever claims are added
and can be published, or kept by somebody else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from innoeval.errors import InnoevalError, RecordError
from innoeval.records.claim import Claim
from innoeval.records.saved import dump, load

#: Raised when entries change shape; a ledger of another format is refused by name.
FORMAT = 1
#: The hash before the first entry.
GENESIS = "0" * 64

Kind = Literal[
    "unreadable", "edited", "removed", "reordered", "rewritten", "clock", "backdated", "amended",
    "changed", "dropped", "unregistered", "cut_off",
]  # fmt: skip
#: What shows in a ledger without anybody having tampered with it.
TOLD: frozenset[Kind] = frozenset({"backdated", "amended", "unregistered", "cut_off"})
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ].*)?)?)?")
#: Fields by which a claim could be cut to fit its results, told first.
_TELLING = ("size", "scale", "windows", "outcome", "better", "treated", "smallest_effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a ledger: a claim, and when it was put on record.

    Parameters
    ----------
    place
        1 for the first.
    added_on
        Date and time (UTC) of the machine that added it: "2023-01-15T09:30:00Z".
    claim
        The claim as it was put on record.
    previous
        Hash of the entry before it.
    """

    place: int
    added_on: str
    claim: Claim
    previous: str

    @property
    def day(self) -> str:
        """The date, without the time."""
        return self.added_on[:10]

    @property
    def hash(self) -> str:
        """SHA-256 of place, time, claim and the hash before: what the next entry leans on."""
        return hashlib.sha256(_body(self).encode()).hexdigest()

    @property
    def line(self) -> str:
        """The entry as one line of JSON, its own hash at the end."""
        return f'{_body(self)[:-1]}, "hash": "{self.hash}"}}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One thing that a ledger, or a claim held against it, shows.

    Parameters
    ----------
    kind
        "edited", "removed", "reordered", "rewritten" and "unreadable" entries; a "clock" that went
        back; a claim that was "changed" or "dropped" after it was put on record; and, without
        tampering, "amended", "backdated" and "unregistered" claims, and a "cut_off" last line.
    says
        One plain sentence.
    place
        Line of the ledger, where there is one.
    """

    kind: Kind
    says: str
    place: int | None = None

    @property
    def breaks(self) -> bool:
        """Whether the record was tampered with, as far as this shows it."""
        return self.kind not in TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Claims in the order in which they were put on record.

    Parameters
    ----------
    entries
        The lines that could be read, in order.
    breaches
        What is wrong with the lines themselves.
    origin
        Name of the file.

    Examples
    --------
    >>> desk = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...              treated=["North"], start="2023-02", size=0.15)
    >>> ledger = entered(Ledger(), [desk], "2023-01-15T09:30:00Z")
    >>> ledger.first("desk").day, len(ledger.head)
    ('2023-01-15', 64)
    """

    entries: tuple[Entry, ...] = ()
    breaches: tuple[Breach, ...] = ()
    origin: str = field(default="the ledger", compare=False)

    @property
    def head(self) -> str:
        """Hash of the last entry: published, it makes every rewriting of the ledger show."""
        return self.entries[-1].hash if self.entries else GENESIS

    @property
    def stands(self) -> bool:
        """Whether no line was changed, removed or moved, as far as the chain shows it."""
        return not any(breach.breaks for breach in self.breaches)

    def first(self, id: str) -> Entry | None:  # noqa: A002 - a claim's own word for it
        """The entry that put a claim on record; None where there is none."""
        return next((entry for entry in self.entries if entry.claim.id == id), None)

    def latest(self, id: str) -> Entry | None:  # noqa: A002 - likewise
        """The last entry of a claim, which may amend the first."""
        return next((entry for entry in reversed(self.entries) if entry.claim.id == id), None)


def entered(ledger: Ledger, claims: Iterable[Claim], added_on: str) -> Ledger:
    """The ledger with some claims at its end.

    Parameters
    ----------
    ledger
        As it is.
    claims
        The claims to add, in order.
    added_on
        Date and time (UTC).
    """
    entries = list(ledger.entries)
    for claim in claims:
        previous = entries[-1].hash if entries else GENESIS
        entries.append(
            Entry(place=len(entries) + 1, added_on=added_on, claim=claim, previous=previous)
        )
    return Ledger(entries=tuple(entries), breaches=ledger.breaches, origin=ledger.origin)


def ledger_of(text: str, origin: str = "the ledger") -> Ledger:
    """Read a ledger's lines, and find everything that is wrong with them.

    Parameters
    ----------
    text
        Its JSON lines.
    origin
        Name of the file.

    Raises
    ------
    RecordError
        Where it is of another format version.
    """
    lines = text.split("\n")
    rest = lines.pop()
    entries: list[Entry] = []
    breaches: list[Breach] = []
    places: list[int] = []
    hashes: list[str] = []
    for number, line in enumerate(lines, start=1):
        entry, said = _entry(line, number, origin, breaches)
        if entry is not None:
            entries.append(entry)
            places.append(number)
            hashes.append(said)
    breaches += _chain(entries, hashes, places)
    breaches += _clock(entries, places)
    if rest.strip():
        breaches.append(
            Breach(kind="cut_off", place=len(lines) + 1,
                   says="The last line was cut off while it was written: it put no claim on record."))  # fmt: skip
    return Ledger(entries=tuple(entries), breaches=tuple(breaches), origin=origin)


def held_against(ledger: Ledger, claims: Iterable[Claim], head: str = "") -> tuple[Breach, ...]:
    """Everything that a ledger shows of some claims as they are now.

    Parameters
    ----------
    ledger
        The append-only register.
    claims
        The claims of a register, all of them: one that is missing counts as dropped.
    head
        Hash of an entry that was published earlier, "" for none.

    Examples
    --------
    >>> desk = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...              treated=["North"], start="2023-02", size=0.15)
    >>> ledger = entered(Ledger(), [desk], "2023-01-15T09:30:00Z")
    >>> edited = Claim(id="desk", innovation="One-stop desk", outcome="days", better="lower",
    ...                treated=["North"], start="2023-02", size=0.1)
    >>> held_against(ledger, [edited])[0].says
    "Claim 'desk' was changed after it was put on record on 2023-01-15: size was 0.15 and is 0.1."
    """
    now = list(claims)
    found = [*ledger.breaches]
    if head and head not in {GENESIS, *(entry.hash for entry in ledger.entries)}:
        found.append(Breach(kind="rewritten", says=f"No entry has the published hash {head[:12]}: the ledger was "
                                                   "written anew, or its end was removed."))  # fmt: skip
    for claim in now:
        found += held_against_claim(ledger, claim)
    ids = {claim.id for claim in now}
    found += [
        Breach(kind="dropped", says=f"Claim '{entry.claim.id}', put on record on {entry.day}, is not among the claims any more.",
               place=entry.place)
        for entry in ledger.entries
        if entry.claim.id not in ids and entry is ledger.first(entry.claim.id)
    ]  # fmt: skip
    return tuple(found)


def held_against_claim(ledger: Ledger, claim: Claim) -> Iterator[Breach]:
    """What a ledger shows of one claim as it is now.

    Parameters
    ----------
    ledger, claim
        The two records.
    """
    entries = [entry for entry in ledger.entries if entry.claim.id == claim.id]
    if not entries:
        yield Breach(kind="unregistered", says=f"Claim '{claim.id}' is not on record.")
        return
    for earlier, later in pairwise(entries):
        yield Breach(
            kind="amended",
            place=later.place,
            says=f"Claim '{claim.id}' was amended on {later.day}: "
            f"{told_changes(earlier.claim, later.claim)}.",
        )
    if entries[-1].claim != claim:
        yield Breach(
            kind="changed",
            place=entries[-1].place,
            says=f"Claim '{claim.id}' was changed after it was put on record on "
            f"{entries[-1].day}: {told_changes(entries[-1].claim, claim)}.",
        )
    yield from backdated(entries[0])


def backdated(entry: Entry) -> Iterator[Breach]:
    """Whether a claim says that it was registered on another day than it was.

    Parameters
    ----------
    entry
        The entry that put it on record.
    """
    said, name = entry.claim.registered_on.strip(), entry.claim.id
    if not _DATE.fullmatch(said):
        return
    # A month or a year may mean its last day; it is backdated only where that has passed too.
    if said < entry.day[: len(said)]:
        days = _days_between(said, entry.day)
        ago = f" {days} days later" if days else ""
        yield Breach(
            kind="backdated",
            place=entry.place,
            says=f"Claim '{name}' says that it was registered on {said} and was put on record here{ago}, on "
            f"{entry.day}; nothing here shows that it stood then.",
        )
    elif said[:10] > entry.day:
        yield Breach(
            kind="backdated",
            place=entry.place,
            says=f"Claim '{name}' says that it was registered on {said}, after it was put on record here on "
            f"{entry.day}.",
        )


def told_changes(was: Claim, now: Claim) -> str:
    """Which fields of a claim differ, from what to what; those that matter most first.

    Parameters
    ----------
    was, now
        The claim then and now.
    """
    names = (*_TELLING, *(f.name for f in fields(Claim) if f.name not in _TELLING))
    return "; ".join(
        _units(was, now) if name == "treated"
        else f"{name} was {_said(getattr(was, name))} and is {_said(getattr(now, name))}"
        for name in names
        if getattr(was, name) != getattr(now, name)
    ) or "their order of units differs"  # fmt: skip


def _units(was: Claim, now: Claim) -> str:
    """What became of the treated units."""
    gone = [unit for unit in was.treated if unit not in now.treated]
    new = [unit for unit in now.treated if unit not in was.treated]
    moved = [
        f"{unit} starts in {now.treated[unit]} and started in {was.treated[unit]}"
        for unit in now.treated
        if unit in was.treated and was.treated[unit] != now.treated[unit]
    ]
    parts = [f"left out: {', '.join(gone)}"] * bool(gone) + [f"added: {', '.join(new)}"] * bool(new)
    return f"treated units: {', '.join([*parts, *moved])}"


def _said(value: object) -> str:
    if value in (None, "", ()):
        return "not said"
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(w, tuple) for w in value):
        return " and ".join(f"{first} to {last}" for first, last in value)
    return repr(value) if isinstance(value, str) else f"{value}"


def _body(entry: Entry) -> str:
    """The canonical text that is hashed."""
    return json.dumps(
        {
            "format": FORMAT,
            "entry": entry.place,
            "added_on": entry.added_on,
            "previous": entry.previous,
            "claim": json.loads(dump(entry.claim, indent=None)),
        },
        ensure_ascii=True,
        allow_nan=False,
    )


def _entry(line: str, number: int, origin: str, breaches: list[Breach]) -> tuple[Entry | None, str]:
    """An entry and the hash that it says of itself; a breach where it is none."""
    try:
        plain: dict[str, Any] = json.loads(line)
        found, text = plain["format"], json.dumps(plain["claim"])
        place, added_on = int(plain["entry"]), str(plain["added_on"])
        previous, said = str(plain["previous"]), str(plain["hash"])
        claim = load(Claim, text) if found == FORMAT else None
    except (InnoevalError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        says = f"Line {number} is no entry any more ({str(error)[:200]})."
        breaches.append(Breach(kind="unreadable", place=number, says=says))
        return None, ""
    if claim is None:
        raise RecordError(
            f"{origin} has format {found!r} and this innoeval reads format {FORMAT}; "
            "use the version of innoeval that wrote it"
        )
    return Entry(place=place, added_on=added_on, claim=claim, previous=previous), said


def _chain(entries: list[Entry], hashes: list[str], places: list[int]) -> Iterator[Breach]:
    """Lines that were changed, removed or moved."""
    intact = [entry.hash == said for entry, said in zip(entries, hashes, strict=True)]
    by_hash = {said: i for i, said in enumerate(hashes)}
    for i, entry in enumerate(entries):
        line, name = places[i], entry.claim.id
        before = hashes[i - 1] if i else GENESIS
        if not intact[i]:
            yield Breach(kind="edited", place=line,
                         says=f"Line {line} (claim '{name}', {entry.day}) was edited after it was written.")  # fmt: skip
        if entry.previous == before:
            continue
        if entry.previous in by_hash or (entry.previous == GENESIS and i):
            kind, what = "reordered", f"Line {line} (claim '{name}') does not stand where it was written: it was entry {entry.place}"  # fmt: skip
        else:
            missing = entry.place - (entries[i - 1].place if i else 0) - 1
            lost = f"{missing} entries" if missing > 1 else "an entry"
            kind, what = "removed", f"Before line {line} (claim '{name}') {lost} was removed or replaced".replace("entries was", "entries were")  # fmt: skip
        yield Breach(kind=kind, place=line, says=f"{what}.")  # type: ignore[arg-type]


def _clock(entries: list[Entry], places: list[int]) -> Iterator[Breach]:
    for i in range(1, len(entries)):
        if entries[i].added_on < entries[i - 1].added_on:
            yield Breach(
                kind="clock", place=places[i],
                says=f"Line {places[i]} (claim '{entries[i].claim.id}') is dated {entries[i].added_on}, before "
                f"the entry above it ({entries[i - 1].added_on}).")  # fmt: skip


def _days_between(first: str, last: str) -> int:
    """Days from one date to another; 0 where one of them is no whole date."""
    try:
        return (date.fromisoformat(last) - datetime.fromisoformat(first).date()).days
    except ValueError:
        return 0
