"""The door for claims: a table, YAML or JSON in, a register out, every fault at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from innoeval.claims.fields import COLUMNS, REQUIRED, claim_of, is_nothing, written
from innoeval.claims.register import ClaimRegister, placed
from innoeval.errors import ClaimError, Fault, SourceError, nearest
from innoeval.records.claim import Claim
from innoeval.records.schema import register_schema, schema_faults
from innoeval.tables import Table, quoted, read_table, squash, table_of_frame
from innoeval.tables.files import decode, read_bytes, refusal
from innoeval.tables.limits import refuse_multiplied

#: One claim as found: its row in the file, and its cells.
Found = tuple[int, Mapping[str, Any]]


def read_claims(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> ClaimRegister:
    """Read a register of claims: one row, or one mapping, for each.

    Columns are the fields of `Claim`. In a table these may be written in one cell:

    ===================== ==========================================================
    treated               "North; East" with a start, or "North: 2023-01; East: 2023-04"
    size, smallest_effect 0.15, "0,15" or "15 %" on the scale relative; 5 or "5 points" on the
                          scale percentage_points; a plain number on the scale absolute
    windows               "2022-07 to 2022-12; 2023-07 to 2023-12", or the four columns
                          before_first, before_last, after_first, after_last
    events                "2023-03 | all | new permit law; 2023-06 | North, East | road works"
    definition_changes    "2023-01; 2023-05"
    looks                 "2023-03; 2023-06"
    ===================== ==========================================================

    YAML and JSON hold a list of mappings, with lists and mappings inside where a field has them.
    Periods are read as they are written: 2011 is "2011", 2023-01-15 is "2023-01-15".

    Parameters
    ----------
    source
        Path of a .csv, .tsv, .xlsx, .parquet, .yaml or .json file, or a pandas DataFrame.
    sheet, encoding
        Sheet of a workbook where several fit; encoding of a text file that is not UTF-8.

    Returns
    -------
    ClaimRegister

    Raises
    ------
    SourceError
        Where the file is not what its name says, or a column is missing or not known.
    ClaimError
        Listing every fault of every claim, with the file, row and column.

    Examples
    --------
    >>> frame = pd.DataFrame([{"id": "desk", "innovation": "One-stop desk", "outcome": "days",
    ...                        "better": "lower", "treated": "North: 2023-01; East: 2023-04",
    ...                        "size": "15 %"}])
    >>> read_claims(frame)["desk"].treated
    {'North': '2023-01', 'East': '2023-04'}
    >>> read_claims(frame)["desk"].size
    0.15
    """
    origin, found = _found(source, sheet, encoding)
    if unknown := _column_faults(found, origin):
        raise SourceError(unknown)
    rows = np.array([row for row, _ in found], dtype=np.int64)
    frame = pd.DataFrame(
        {name: [_key(cells.get(name)) for _, cells in found] for name in REQUIRED}, dtype=object
    )
    faults = schema_faults(register_schema(REQUIRED), frame, rows, origin)
    empty = {(row, fault.column) for fault in faults for row in fault.rows}
    claims: list[Claim] = []
    for row, cells in found:
        try:
            claims.append(claim_of(cells))
        except ClaimError as error:
            own = tuple(fault for fault in error.faults if (row, fault.column) not in empty)
            faults += placed(own, origin, (row,))
    if faults:
        raise ClaimError(faults)
    return ClaimRegister(claims=tuple(claims), origin=origin, rows=tuple(rows.tolist()))


def _found(source: object, sheet: str | None, encoding: str | None) -> tuple[str, list[Found]]:
    """Name of a source, and the claims as they stand in it."""
    if isinstance(source, pd.DataFrame):
        return "the data frame", _of_table(table_of_frame(source, COLUMNS, "the data frame"))
    if not isinstance(source, (str, os.PathLike)):
        raise SourceError(
            f"claims cannot be read from a {type(source).__name__}; give a path or a pandas DataFrame"
        )
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return path.name, _of_yaml(decode(read_bytes(path), path.name, encoding), path.name)
    if suffix == ".json":
        return path.name, _of_json(decode(read_bytes(path), path.name, encoding), path.name)
    table = read_table(path, wanted=COLUMNS, encoding=encoding, sheet=sheet)
    return table.origin, _of_table(table)


def _of_table(table: Table) -> list[Found]:
    faults = table.faults_of_columns((*REQUIRED, *map(str, table.frame.columns)))
    if table.overlong:
        faults.append(
            Fault(
                found="there are more cells than columns in the header",
                remedy="put quotation marks round cells that hold the delimiter",
                origin=table.origin,
                rows=tuple(int(table.rows[i]) for i in table.overlong),
            )
        )
    if faults:
        raise SourceError(list(dict.fromkeys(faults)))
    names = [str(name) for name in table.frame.columns]
    cells = zip(*(table.frame[name].astype(object) for name in names), strict=True)
    return [(int(row), dict(zip(names, values, strict=True)))
            for row, values in zip(table.rows, cells, strict=True)]  # fmt: skip


def _of_yaml(text: str, origin: str) -> list[Found]:
    """Claims of a YAML list; every plain scalar stays the text that it was written as."""
    import yaml

    from innoeval.claims.plain_yaml import PlainLoader

    try:
        loader = PlainLoader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.SequenceNode):
            raise _no_list(origin)
        refuse_multiplied(node, origin)
        loaded = loader.construct_document(node)
        lines = [item.start_mark.line + 1 for item in node.value]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found = f"this is not YAML that can be read ({getattr(error, 'problem', error)})"
        raise refusal(origin, found, "mend it at that place",
                      rows=(mark.line + 1,) if mark else ()) from None  # fmt: skip
    except RecursionError:
        raise refusal(origin, "it is nested too deep", "write a list of claims") from None
    return _mappings(list(zip(lines, loaded, strict=True)), origin)


def _of_json(text: str, origin: str) -> list[Found]:
    """Claims of a JSON list; numbers stay the text that they were written as."""
    try:
        found = list(_items(text))
    except json.JSONDecodeError as error:
        raise refusal(origin, f"this is not a JSON list that can be read ({error.msg})",
                      "write a list of claims, and mend it at that place",
                      rows=(error.lineno,)) from None  # fmt: skip
    except RecursionError:
        raise refusal(origin, "it is nested too deep", "write a list of claims") from None
    return _mappings(found, origin)


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Each item of a JSON list with the line that it begins on."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str,
                               object_pairs_hook=_Pairs)  # fmt: skip
    at = _skip(text, 0)
    sign = "["
    while text[at : at + 1] == sign:
        at = _skip(text, at + 1)
        if sign == "[" and text[at : at + 1] == "]":
            break
        line = text.count("\n", 0, at) + 1
        item, at = decoder.raw_decode(text, at)
        yield line, _once(item, text, at)
        at = _skip(text, at)
        sign = ","
    if text[at : at + 1] != "]":
        raise json.JSONDecodeError(f"Expecting '{sign}'" + " or ']'" * (sign == ","), text, at)
    if _skip(text, at + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, at + 1)


def _skip(text: str, at: int) -> int:
    """Position of the next character that is no space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


class _Pairs(list[tuple[str, Any]]):
    """A JSON mapping as it stands: its keys may be given twice."""


def _once(value: Any, text: str, at: int) -> Any:
    """A JSON value with mappings for pairs; a key that is given twice is an error."""
    if isinstance(value, _Pairs):
        mapping = dict(value)
        if len(mapping) < len(value):
            names = [name for name, _ in value]
            twice = next(name for name in names if names.count(name) > 1)
            raise json.JSONDecodeError(
                f"the key '{twice}' stands twice; a unit starts once", text, at
            )
        return {name: _once(item, text, at) for name, item in mapping.items()}
    return [_once(item, text, at) for item in value] if isinstance(value, list) else value


def _no_list(origin: str) -> SourceError:
    return refusal(origin, "there is no list of claims", "write a list with one mapping for each")


def _mappings(found: Sequence[tuple[int, Any]], origin: str) -> list[Found]:
    faults = [
        Fault(found=f"{quoted(item)} is no mapping", origin=origin, rows=(row,),
              remedy="write each claim as a mapping: id, innovation, outcome ...")
        for row, item in found if not isinstance(item, Mapping)
    ]  # fmt: skip
    if faults:
        raise SourceError(faults)
    if not found:
        raise refusal(origin, "the list of claims is empty", "write at least one claim")
    return [(row, {squash(key): cell for key, cell in item.items()}) for row, item in found]


def _column_faults(found: Sequence[Found], origin: str) -> list[Fault]:
    """Columns that no claim has, each once, with the rows that fill them."""
    unknown: dict[str, list[int]] = {}
    for row, cells in found:
        for name in cells:
            if name not in COLUMNS:
                unknown.setdefault(str(name), []).append(row)
    every = len(found)
    return [
        Fault(found=f"the column {quoted(name)} is not known", origin=origin,
              remedy=nearest(name, COLUMNS, "a claim has"),
              rows=tuple(rows) if len(rows) < every else ())
        for name, rows in unknown.items()
    ]  # fmt: skip


def _key(cell: object) -> str | None:
    """A required cell as the schema sees it: whether it is filled, and for ids with what."""
    return None if is_nothing(cell) else written(cell)
