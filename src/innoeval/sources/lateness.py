"""How late records come: learned from the triangle of periods and delays, without its bias."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from innoeval.errors import Fault, SourceError
from innoeval.sources.aggregates import need_column
from innoeval.sources.moments import as_instant, moment
from innoeval.sources.place import Place, fetched, refusing
from innoeval.sources.query import Layout
from innoeval.stats.reporting import arrived

#: A period is complete when this share of its records has come in, as earlier ones did.
SHARE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """Days after which a period's records are there, and how that was found."""

    days: int
    says: str


def learn(place: Place, layout: Layout, now: datetime) -> Lateness:
    """Days by which 99 % of the records have come in, from how late earlier ones came.

    Recent records are seen only if they came quickly; the distribution of delays is therefore
    estimated backwards, from those that could have been seen (see `innoeval.stats.reporting`).

    Parameters
    ----------
    place
        Where the records are.
    layout
        Its columns, `recorded` among them.
    now
        When the records were taken out, on the clock of the place.

    Raises
    ------
    SourceError
        Where no column says when a record came in.
    """
    if layout.recorded is None:
        raise SourceError(
            [Fault(found='complete_after="learned" needs to know when records came in', origin=place.origin,
                   remedy="name that column: recorded=, or say after how many days a period is complete")]
        )  # fmt: skip
    with refusing(place.origin, place.hidden, "be asked how late its records came"):
        counts = _triangle(place, layout, now)
    if not len(counts):
        raise SourceError([Fault(found="no record says when it came in", origin=place.origin,
                                 remedy="say after how many days a period is complete", column=layout.recorded)])  # fmt: skip
    delay, seen, n = (counts[:, i] for i in range(3))
    share = arrived(delay, seen, n)
    days = int(np.argmax(share >= SHARE))
    return Lateness(days=days, says=f"by then {100 * SHARE:.0f} % of earlier records had come in")


def _triangle(place: Place, layout: Layout, now: datetime) -> Any:
    """Records by delay and by days in which they could be seen: rows of (delay, seen, number)."""
    import ibis

    table: Any = place.table
    need_column(table, layout.recorded or "", place.origin)
    opened, came = (
        moment(
            table,
            column,
            zone=layout.time_zone,
            date_format=layout.date_format,
            origin=place.origin,
        )
        for column in (layout.opened, layout.recorded or "")
    )
    limit = as_instant(now, layout.time_zone, aware=opened.aware)
    day = ibis.literal(limit.date())
    rows = table.select(
        _delay=came.instant.date().delta(opened.instant.date(), unit="day"),
        _seen=day.delta(opened.instant.date(), unit="day"),
    )
    rows = rows.filter((rows["_delay"] >= 0) & (rows["_delay"] <= rows["_seen"]))
    found = fetched(rows.group_by(["_delay", "_seen"]).aggregate(_rows=rows.count()))
    return np.column_stack([found[name].to_numpy() for name in ("_delay", "_seen", "_rows")])
