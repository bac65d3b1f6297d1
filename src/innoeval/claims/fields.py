"""Fields of a claim as registers write them: one cell each, or nested in YAML and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal as Exact
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from innoeval.errors import ClaimError, Fault
from innoeval.records.claim import Claim, Event
from innoeval.tables import is_blank, quoted, squash
from innoeval.tables.figures import decimal_sign, figure, figure_like

#: Columns that hold one text each.
TEXTS = ("id", "innovation", "outcome", "better", "scale", "family", "source", "statement",
         "registered_on", "published_on", "version_of", "assignment")  # fmt: skip
WINDOW_ENDS = ("before_first", "before_last", "after_first", "after_last")
COLUMNS = (*TEXTS, "treated", "start", "size", "smallest_effect", "cost", "windows", *WINDOW_ENDS,
           "events", "definition_changes", "adopters", "looks")  # fmt: skip
#: Columns that every claim fills.
REQUIRED = ("id", "innovation", "outcome", "better", "treated")
#: Written as one word each, whatever their case: "Percentage points" is percentage_points.
_WORDS = {"better", "scale", "assignment"}

_POINTS = re.compile(r"(.+?) ?(?:pp|p\.p\.?|ppts?|percentage points?|points?)", re.IGNORECASE)
_UNIT_START = re.compile(r"(.+?) ?: ?([^:]*\d[^:]*)")
_WINDOW = re.compile(r"(.+?)(?: ?(?:–|—|→|\.\.\.?) ?| (?:to|-) )(.+)")


def claim_of(cells: Mapping[str, Any]) -> Claim:
    """The claim that a register's cells describe.

    Parameters
    ----------
    cells
        Column -> cell; blank ones count as absent.

    Raises
    ------
    ClaimError
        Listing every fault of the cells, or of the claim that they make.
    """
    cells = {name: cell for name, cell in cells.items() if not is_nothing(cell)}
    faults: list[Fault] = []
    fields: dict[str, Any] = {name: _text(cells, name, faults) for name in TEXTS if name in cells}
    fields["treated"], fields["start"] = _treated(cells, faults)
    for name in ("size", "smallest_effect", "cost"):
        if name in cells:
            fields[name] = _amount(cells, name, fields.get("scale", "relative"), faults)
    fields["windows"] = _windows(cells, faults)
    fields["events"] = _events(cells, faults)
    for name in ("definition_changes", "looks"):
        fields[name] = _list(cells, name, faults)
    fields["adopters"] = _adopters(cells, faults)
    return _made(fields, faults)


def _made(fields: Mapping[str, Any], faults: list[Fault]) -> Claim:
    """The claim, or its own faults beside those of the cells."""
    origin = f"claim '{fields['id']}'" if fields.get("id") else "a claim"
    filled = dict.fromkeys(("id", "innovation", "outcome", "better"), "") | {
        name: value for name, value in fields.items() if value is not None
    }
    try:
        claim = Claim(**filled)
    except ClaimError as error:
        known = {fault.column for fault in faults}
        faults = [*faults, *(fault for fault in error.faults if fault.column not in known)]
    if faults:
        raise ClaimError(
            [Fault(found=f.found, remedy=f.remedy, origin=origin, column=f.column) for f in faults]
        )
    return claim


def written(cell: object) -> str:
    """A cell as text, a date as "2023-01-15" and a whole number without decimals.

    Examples
    --------
    >>> written(2011.0), written(pd.Timestamp("2023-01-15")), written(" North  East ")
    ('2011', '2023-01-15', 'North East')
    """
    if isinstance(cell, (datetime, np.datetime64)):
        stamp = pd.Timestamp(cell)
        return str(stamp.date()) if stamp == stamp.normalize() else str(stamp)
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return squash(cell)


def is_nothing(cell: object) -> bool:
    """Whether a cell is blank, or an empty list or mapping."""
    if isinstance(cell, (Mapping, list, tuple, np.ndarray)):
        return len(cell) == 0
    return is_blank(cell) or (isinstance(cell, str) and squash(cell).casefold() in {"null", "~"})


def _is_list(cell: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(cell, (list, tuple, np.ndarray))


def _text(cells: Mapping[str, Any], column: str, faults: list[Fault]) -> str | None:
    cell = cells[column]
    if _is_list(cell) or isinstance(cell, Mapping):
        faults.append(
            Fault(found="it holds several values", remedy="write one text", column=column)
        )
        return None
    text = written(cell)
    return "_".join(text.casefold().split()) if column in _WORDS else text


def _list(cells: Mapping[str, Any], column: str, faults: list[Fault]) -> list[str]:
    """Several texts: a list, or one cell with semicolons between them."""
    cell = cells.get(column, "")
    if isinstance(cell, Mapping):
        faults.append(Fault(found="it holds a mapping", remedy="write a list", column=column))
        return []
    parts = [written(part) for part in (cell if _is_list(cell) else str(written(cell)).split(";"))]
    return [part for part in parts if part]


def _treated(
    cells: Mapping[str, Any], faults: list[Fault]
) -> tuple[dict[str, str] | list[str], str | None]:
    """Treated units, and either one start for all or a start for each."""
    cell = cells.get("treated", [])
    start = written(cells["start"]) if "start" in cells else None

    def fault(found: str, remedy: str) -> None:
        faults.append(Fault(found=found, remedy=remedy, column="treated"))

    if isinstance(cell, Mapping):
        pairs = [(written(unit), written(period)) for unit, period in cell.items()]
    else:
        names = _list(cells, "treated", faults)
        matches = [_UNIT_START.fullmatch(name) for name in names]
        if start is not None or not any(matches):
            for name in [n for n in dict.fromkeys(names) if names.count(n) > 1]:
                fault(f"the unit '{name}' is named {names.count(name)} times", "name it once")
            if start is not None and any(m and re.search(r"\d{4}", m[2]) for m in matches):
                fault(
                    "treated names a start for each unit, and start is filled", "give one of them"
                )
            return names, start
        for name in [n for n, match in zip(names, matches, strict=True) if match is None]:
            fault(f"the unit '{name}' has no start", f"write '{name}: 2023-01'")
        pairs = [(match[1], match[2]) for match in matches if match is not None]
    starts: dict[str, str] = {}
    for unit, period in pairs:
        if unit in starts:
            both = f"{starts[unit]} and {period}"
            fault(
                f"the unit '{unit}' has two starts ({both})"
                if starts[unit] != period
                else f"the unit '{unit}' is named twice",
                "a unit starts once: keep the first start, or register a second claim",
            )
        starts.setdefault(unit, period)
    return starts, start


def _adopters(cells: Mapping[str, Any], faults: list[Fault]) -> dict[str, str] | list[str]:
    """All units that got it: a list, a mapping to starts, or "North; East: 2023-04" in a cell."""
    cell = cells.get("adopters", [])
    if isinstance(cell, Mapping):
        return {written(unit): written(period) for unit, period in cell.items()}
    names = _list(cells, "adopters", faults)
    matches = [_UNIT_START.fullmatch(name) for name in names]
    dated = {m[1]: m[2] for m in matches if m is not None and re.search(r"\d{4}", m[2])}
    if dated and len(dated) < len(names):
        faults.append(
            Fault(
                found="adopters names a start for some units only",
                remedy="write a start for each ('North: 2023-01; East: 2023-04'), or for none",
                column="adopters",
            )
        )
        return []
    return dated or names


def _amount(cells: Mapping[str, Any], column: str, scale: object, faults: list[Fault]) -> Any:
    """A number; per cent where the scale is relative, points where it is in points."""
    cell = cells[column]
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool):
        return float(cell)
    text = written(cell) if not (_is_list(cell) or isinstance(cell, Mapping)) else str(cell)

    def fault(found: str, remedy: str) -> None:
        faults.append(Fault(found=found, remedy=remedy, column=column))

    bare, percent = (text[:-1].rstrip(), True) if text.endswith("%") else (text, False)
    points = _POINTS.fullmatch(text) if column != "cost" else None
    if percent and scale != "relative":
        fault(
            f"{column} is {quoted(text)} and the scale is {scale}",
            "write a number of points without %, or say scale relative"
            if scale == "percentage_points"
            else "write a plain number",
        )
        return None
    if points is not None:
        if scale != "percentage_points":
            fault(
                f"{column} is {quoted(text)} and the scale is {scale}",
                "say scale percentage_points",
            )
            return None
        bare = points[1]
    if not figure_like(bare):
        fault(f"{quoted(text)} is not a number", "write a number such as 0.15 or 15 %")
        return None
    sign = decimal_sign(bare)
    if sign == "either":
        one, other = figure(bare, "."), figure(bare, ",")
        fault(
            f"{quoted(text)} can be {one:g} or {other:g}",
            "leave out signs of thousands and put a point before decimals",
        )
        return None
    value = figure(bare, "," if sign == "," else ".")
    # In decimals: 15 % is 0.15, not the nearest that a division gives.
    return float(Exact(repr(value)).scaleb(-2)) if percent and value is not None else value


def _windows(cells: Mapping[str, Any], faults: list[Fault]) -> list[list[str]] | None:
    """Before and after windows: four columns, one text, a list of pairs, or a mapping."""
    ends = [name for name in WINDOW_ENDS if name in cells]
    if "windows" in cells and ends:
        faults.append(Fault(found=f"windows and {ends[0]} are both filled",
                            remedy="fill one or the other", column="windows"))  # fmt: skip
        return None
    if ends:
        if empty := [name for name in WINDOW_ENDS if name not in cells]:
            faults.append(
                Fault(
                    found=f"{', '.join(ends)} filled and {', '.join(empty)} empty",
                    remedy="fill all four ends of the two windows, or none",
                    column=empty[0],
                )
            )
            return None
        a, b, c, d = (written(cells[name]) for name in WINDOW_ENDS)
        return [[a, b], [c, d]]
    cell = cells.get("windows")
    if cell is None:
        return None
    if isinstance(cell, Mapping) and set(cell) == {"before", "after"}:
        cell = [cell["before"], cell["after"]]
    parts = list(cell) if _is_list(cell) else written(cell).split(";")
    pairs = [_ends(part) for part in parts]
    if len(pairs) == 2 and all(pairs):
        return [pair for pair in pairs if pair]
    faults.append(
        Fault(
            found=f"windows is {quoted(cell)}",
            remedy="write '2022-07 to 2022-12; 2023-07 to 2023-12': first and last period before, "
            "first and last after",
            column="windows",
        )
    )
    return None


def _ends(part: object) -> list[str] | None:
    """First and last period of one window."""
    if _is_list(part):
        ends = [written(end) for end in part]
        return ends if len(ends) == 2 else None
    match = _WINDOW.fullmatch(written(part))
    return None if match is None else [match[1].strip(), match[2].strip()]


def _events(cells: Mapping[str, Any], faults: list[Fault]) -> list[Event]:
    """Events: mappings with period, scope and what; or "2023-03 | all | new law; ..." in a cell."""
    cell = cells.get("events", [])
    if isinstance(cell, Mapping):
        cell = [cell]
    events = []
    for item in cell if _is_list(cell) else _event_texts(written(cell)):
        parts = _event_parts(item)
        if len(parts) != 3 or any(map(is_nothing, parts)):
            faults.append(
                Fault(
                    found=f"the event {quoted(item)} is not a period, a scope and what happened",
                    remedy="write '2023-03 | all | new permit law' (scope: all, treated, or units "
                    "with commas between them)",
                    column="events",
                )
            )
            continue
        period, scope, what = parts
        units = scope if _is_list(scope) else written(scope).split(",")
        whom = tuple(name for name in map(written, units) if name)
        everyone = whom[0].casefold() if len(whom) == 1 else ""
        events.append(
            Event(
                period=written(period),
                scope=everyone if everyone in {"all", "treated"} else whom,  # type: ignore[arg-type]
                what=written(what),
            )
        )
    return events


def _event_parts(item: object) -> list[Any]:
    """Period, scope and words of one event; of another length where it is written otherwise."""
    if isinstance(item, Mapping):
        named = ("period", "scope", "what")
        return [item.get(name) for name in named] if set(item) <= set(named) else []
    return list(item) if _is_list(item) else [part.strip() for part in written(item).split("|", 2)]


def _event_texts(text: str) -> list[str]:
    """Events in one cell; a semicolon inside the words of an event does not end it."""
    items: list[str] = []
    for part in text.split(";"):
        if "|" in part or not items:
            items.append(part.strip())
        else:
            items[-1] += f"; {part.strip()}"
    return items
