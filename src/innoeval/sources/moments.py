"""Moments and periods in a query: time zones, days of work, and the period that holds a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from innoeval.errors import Fault, SourceError
from innoeval.records.calendar import Frequency, first_day, ordinal
from innoeval.sources.place import fetched

if TYPE_CHECKING:
    import ibis

#: Periods by name with their first and last days, for school terms and other years.
Terms = Mapping[str, tuple[str, str]]

MICROSECONDS = 86_400_000_000
_UNITS: dict[Frequency, str] = {
    "year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D",
}  # fmt: skip
#: Weeks are counted from a Monday.
_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Moment:
    """A column of moments: on the clock of the place, and as it can be subtracted."""

    local: Any
    instant: Any
    aware: bool


def moment(
    table: ibis.Table, column: str, *, zone: str | None, date_format: str | None, origin: str
) -> Moment:
    """A column as moments, by its type; text is read as ISO 8601 or as the format says.

    Raises
    ------
    SourceError
        Where the type holds no moments, or the time zone is not known.
    """
    import ibis.expr.datatypes as dt

    values: Any = table[column]
    kind = values.type()
    if kind.is_string():
        if date_format is not None:
            values = values.as_timestamp(date_format).cast("timestamp")
        else:
            aware = _text_is_aware(table, column, origin)
            values = values.try_cast(dt.Timestamp("UTC") if aware else dt.timestamp)
        kind = values.type()
    elif kind.is_date():
        values = values.cast("timestamp")
        kind = values.type()
    if not kind.is_timestamp():
        raise _fault(origin, column, f"it holds {kind} values, not dates",
                     "name a column of dates, or say date_format= if they are text")  # fmt: skip
    if kind.timezone is None:
        return Moment(local=values, instant=values, aware=False)
    if zone is None:
        raise _fault(origin, column, "its times are of a time zone of their own, so that the day they fall on is open",
                     'say where the service is: time_zone="Europe/London", or time_zone="UTC"')  # fmt: skip
    return Moment(local=_on_the_clock()(zone, values), instant=_on_the_clock()("UTC", values),
                  aware=True)  # fmt: skip


def _text_is_aware(table: ibis.Table, column: str, origin: str) -> bool:
    """Whether texts name their distance from UTC; one look at them, before anything is counted."""
    import ibis.expr.datatypes as dt

    text: Any = table[column]
    offset = text.re_search(r"\d([zZ]|[+-]\d\d(:?\d\d)?)$") & text.contains(":")
    read = text.try_cast(dt.timestamp)
    bad = text.notnull() & read.isnull() & (text != "")
    counts = table.aggregate(aware=offset.sum(), given=text.nullif("").count(),
                           bad=bad.sum(), such=text.min(where=bad))  # fmt: skip
    seen = fetched(counts).to_pylist()[0]
    aware, given, unread = (int(seen[name] or 0) for name in ("aware", "given", "bad"))
    if unread:
        raise _fault(origin, column, f"{unread:,} values cannot be read as dates, such as '{seen['such']}'",
                     'write dates as 2023-01-31, or say how: date_format="%d/%m/%Y"')  # fmt: skip
    if aware not in {0, given}:
        raise _fault(origin, column, f"{aware:,} of {given:,} values name a time zone and the others do not",
                     "write all of them in one way")  # fmt: skip
    return aware > 0


@cache
def _on_the_clock() -> Any:
    """The function timezone(zone, moment), which DuckDB and PostgreSQL share."""
    import ibis
    import ibis.expr.datatypes as dt

    def timezone(zone, moment):  # type: ignore[no-untyped-def]
        ...

    return ibis.udf.scalar.builtin(signature=((dt.string, dt.Timestamp("UTC")), dt.timestamp))(
        timezone
    )


def check_zone(zone: str | None) -> None:
    """Refuse a name that is no time zone."""
    try:
        _ = zone is None or ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceError(
            f"time_zone= is {zone!r}, which is not known; name one such as 'Europe/London' or 'UTC'"
        ) from None


def as_instant(when: datetime, zone: str | None, *, aware: bool) -> datetime:
    """A moment on the place's clock as the instants of a column are: in UTC where it has a zone."""
    if not aware:
        return when
    return when.replace(tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC).replace(tzinfo=None)


def as_local(when: datetime, zone: str | None, *, aware: bool) -> datetime:
    """The inverse of `as_instant`."""
    if not aware:
        return when
    return when.replace(tzinfo=UTC).astimezone(ZoneInfo(zone or "UTC")).replace(tzinfo=None)


def period_of(moment: Any, period: Frequency | Terms) -> Any:
    """The period that holds a moment: its first day, or a term's place from 1 on."""
    import ibis

    if isinstance(period, Mapping):
        day = moment.date()
        spans = [_span(name, ends) for name, ends in period.items()]
        return ibis.cases(*((day.between(*span), i) for i, span in enumerate(spans, start=1)))
    if period == "financial_year":
        return moment.year() - (moment.month() < 4).cast("int32")
    return moment.truncate(_UNITS[period]).date()


def number_of(item: object, period: Frequency | Terms) -> int:
    """A period of a query's on the axis of its frequency."""
    if isinstance(period, Mapping) or period == "financial_year":
        return int(item)  # type: ignore[call-overload, no-any-return]
    return ordinal(str(item)[:10], period)


def span_of(number: int, period: Frequency | Terms) -> tuple[datetime, datetime]:
    """The moments at which a period begins and is over, on the clock of the place."""
    if isinstance(period, Mapping):
        first, last = _span(*list(period.items())[number - 1])
        end = last + timedelta(days=1)
    else:
        first, end = first_day(number, period), first_day(number + 1, period)
    one, other = (datetime(day.year, day.month, day.day) for day in (first, end))  # noqa: DTZ001 - on the place's clock
    return one, other


def check_terms(terms: Terms) -> None:
    """Refuse terms that are not in order or that overlap."""
    ends = [(name, *_span(name, given)) for name, given in terms.items()]
    for name, first, last in ends:
        if first > last:
            raise SourceError(
                f"the term '{name}' ends before it begins; write (first day, last day)"
            )
    for (one, _, last), (other, first, _) in pairwise(ends):
        if first <= last:
            raise SourceError(
                f"the terms '{one}' and '{other}' overlap or are out of order; write them in order, "
                "each beginning after the last has ended"
            )


def _span(name: str, ends: tuple[str, str]) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(str(end)) for end in ends)
    except ValueError:
        raise SourceError(
            f"the term '{name}' is {ends!r}; write two dates such as 2023-09-01"
        ) from None
    return first, last


def workdays(first: Any, last: Any, holidays: Sequence[date]) -> Any:
    """Working days from one date on to another, not counting the last: as numpy's busday_count."""
    import ibis

    def counted(day: Any) -> Any:
        since = day.delta(ibis.literal(_MONDAY), unit="day")
        # Floor division whatever the sign: dates before 1970 are shifted by whole weeks.
        shifted = since + 7 * 20_000
        return 5 * (shifted // 7) + ibis.least(shifted % 7, 5)

    days = counted(last) - counted(first)
    for holiday in sorted({day for day in holidays if day.weekday() < 5}):
        days = days - ibis.ifelse((first <= holiday) & (holiday < last), 1, 0)
    return days


def _fault(origin: str, column: str, found: str, remedy: str) -> SourceError:
    return SourceError([Fault(found=found, remedy=remedy, origin=origin, column=column)])
