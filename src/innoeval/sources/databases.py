"""Tables of databases: a server by its address, or a file of DuckDB or SQLite."""

from __future__ import annotations

import re
import weakref
from pathlib import Path
from typing import Any

import pandas as pd

from innoeval.errors import nearest
from innoeval.sources.place import Place, held_frame, refusal, refusing
from innoeval.sources.secrets import plain, secrets

#: DuckDB in memory, elsewhere, or with settings: left to its driver.
_ELSEWHERE = re.compile(r"$|:memory:|md:|motherduck:|.*\?")


def of_database_file(path: str, kind: str, table: str | None, origin: str) -> Place:
    """A table of a DuckDB or SQLite file."""
    with refusing(origin):
        if kind == "sqlite":
            place = _of_sqlite(path, table, origin)
        else:
            import ibis

            # A view may name other files, or an address: of a stranger's file it gets neither.
            con = ibis.duckdb.connect(path, read_only=True, enable_external_access=False)
            found = _chosen(con, table, origin)
            place = Place(table=found, origin=f"{origin}, table '{found.get_name()}'")
    return place


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
    return Place(table=held_frame(frame, origin), origin=f"{origin}, table '{name}'", notes=(note,))


def of_database(url: str, table: str | None) -> Place:
    """A table of a database by its address."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() in {"sqlite", "duckdb"} and not _ELSEWHERE.match(rest):
        return of_database_file(_there(rest, plain(url)), scheme.lower(), table, plain(url))
    with refusing(plain(url), secrets(url), "be connected to"):
        import ibis

        con = ibis.connect(url)
        if hasattr(getattr(con, "con", None), "close"):  # when nobody asks it any more
            weakref.finalize(con, con.con.close)
        found = _chosen(con, table, plain(url))
    return Place(
        table=found, origin=f"{plain(url)}, table '{found.get_name()}'", hidden=secrets(url)
    )


def _there(path: str, origin: str) -> str:
    """A file that is there: "sqlite:///city.db" may mean /city.db or, as is usual, city.db."""
    for one in (path, path.removeprefix("/")):
        if Path(one).is_file():
            return one
    raise refusal(origin, "there is no such file", "check the path after '://'")


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
    raise refusal(origin, found, f"say table=: {listed}")
