"""Where records are kept: a file, a frame, a database or a portal as one ibis table."""

from __future__ import annotations

import os
from collections.abc import Collection
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innoeval.errors import SourceError, nearest
from innoeval.sources.databases import of_database, of_database_file
from innoeval.sources.place import Place, duck, held_frame, refusal, refusing
from innoeval.sources.secrets import mended, plain, secrets
from innoeval.tables.limits import check_packed

if TYPE_CHECKING:
    import ibis

#: Endings that DuckDB reads itself, and with what; .gz and .zst may follow those of text.
_TEXT = {".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv"}
_LINES = {".jsonl": "json", ".ndjson": "json", ".json": "json"}
_KINDS = {**_TEXT, **_LINES, ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow",
          ".feather": "arrow", ".ipc": "arrow", ".xlsx": "excel", ".xlsm": "excel",
          ".duckdb": "duckdb", ".ddb": "duckdb", ".sqlite": "sqlite", ".sqlite3": "sqlite",
          ".db": "sqlite"}  # fmt: skip
_PACKED = (".gz", ".zst")
_DATABASES = ("duckdb", "sqlite")


def open_place(
    source: object,
    *,
    table: str | None = None,
    texts: Collection[str] = (),
    sheet: str | None = None,
    folder: Path | None = None,
    refresh: bool = False,
) -> Place:
    """Any source of records as an ibis table; nothing is read yet where it need not be.

    Parameters
    ----------
    source
        A path, a pattern such as "requests/*.parquet", a list of paths, a folder of Parquet
        files, a data frame, an ibis table, the address of a database or of an open-data portal.
    table
        Table of a database, such as "requests" or "city.requests".
    texts
        Columns of text files to be read as they stand: names of units keep their zeros, and dates
        are read by our rules, not by a guess.
    sheet
        Sheet of a workbook.
    folder, refresh
        Where downloads are kept, and whether to read again what is there.

    Raises
    ------
    SourceError
        Saying what is there instead, without a password.
    """
    if isinstance(source, pd.DataFrame):
        return Place(table=held_frame(source, "the data frame"), origin="the data frame")
    if isinstance(source, (str, os.PathLike)):
        text = os.fspath(source)
        if "://" not in text:
            return _of_paths(text, [text], table, texts, sheet)
        if mended(text) != text:
            raise refusal(plain(text), "its user or password holds '/', '?' or '#'",
                           "write them as %2F, %3F and %23")  # fmt: skip
        if text.lower().startswith(("http://", "https://")):
            from innoeval.sources.portals import download

            with refusing(plain(text), secrets(text)):
                got = download(text, folder=folder, refresh=refresh)
            place = _of_paths(got.origin, [str(got.path)], table, texts, sheet)
            return Place(table=place.table, origin=got.origin, hidden=secrets(text),
                         notes=(*got.notes, *place.notes))  # fmt: skip
        return of_database(text, table)
    if isinstance(source, (list, tuple)) and source:
        paths = [os.fspath(item) for item in source]
        return _of_paths(
            f"{Path(paths[0]).name} and {len(paths) - 1} more", paths, table, texts, sheet
        )
    if type(source).__module__.startswith("ibis."):
        return Place(table=source, origin=_named(source))
    raise SourceError(
        f"records cannot be read from a {type(source).__name__}; give a path, an address, "
        "a pandas DataFrame or an ibis table"
    )


def _named(table: Any) -> str:
    name = table.get_name() if hasattr(table, "get_name") else "an expression"
    return f"the ibis table '{name}'"


def _of_paths(
    origin: str, given: list[str], table: str | None, texts: Collection[str], sheet: str | None
) -> Place:
    paths = [path for item in given for path in _expanded(item)]
    kind = _kind(paths)
    name = origin if "://" in origin or len(given) > 1 else Path(origin).name
    if kind in _DATABASES:
        return of_database_file(paths[0], kind, table, name)
    if kind == "excel":
        from innoeval.tables import read_table

        read = read_table(Path(paths[0]), wanted=tuple(texts), sheet=sheet)
        return Place(table=held_frame(read.frame, name), origin=read.origin, notes=read.notes)
    with refusing(name):
        for path in map(Path, paths):
            if path.suffix.lower() in _PACKED:
                check_packed(path)
        found = _of_files(paths, kind, texts)
    return Place(table=found, origin=name)


def _expanded(given: str) -> list[str]:
    """Files that a path, a folder of Parquet files or a pattern stands for."""
    path = Path(given)
    if path.is_dir():
        inside = sorted(str(item) for item in path.rglob("*.parquet"))
        if not inside:
            raise refusal(
                path.name, "this folder holds no Parquet file", "name a file or a pattern"
            )
        return inside
    if has_magic(given) and not path.is_file():
        found = sorted(glob(given, recursive=True))  # noqa: PTH207 - patterns may be absolute
        if not found:
            raise refusal(path.name, "no file fits this pattern", "check the folder and the ending")
        return found
    if not path.is_file():
        siblings = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        remedy = nearest(path.name, siblings, "its folder holds") if siblings else "check the path"
        raise refusal(path.name, "there is no such file", remedy)
    if not path.stat().st_size:
        raise refusal(path.name, "the file is empty", "give a file with a header and rows")
    return [given]


def _kind(paths: list[str]) -> str:
    kinds = set()
    for item in paths:
        path = Path(item)
        suffix = Path(path.stem).suffix if path.suffix.lower() in _PACKED else path.suffix
        kinds.add(_KINDS.get(suffix.lower(), suffix))
    first = min(kinds)
    if len(kinds) > 1 or first not in _KINDS.values():
        ends = ", ".join(f"'{kind}'" for kind in sorted(kinds))
        raise refusal(Path(paths[0]).name, f"files that end in {ends} are not read as one table",
                       f"give files of one kind: {', '.join(_KINDS)}")  # fmt: skip
    if len(paths) > 1 and first in {"excel", *_DATABASES}:
        raise refusal(Path(paths[0]).name, "several workbooks or databases are not one table",
                       "give one of them")  # fmt: skip
    return first


def _of_files(paths: list[str], kind: str, texts: Collection[str]) -> ibis.Table:
    import ibis

    con, name = duck(), "records"
    if kind == "parquet":
        # Folders named year=2023 are columns; a column that changed its type is an error.
        hive = any("=" in part for path in paths for part in Path(path).parts[-4:-1])
        return con.read_parquet(paths, table_name=name, hive_partitioning=hive)
    if kind == "arrow":
        import pyarrow.dataset as ds

        con.con.register(name, ds.dataset(paths, format="ipc"))
        return con.table(name)
    read = con.read_csv if kind == "csv" else con.read_json
    found = read(paths, table_name="as_guessed").columns
    # Quotation marks that do not pair up and rows too long are errors, never rows left out.
    known: dict[str, Any] = {column: "string" for column in texts if column in found}
    if kind == "csv":
        return read(paths, table_name=name, **({"types": known} if known else {}))
    shape = {c: known.get(c, t) for c, t in con.table("as_guessed").schema().items()}
    return read(paths, table_name=name, columns=_sql_types(ibis.schema(shape)))


def _sql_types(schema: Any) -> dict[str, str]:
    from ibis.backends.sql.datatypes import DuckDBType

    return {name: DuckDBType.to_string(kind) for name, kind in schema.items()}
