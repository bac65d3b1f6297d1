"""Where records are kept: a file, a frame, a database or a portal as one ibis table."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innoeval.errors import Fault, SourceError, nearest
from innoeval.sources.secrets import plain, scrub, secrets

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table of records where it is kept, and what may not be said about it."""

    table: ibis.Table = field(repr=False)
    origin: str
    hidden: tuple[str, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()


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
        return Place(table=_held(source, "the data frame"), origin="the data frame")
    if isinstance(source, (str, os.PathLike)):
        text = os.fspath(source)
        if "://" not in text:
            return _of_paths(text, [text], table, texts, sheet)
        if text.lower().startswith(("http://", "https://")):
            from innoeval.sources.portals import download

            with refusing(plain(text), secrets(text)):
                got = download(text, folder=folder, refresh=refresh)
            place = _of_paths(got.origin, [str(got.path)], table, texts, sheet)
            return Place(table=place.table, origin=got.origin, hidden=secrets(text),
                         notes=(*got.notes, *place.notes))  # fmt: skip
        return _of_database(text, table)
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


@contextmanager
def refusing(place: str, hidden: Collection[str] = (), doing: str = "be read") -> Iterator[None]:
    """Whatever a driver raises becomes a `SourceError` without the credentials."""
    try:
        with warnings.catch_warnings():
            # Ibis asks pandas and DuckDB for what they are about to drop.
            warnings.filterwarnings("ignore", message=".*(future.infer_string|fetch_arrow_table)")
            yield
    except SourceError:
        raise
    except ImportError as error:
        raise _refusal(place, scrub(str(error), hidden).split("\n", maxsplit=1)[0],
                       "run pip install 'innoeval[warehouse]', or install the driver of that database") from None  # fmt: skip
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        said = scrub(str(error) or type(error).__name__, hidden)
        first = " ".join(said.split("\n\n", maxsplit=1)[0].split())[:500]
        raise _refusal(place, f"it cannot {doing} ({type(error).__name__}: {first})",
                       "mend the source or the argument that this names, and read it again") from None  # fmt: skip


def fetched(query: Any) -> Any:
    """The rows of a query as an Arrow table."""
    return query.to_pyarrow()


def duck() -> Any:
    """A database in memory, with room on disk, of its own, for what does not fit."""
    import ibis

    spill = Path(tempfile.gettempdir(), f"innoeval-{uuid.uuid4().hex}")  # made when it is needed
    return ibis.duckdb.connect(temp_directory=str(spill))


def _refusal(origin: str, found: str, remedy: str) -> SourceError:
    return SourceError([Fault(found=found, remedy=remedy, origin=origin)])


def _held(frame: pd.DataFrame, origin: str) -> ibis.Table:
    if frame.empty:
        raise _refusal(origin, "there is no row of data", "give at least one")
    with refusing(origin):
        import pyarrow as pa

        held = pa.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
        kinds = [
            pa.string() if pa.types.is_null(field.type) else field.type for field in held.schema
        ]
        held = held.cast(pa.schema(list(zip(held.column_names, kinds, strict=True))))
        return duck().create_table("records", held, temp=True)
    raise AssertionError  # pragma: no cover - refusing() returns or raises


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
        with refusing(name):
            return _of_file(paths[0], kind, table, name)
    if kind == "excel":
        from innoeval.tables import read_table

        read = read_table(Path(paths[0]), wanted=tuple(texts), sheet=sheet)
        return Place(table=_held(read.frame, name), origin=read.origin, notes=read.notes)
    with refusing(name):
        return Place(table=_of_files(paths, kind, texts), origin=name)
    raise AssertionError  # pragma: no cover - as above


def _expanded(given: str) -> list[str]:
    """Files that a path, a folder of Parquet files or a pattern stands for."""
    path = Path(given)
    if path.is_dir():
        inside = sorted(str(item) for item in path.rglob("*.parquet"))
        if not inside:
            raise _refusal(
                path.name, "this folder holds no Parquet file", "name a file or a pattern"
            )
        return inside
    if has_magic(given) and not path.is_file():
        found = sorted(glob(given, recursive=True))  # noqa: PTH207 - patterns may be absolute
        if not found:
            raise _refusal(
                path.name, "no file fits this pattern", "check the folder and the ending"
            )
        return found
    if not path.is_file():
        siblings = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        remedy = nearest(path.name, siblings, "its folder holds") if siblings else "check the path"
        raise _refusal(path.name, "there is no such file", remedy)
    if not path.stat().st_size:
        raise _refusal(path.name, "the file is empty", "give a file with a header and rows")
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
        raise _refusal(Path(paths[0]).name, f"files that end in {ends} are not read as one table",
                       f"give files of one kind: {', '.join(_KINDS)}")  # fmt: skip
    if len(paths) > 1 and first in {"excel", *_DATABASES}:
        raise _refusal(Path(paths[0]).name, "several workbooks or databases are not one table",
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


def _of_file(path: str, kind: str, table: str | None, origin: str) -> Place:
    import ibis

    if kind == "duckdb":
        con = ibis.duckdb.connect(path, read_only=True)
        found = _chosen(con, table, origin)
        return Place(table=found, origin=f"{origin}, table '{found.get_name()}'")
    return _of_sqlite(path, table, origin)


def _of_sqlite(path: str, table: str | None, origin: str) -> Place:
    """SQLite has no dates and no medians: its table is taken over into DuckDB, whole."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as con:
        listed = con.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        name = _named_of([str(row[0]) for row in listed], table, origin)
        quoted = '"' + name.replace('"', '""') + '"'
        frame = pd.read_sql_query(f"SELECT * FROM {quoted}", con)  # noqa: S608 - quoted, and one that is there
    note = "SQLite computes no medians: the table was taken over into DuckDB."
    return Place(table=_held(frame, origin), origin=f"{origin}, table '{name}'", notes=(note,))


def _of_database(url: str, table: str | None) -> Place:
    with refusing(plain(url), secrets(url), "be connected to"):
        import ibis

        scheme, _, rest = url.partition("://")
        if scheme.lower() == "sqlite":
            return _of_sqlite(rest, table, plain(url))
        con = ibis.connect(url)
        if hasattr(getattr(con, "con", None), "close"):  # when nobody asks it any more
            weakref.finalize(con, con.con.close)
        found = _chosen(con, table, plain(url))
        return Place(table=found, origin=f"{plain(url)}, table '{found.get_name()}'",
                     hidden=secrets(url))  # fmt: skip
    raise AssertionError  # pragma: no cover - as above


def _chosen(con: Any, table: str | None, origin: str) -> Any:
    """The table named, or the only one."""
    schema, _, name = (table or "").rpartition(".")
    if schema and table not in con.list_tables():
        return con.table(_named_of(con.list_tables(database=schema), name, origin), database=schema)
    return con.table(_named_of(con.list_tables(), table, origin))


def _named_of(there: list[str], table: str | None, origin: str) -> str:
    if table is None and len(there) == 1:
        return there[0]
    if table in there:
        return table
    found = f"there is no table '{table}'" if table else f"it holds {len(there)} tables"
    listed = nearest(table or "", there, "the tables are") if there else "it holds none"
    raise _refusal(origin, found, f"say table=: {listed}")
