"""The claim: what was announced, where, from when on and how large."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

from innoeval.errors import ClaimError, Fault
from innoeval.records.card import card, lines
from innoeval.records.facts import of_claim
from innoeval.records.freeze import Frozen

Better = Literal["lower", "higher"]
Scale = Literal["relative", "absolute", "percentage_points"]
Assignment = Literal["observational", "lottery", "randomised", "cutoff"]
Window = tuple[str, str]

#: Fields that came later: a claim without them keeps the digest that it always had.
LATER = ("adopters", "looks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something else that happened in or near the time of a claim.

    Parameters
    ----------
    period
        When it happened: a period's label.
    scope
        Whom it reached: "all" units, the "treated" ones only, or a list of units.
    what
        What happened, in words.

    Examples
    --------
    >>> Event(period="2023-03", scope="all", what="new permit law").scope
    'all'
    """

    period: str
    scope: Literal["all", "treated"] | tuple[str, ...]
    what: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "period", str(self.period).strip())
        if isinstance(self.scope, str):
            if self.scope not in {"all", "treated"}:
                raise ClaimError(
                    [
                        Fault(
                            found=f"event scope '{self.scope}' is not known",
                            remedy="write 'all', 'treated' or a list of units",
                            column="events",
                        )
                    ]
                )
        else:
            object.__setattr__(self, "scope", tuple(str(unit).strip() for unit in self.scope))


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Claim:
    """An announced improvement, as a frozen record.

    Parameters
    ----------
    id
        Short name, unique in a register.
    innovation
        What was introduced, in words.
    outcome
        The metric that is said to have improved: a column of the panel.
    better
        Which way is better: "lower" or "higher".
    treated
        Unit -> first treated period; or a list of units together with `start`.
    start
        First treated period of every unit in `treated`, where `treated` is a list.
    size
        Announced improvement, always positive; None where no number was announced.
        On the scale "relative" 0.15 is 15 %; "absolute" is in outcome units; "percentage_points"
        is in points: 5 is from 60 % to 65 %.
    scale
        Scale of `size` and `smallest_effect`.
    smallest_effect
        Smallest improvement that would matter, on the same scale.
    windows
        The promoter's before and after windows, each (first, last), if stated.
    events
        Other things that happened, if known.
    assignment
        How units came to be treated, as declared.
    definition_changes
        Periods from which on the outcome was defined or recorded in another way.
    adopters
        Every unit that got the innovation, claimed or not, if known: unit -> first treated period,
        or a list of units. Treated units need not be named again; a site may have no data at all.
    family, source, statement, registered_on, published_on, version_of, cost
        Group of related claims; where it was published; its wording; dates; the claim that this
        one is a further version of; the cost in money.
    looks
        Last periods of the data at which results were looked at before, so that the innovation
        could have been announced then.

    Raises
    ------
    ClaimError
        Listing every way in which the claim contradicts itself.

    Examples
    --------
    >>> claim = Claim(id="desk", innovation="One-stop desk", outcome="median_days",
    ...               better="lower", treated=["North"], start="2023-01", size=0.15)
    >>> claim.treated
    {'North': '2023-01'}
    >>> Claim(id="desk", innovation="One-stop desk", outcome="median_days",
    ...       better="lower", treated=["North"], start="2023-01", size=15)
    Traceback (most recent call last):
    ...
    innoeval.errors.ClaimError: claim 'desk', column 'size': size 15 on the scale 'relative' means 1,500 %; write 0.15 for 15 %; if 1,500 % is meant, give the amount with scale='absolute'; points go with 'percentage_points'
    """

    id: str
    innovation: str
    outcome: str
    better: Better
    treated: Frozen[str, str]
    size: float | None = None
    scale: Scale = "relative"
    smallest_effect: float | None = None
    windows: tuple[Window, Window] | None = None
    events: tuple[Event, ...] = ()
    family: str = ""
    source: str = ""
    statement: str = ""
    registered_on: str = ""
    published_on: str = ""
    version_of: str = ""
    cost: float | None = None
    assignment: Assignment = "observational"
    definition_changes: tuple[str, ...] = ()
    adopters: Frozen[str, str] = field(default_factory=Frozen[str, str])
    looks: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - the field's own name in every register
        innovation: str,
        outcome: str,
        better: Better,
        treated: Mapping[str, str] | Sequence[str] | str,
        start: str | None = None,
        size: float | None = None,
        scale: Scale = "relative",
        smallest_effect: float | None = None,
        windows: Sequence[Sequence[str]] | None = None,
        events: Sequence[Event] = (),
        family: str = "",
        source: str = "",
        statement: str = "",
        registered_on: str = "",
        published_on: str = "",
        version_of: str = "",
        cost: float | None = None,
        assignment: Assignment = "observational",
        definition_changes: Sequence[str] = (),
        adopters: Mapping[str, str] | Sequence[str] | str = (),
        looks: Sequence[str] = (),
    ) -> None:
        faults: list[Fault] = []
        starts = _starts(treated, start, faults)
        given = {
            "id": str(id).strip(), "innovation": str(innovation).strip(), "outcome": str(outcome).strip(),
            "better": better, "treated": starts, "size": _number(size, "size", faults), "scale": scale,
            "smallest_effect": _number(smallest_effect, "smallest_effect", faults),
            "windows": _windows(windows, faults), "events": _events(events, faults), "family": str(family),
            "source": str(source), "statement": str(statement), "registered_on": str(registered_on),
            "published_on": str(published_on), "version_of": str(version_of),
            "cost": _number(cost, "cost", faults), "assignment": assignment,
            "definition_changes": _labels(definition_changes), "looks": _labels(looks),
            "adopters": _adopters(adopters, starts, faults),
        }  # fmt: skip
        for name, value in given.items():
            object.__setattr__(self, name, value)
        faults += _contradictions(self)
        if faults:
            origin = f"claim '{self.id}'" if self.id else "a claim"
            raise ClaimError(
                [
                    Fault(found=f.found, remedy=f.remedy, origin=origin, column=f.column)
                    for f in faults
                ]
            )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical record: a later edit of any field shows."""
        return hashlib.sha256(_canonical(self).encode("utf-8", "backslashreplace")).hexdigest()

    def _repr_html_(self) -> str:
        return card(f"Claim: {self.innovation}", of_claim(self), (), "What was announced")

    def __str__(self) -> str:
        return lines(f"Claim: {self.innovation}", of_claim(self))

    @property
    def units(self) -> tuple[str, ...]:
        """The treated units, in the order given."""
        return tuple(self.treated)


def _starts(
    treated: Mapping[str, str] | Sequence[str] | str, start: str | None, faults: list[Fault]
) -> Frozen[str, str]:
    """Unit -> first treated period, from either way of writing it."""
    if isinstance(treated, Mapping):
        if start is not None:
            faults.append(
                Fault(
                    found="start= is given, and treated= names a start for each unit",
                    remedy="give one of them",
                    column="start",
                )
            )
        return _one_start_each(
            [(str(u).strip(), str(p).strip()) for u, p in treated.items()], faults
        )
    units = [treated] if isinstance(treated, str) else list(treated)
    if start is None:
        faults.append(
            Fault(
                found="treated= lists units but no start",
                remedy="add start='2023-01', or write treated={'North': '2023-01'}",
                column="start",
            )
        )
    return _one_start_each([(str(unit).strip(), str(start).strip()) for unit in units], faults)


def _one_start_each(
    pairs: list[tuple[str, str]], faults: list[Fault], column: str = "treated"
) -> Frozen[str, str]:
    """Unit -> start; a unit that is named twice with two starts is refused."""
    starts: dict[str, str] = {}
    for unit, period in pairs:
        if starts.setdefault(unit, period) != period:
            faults.append(
                Fault(
                    found=f"'{unit}' starts in {starts[unit]} and in {period}",
                    remedy="a unit starts once; keep one of them",
                    column=column,
                )
            )
    return Frozen(starts)


def _adopters(
    adopters: Mapping[str, str] | Sequence[str] | str,
    starts: Mapping[str, str],
    faults: list[Fault],
) -> Frozen[str, str]:
    """Unit -> start of every unit that got the innovation; empty if that was not said."""
    if not adopters:
        return Frozen()
    if isinstance(adopters, Mapping):
        named = {str(unit).strip(): str(start).strip() for unit, start in adopters.items()}
    else:
        units = [adopters] if isinstance(adopters, str) else list(adopters)
        common = next(iter(starts.values()), "")
        named = {unit: starts.get(unit, common) for unit in (str(u).strip() for u in units)}
        unknown = [unit for unit in named if unit not in starts]
        if len(set(starts.values())) > 1 and unknown:
            faults.append(
                Fault(
                    found=f"adopters= names {', '.join(unknown)} without a start, and the treated "
                    "units start at different times",
                    remedy="write adopters={'North': '2023-01'}",
                    column="adopters",
                )
            )
    both = [*starts.items(), *named.items()]
    return _one_start_each(both, faults, "adopters")


def _labels(periods: Sequence[str] | str) -> tuple[str, ...]:
    """Labels of periods; a single one may be given as such."""
    listed = [periods] if isinstance(periods, str) else periods
    return tuple(str(period).strip() for period in listed)


def _events(events: Sequence[object] | Event, faults: list[Fault]) -> tuple[Event, ...]:
    """The events; a single one may be given as such."""
    listed = (events,) if isinstance(events, Event) else tuple(events)
    faults += [
        Fault(
            found=f"{event!r} is no event",
            remedy="write Event(period='2023-03', scope='all', what='new law')",
            column="events",
        )
        for event in listed
        if not isinstance(event, Event)
    ]
    return tuple(event for event in listed if isinstance(event, Event))


def _number(value: float | None, column: str, faults: list[Fault]) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 < number < float("inf"):
        faults.append(
            Fault(
                found=f"{column} is {value!r}",
                remedy="leave it out if it is not known, or give a positive number"
                if column == "cost"
                else "an improvement is a positive number whatever its direction "
                "(better= says which way); leave it out if none was announced",
                column=column,
            )
        )
        return None
    return number


def _windows(
    windows: Sequence[Sequence[str]] | None, faults: list[Fault]
) -> tuple[Window, Window] | None:
    if windows is None:
        return None
    if len(windows) != 2 or any(isinstance(w, str) or len(w) != 2 for w in windows):
        faults.append(
            Fault(
                found=f"windows is {windows!r}",
                remedy="write (('2022-07', '2022-12'), ('2023-07', '2023-12')): "
                "first and last period before, first and last after",
                column="windows",
            )
        )
        return None
    (a, b), (c, d) = windows
    return (str(a).strip(), str(b).strip()), (str(c).strip(), str(d).strip())


def _contradictions(claim: Claim) -> list[Fault]:
    """Everything about a claim that cannot be, whatever the data say."""
    faults: list[Fault] = []

    def add(column: str, found: str, remedy: str) -> None:
        faults.append(Fault(found=found, remedy=remedy, column=column))

    for column in ("id", "innovation", "outcome"):
        if not getattr(claim, column):
            add(column, f"{column} is empty", f"say the {column}")
    for column, allowed in (
        ("better", ("lower", "higher")),
        ("scale", ("relative", "absolute", "percentage_points")),
        ("assignment", ("observational", "lottery", "randomised", "cutoff")),
    ):
        if getattr(claim, column) not in allowed:
            add(column, f"{column} is {getattr(claim, column)!r}", f"write {' or '.join(allowed)}")
    if not claim.treated or "" in claim.treated:
        add("treated", "no treated unit is named", "name the units that got the innovation")
    for column in ("size", "smallest_effect"):
        value = getattr(claim, column)
        # A fall cannot exceed 100 %; a rise of 300 % is nearly always "3 %" written as 3.
        if value is not None and claim.scale == "relative" and value >= 1:
            add(
                column,
                f"{column} {value:g} on the scale 'relative' means {value:,.0%}".replace("%", " %"),
                f"write {value / 100:g} for {value:g} %; if {100 * value:,.0f} % is meant, give the "
                "amount with scale='absolute'; points go with 'percentage_points'",
            )
        if value is not None and claim.scale == "percentage_points" and value > 100:
            add(column, f"{column} {value:g} percentage points", "a share has 100 points at most")
    return faults


def _canonical(claim: Claim) -> str:
    """The claim as JSON with sorted keys: equal claims give equal text."""

    def plain(value: object) -> object:
        if isinstance(value, Mapping):
            return [[key, plain(item)] for key, item in sorted(value.items())]
        if isinstance(value, Event):
            return [value.period, plain(value.scope), value.what]
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        return value

    record = {f.name: plain(getattr(claim, f.name)) for f in fields(claim)}
    for name in LATER:
        if not record[name]:
            del record[name]
    return json.dumps(record, sort_keys=True, ensure_ascii=False)
