"""Three published formats of open data, page by page: Socrata, CKAN and Open311 GeoReport v2."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from innoeval.sources.portals import web
from innoeval.sources.portals.web import Web

Rows = list[dict[str, Any]]

#: Rows of a page; portals that give fewer are asked until they give none.
SOCRATA_ROWS, CKAN_ROWS = 50_000, 32_000
#: Open311: at most so many days, and so many requests, in one answer.
OPEN311_SPAN, OPEN311_ROWS = timedelta(days=90), 1000

_SOCRATA = re.compile(r"^(https?://[^/]+)/(?:resource|d|api/views)/(\w{4}-\w{4})\b")
_CKAN = re.compile(r"^(.*?)/(?:api/(?:3/)?action/datastore_search|dataset/[^/]+/resource/([\w-]+))")
_OPEN311 = re.compile(r"/requests\.json$")
_NUMBERS = frozenset({"number", "money", "percent", "double", "numeric", "int", "int4", "int8", "integer",
                      "bigint", "float", "float4", "float8", "real"})  # fmt: skip


def reader(url: str) -> Callable[[Web], Iterator[Rows]] | None:
    """What reads an address page by page; None for a file that is read at once.

    Examples
    --------
    >>> reader("https://data.example.org/resource/abcd-1234.json").__name__
    'socrata'
    >>> reader("https://example.org/requests.csv")
    """
    address = url.partition("?")[0]
    if _OPEN311.search(address):
        return open311
    if _SOCRATA.match(address):
        return socrata
    return ckan if _CKAN.match(address) else None


def socrata(portal: Web) -> Iterator[Rows]:
    """Pages of a Socrata table, in the order of its rows; SODA 2.

    Columns that the portal calls numbers are written as text in its JSON, and read as numbers.
    """
    found = _SOCRATA.match(portal.base)
    path = f"{found[1]}/resource/{found[2]}.json" if found else portal.base
    given = {
        name: value for name, value in portal.query.items() if name not in {"$limit", "$offset"}
    }
    grouped = {"$group", "$select"} & set(given)
    order = given.get("$order", "" if grouped else ":id")
    asked: dict[str, str | int] = {"$order": order} if order else {}

    def page(offset: int) -> Rows:
        paging: dict[str, str | int] = {"$limit": SOCRATA_ROWS, "$offset": offset}
        rows, headers = portal.json(path, **asked, **paging)
        if not isinstance(rows, list):
            raise portal.fault(
                "its answer is no list of rows", "check that the address is that of a table"
            )
        names, kinds = (
            json.loads(headers.get(f"X-SODA2-{what}", "[]")) for what in ("Fields", "Types")
        )
        return _numbered(rows, dict(zip(names, kinds, strict=False)))

    yield from _until_empty(portal, page)


def ckan(portal: Web) -> Iterator[Rows]:
    """Pages of a table in a CKAN datastore, as many rows as it says there are."""
    found = _CKAN.match(portal.base)
    base, resource = (
        (found[1], found[2] or portal.query.get("resource_id")) if found else ("", None)
    )
    if not resource:
        raise portal.fault("the address names no table", "add resource_id= as the portal shows it")
    total, read = [0], 0

    def page(offset: int) -> Rows:
        body, _ = portal.json(f"{base}/api/3/action/datastore_search", resource_id=resource,
                              limit=CKAN_ROWS, offset=offset, sort=portal.query.get("sort", "_id"))  # fmt: skip
        result = body.get("result") if isinstance(body, dict) and body.get("success") else None
        if not isinstance(result, dict):
            raise portal.fault(
                "its answer says that it did not succeed", "check resource_id= and the parameters"
            )
        total[0] = int(result.get("total", 0))
        return _numbered(
            result["records"], {f["id"]: f.get("type", "") for f in result.get("fields", [])}
        )

    for rows in _until_empty(portal, page):
        read += len(rows)
        yield rows
    if read != total[0]:
        raise portal.fault(
            f"it gave {read:,} rows of {total[0]:,}", "it changed while it was read: read it again"
        )


def open311(portal: Web) -> Iterator[Rows]:
    """Service requests of an Open311 endpoint, span by span of at most 90 days.

    An endpoint that knows no pages is asked for shorter spans where its answer is full; a request
    on the border of two spans is given once.
    """
    ends = [_time(portal, name) for name in ("start_date", "end_date")]
    spans, seen = [(low, min(low + OPEN311_SPAN, ends[1])) for low in _steps(*ends)], set[str]()
    while spans:
        low, high = spans.pop(0)
        rows, full = _span(portal, low, high)
        if full:
            middle = low + (high - low) / 2
            if high - low <= timedelta(seconds=2):
                raise portal.fault(f"it has {len(rows):,} requests or more at {low:%Y-%m-%d %H:%M:%S}, and shows no more",
                                   "ask the portal for another way to its data")  # fmt: skip
            spans[:0] = [(low, middle), (middle, high)]
            continue
        new = []
        for row in rows:
            key = str(
                row.get("service_request_id") or row.get("token") or json.dumps(row, sort_keys=True)
            )
            if key not in seen:
                seen.add(key)
                new.append(row)
        yield new


def _span(portal: Web, low: datetime, high: datetime) -> tuple[Rows, bool]:
    """Requests between two moments, and whether there may be more than the portal shows."""
    rows: Rows = []
    for page in range(1, 10_000):
        found, _ = portal.json(start_date=_iso(low), end_date=_iso(high), page=page)
        if not isinstance(found, list):
            raise portal.fault(
                "its answer is no list of requests", "check that the address ends in requests.json"
            )
        if not found:
            return rows, False
        if page > 1 and found == rows[: len(found)]:  # it knows no pages: the first comes again
            return rows, len(rows) >= OPEN311_ROWS
        rows += found
    raise portal.fault("its pages do not end", "give a shorter span with start_date= and end_date=")


def _until_empty(portal: Web, page: Callable[[int], Rows]) -> Iterator[Rows]:
    """Pages until one is empty; one that comes again is asked for again, then refused."""
    offset, last = 0, None
    while True:
        for attempt in range(web.ATTEMPTS):
            rows = page(offset)
            print_of = hash(json.dumps(rows, sort_keys=True)) if rows else None
            if print_of is None or print_of != last:
                break
            time.sleep(web.BACKOFF * attempt)
        else:
            raise portal.fault(f"the page from row {offset:,} on repeats the one before it",
                               "read it again later, or name an order of rows that is unique")  # fmt: skip
        if not rows:
            return
        yield rows
        last, offset = print_of, offset + len(rows)


def _numbered(rows: Rows, kinds: Mapping[str, str]) -> Rows:
    """Rows whose columns of numbers hold numbers."""
    numbers = [name for name, kind in kinds.items() if kind.lower() in _NUMBERS]
    for row in rows:
        for name in numbers:
            if isinstance(row.get(name), str):
                row[name] = _number(row[name])
    return rows


def _number(text: str) -> float | int | str:
    try:
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text.strip()) else float(text)
    except ValueError:
        return text


def _steps(low: datetime, high: datetime) -> Iterator[datetime]:
    while low < high:
        yield low
        low += OPEN311_SPAN


def _time(portal: Web, name: str) -> datetime:
    given = portal.query.get(name)
    try:
        when = datetime.fromisoformat(given or "")
    except ValueError:
        raise portal.fault(f"{name}= is {given!r}",
                           "add start_date=2023-01-01 and end_date=2024-01-01 to the address") from None  # fmt: skip
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
