"""What made a panel's numbers, in words and hashes, to be printed on its brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innoeval.sources.query import digest
from innoeval.sources.secrets import scrub

if TYPE_CHECKING:
    from innoeval.sources.query import Result
    from innoeval.sources.service_records import Records


def provenance(records: Records, result: Result, rows: int) -> dict[str, str]:
    """Label -> text: the query, its hash, rows in and out, when it was asked.

    Parameters
    ----------
    records
        The records, with what may not be said of them.
    result
        What their database gave.
    rows
        Rows of the panel.
    """
    place = records.place
    text, *curves = (scrub(query, place.hidden) for query in result.queries)
    left = result.cells["_n"].sum()
    return {
        "records": f"{int(left):,} in, {rows:,} rows of the panel out",
        "read at": result.read_at,
        "drawn at": f"{result.now:%Y-%m-%d %H:%M}"
        + ("" if result.asked else ", the last moment in the records"),
        "query": text,
        **({"query of curves": "; ".join(curves)} if curves else {}),
        "query hash": digest("; ".join((text, *curves))),
    }
