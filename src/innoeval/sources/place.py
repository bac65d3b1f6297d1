"""A place where records are kept: its table, and how nothing secret is said of it."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innoeval.errors import Fault, SourceError
from innoeval.sources.secrets import scrub

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table of records where it is kept, and what may not be said about it."""

    table: ibis.Table = field(repr=False)
    origin: str
    hidden: tuple[str, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()


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
        raise refusal(place, scrub(str(error), hidden).split("\n", maxsplit=1)[0],
                       "run pip install 'innoeval[warehouse]'; of another database, 'ibis-framework[NAME]'") from None  # fmt: skip
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        said = scrub(str(error) or type(error).__name__, hidden)
        first = " ".join(said.split("\n\n", maxsplit=1)[0].split())[:500]
        raise refusal(place, f"it cannot {doing} ({type(error).__name__}: {first})",
                       "mend the source or the argument that this names, and read it again") from None  # fmt: skip


def fetched(query: Any) -> Any:
    """The rows of a query as an Arrow table."""
    return query.to_pyarrow()


@contextmanager
def one_view(table: Any) -> Iterator[None]:
    """Queries inside see the same records, where the database is PostgreSQL and not in use."""
    backend = table.get_backend()
    if backend.name != "postgres" or backend.con.info.transaction_status != 0:
        yield
        return
    with backend.con.transaction():
        backend.con.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def duck() -> Any:
    """A database in memory, with room on disk, of its own, for what does not fit."""
    import ibis

    spill = Path(tempfile.gettempdir(), f"innoeval-{uuid.uuid4().hex}")  # made when it is needed
    # What it lacks it would fetch from the web, unasked.
    return ibis.duckdb.connect(temp_directory=str(spill), autoinstall_known_extensions=False)


def refusal(origin: str, found: str, remedy: str) -> SourceError:
    """The error of a place with one fault."""
    return SourceError([Fault(found=scrub(found), remedy=remedy, origin=scrub(origin))])


def held_frame(frame: pd.DataFrame, origin: str) -> ibis.Table:
    """A data frame as a table of an embedded database."""
    if frame.empty:
        raise refusal(origin, "there is no row of data", "give at least one")
    with refusing(origin):
        import pyarrow as pa

        held = pa.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
        kinds = [
            pa.string() if pa.types.is_null(field.type) else field.type for field in held.schema
        ]
        held = held.cast(pa.schema(list(zip(held.column_names, kinds, strict=True))))
        table: ibis.Table = duck().create_table("records", held, temp=True)
    return table
