"""Portals by address, against a server on loopback: paging, patience, and never half a panel."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sources.portal_server import Portal, portal

import innoeval as ie
from innoeval.errors import SourceError
from innoeval.sources.portals import download, pages, web

M = ie.metrics
SECRET = "tok-4711-secret"  # noqa: S105 - of a server on loopback


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setattr(web, "BACKOFF", 0)
    with portal() as server:
        server.rows = [
            {"ward": "A" if i % 2 else "B", "opened": f"2023-0{1 + i % 3}-0{1 + i % 9}T10:00:00.000",
             "closed": f"2023-0{1 + i % 3}-1{i % 9}T10:00:00.000" if i else None, "fee": f"{i}.5"}
            for i in range(18)
        ]  # fmt: skip
        yield server


def panel(address: str, folder: Path, **arguments: Any) -> ie.Panel:
    given = {
        "unit": "ward",
        "opened": "opened",
        "as_of": "2023-12-31",
        "folder": folder,
        **arguments,
    }
    records = ie.records(address, **given)
    return records.panel(metrics={"n": M.Count(), "fees": M.Cost("fee")})


def soda(city: Portal, query: str = "") -> str:
    return f"{city.address}/resource/abcd-1234.json{query}"


def test_socrata_page_by_page(city: Portal, tmp_path: Path) -> None:
    found = panel(soda(city, "?$where=fee>0"), tmp_path, closed="closed")
    assert found.matrix("n").sum() == 18
    assert found.matrix("fees").sum() == sum(i + 0.5 for i in range(18))
    offsets = [int(query["$offset"]) for _, query in city.asked]
    assert offsets == [0, 7, 14, 18]
    assert {query["$where"] for _, query in city.asked} == {"fee>0"}
    assert {query["$order"] for _, query in city.asked} == {":id"}
    assert any("18 rows of http://127.0.0.1" in note and "UTC" in note for note in found.notes)
    assert found.origin.endswith("abcd-1234.json?$where=fee>0") or "%3E" in found.origin


def test_what_was_read_is_kept_until_it_is_asked_for_again(city: Portal, tmp_path: Path) -> None:
    first = panel(soda(city), tmp_path)
    asked = len(city.asked)
    again = panel(soda(city), tmp_path)
    assert len(city.asked) == asked
    assert again.fingerprint == first.fingerprint
    assert any("kept from then; say refresh=True" in note for note in again.notes)
    city.rows.append({**city.rows[0], "ward": "A"})
    assert panel(soda(city), tmp_path, refresh=True).matrix("n").sum() == 19
    about = json.loads(next(tmp_path.glob("*.about.json")).read_text(encoding="utf-8"))
    assert (about["rows"], about["query"]) == (19, soda(city))


def test_ckan_page_by_page(city: Portal, tmp_path: Path) -> None:
    for address in (
        "/api/3/action/datastore_search?resource_id=6a1b",
        "/dataset/requests/resource/6a1b",
    ):
        found = panel(city.address + address, tmp_path)
        assert found.matrix("fees").sum() == sum(i + 0.5 for i in range(18))
    assert [int(query["offset"]) for _, query in city.asked[:5]] == [0, 5, 10, 15, 18]


def test_ckan_that_gives_fewer_rows_than_it_says_is_refused(city: Portal, tmp_path: Path) -> None:
    city.claims_total = 25
    with pytest.raises(SourceError, match="18 rows of 25"):
        panel(f"{city.address}/api/3/action/datastore_search?resource_id=6a1b", tmp_path)
    assert not list(tmp_path.iterdir())


def requests(n: int, hours: float) -> list[dict[str, Any]]:
    start = datetime(2023, 1, 1, tzinfo=UTC)
    return [
        {"service_request_id": str(i), "status": "closed", "ward": "AB"[i % 2],
         "requested_datetime": (start + timedelta(hours=hours * i)).isoformat(),
         "updated_datetime": (start + timedelta(hours=hours * i, days=2)).isoformat()}
        for i in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize("knows_pages", [True, False])
def test_open311_in_spans(city: Portal, tmp_path: Path, knows_pages: bool) -> None:
    city.rows, city.knows_pages = (
        requests(40 if knows_pages else 2500, 120 if knows_pages else 1.5),
        knows_pages,
    )
    found = ie.records(
        f"{city.address}/open311/v2/requests.json?jurisdiction_id=x&start_date=2023-01-01&end_date=2023-12-31",
        unit="ward", opened="requested_datetime", closed="updated_datetime", time_zone="UTC", folder=tmp_path,
    ).panel(metrics={"n": M.Count(), "days": M.Median()}, silent="zero")  # fmt: skip
    assert found.matrix("n").sum() == len(city.rows)
    assert set(found.frame["days"].dropna()) == {2.0}
    assert {query["jurisdiction_id"] for _, query in city.asked} == {"x"}


def test_open311_needs_its_dates(city: Portal, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="add start_date="):
        ie.records(
            f"{city.address}/open311/v2/requests.json", unit="ward", opened="x", folder=tmp_path
        )


@pytest.mark.parametrize("trouble", ["429", "500", "cut", "half", "drop"])
def test_a_portal_in_trouble_is_asked_again(city: Portal, tmp_path: Path, trouble: str) -> None:
    city.trouble = ["", trouble, trouble]
    assert panel(soda(city), tmp_path).matrix("n").sum() == 18


@pytest.mark.parametrize(
    ("trouble", "said"),
    [("429", "says 429 after"), ("500", "says 500"), ("cut", "does not answer"), ("half", "not whole JSON"),
     ("drop", "does not answer"), ("403", "says 403")],
)  # fmt: skip
def test_trouble_that_does_not_end_leaves_no_half_table(
    city: Portal, tmp_path: Path, trouble: str, said: str
) -> None:
    city.trouble = ["", *[trouble] * 60]
    with pytest.raises(SourceError, match=said):
        panel(soda(city), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_that_repeats_is_refused(city: Portal, tmp_path: Path) -> None:
    city.repeats = True
    with pytest.raises(SourceError, match="the page from row 7 on repeats the one before"):
        panel(soda(city), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_behind_an_address(city: Portal, tmp_path: Path) -> None:
    found = ie.records(f"{city.address}/data/requests.csv", unit="ward", opened="opened", folder=tmp_path,
                       as_of="2023-12-31").panel(metrics={"n": M.Count()})  # fmt: skip
    assert found.matrix("n").sum() == 18
    assert found.provenance["records"].startswith("18 in")


def test_secrets_reach_no_log_no_error_and_no_file(
    city: Portal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = soda(city, f"?$$app_token={SECRET}&api_key={SECRET}-2").replace(
        "http://", f"http://ann:{SECRET}@"
    )
    city.trouble = ["429", "drop"]
    found = panel(address, tmp_path)
    assert city.headers_seen[-1]["x-app-token"] == SECRET
    assert city.headers_seen[-1]["authorization"].startswith("Basic ")
    assert city.asked[-1][1]["api_key"] == f"{SECRET}-2"
    city.trouble = ["403"]
    with pytest.raises(SourceError) as caught:
        panel(address, tmp_path, refresh=True)
    gone = address.replace(str(city.server_port), "1")
    with pytest.raises(SourceError) as lost:
        panel(gone, tmp_path)
    kept = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    for said in (found.origin, *found.notes, *found.provenance.values(), str(caught.value), str(lost.value),
                 caplog.text, *kept):  # fmt: skip
        assert SECRET not in said
    assert "urllib3" in caplog.text


def test_a_broken_note_beside_a_file_is_told(city: Portal, tmp_path: Path) -> None:
    download(soda(city), folder=tmp_path)
    next(tmp_path.glob("*.about.json")).write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="delete it"):
        panel(soda(city), tmp_path)


def test_a_kept_file_that_was_changed_is_read_again(city: Portal, tmp_path: Path) -> None:
    path = download(soda(city), folder=tmp_path).path
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    asked = len(city.asked)
    assert download(soda(city), folder=tmp_path).path.read_bytes() == whole
    assert len(city.asked) > asked


def test_a_query_without_rows_leaves_nothing(city: Portal, tmp_path: Path) -> None:
    city.rows = []
    with pytest.raises(SourceError, match="no rows for this query; check the parameters"):
        download(soda(city), folder=tmp_path)
    assert not list(tmp_path.iterdir())


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """Every portal gives this answer, or what it gives for a page."""
    monkeypatch.setattr(
        web.Web, "json", lambda _, *__, **query: (answer(query) if callable(answer) else answer, {})
    )


SPAN = "https://x.org/requests.json?start_date=2023-01-01T00:00:00&end_date=2023-01-01T00:00:02"


@pytest.mark.parametrize(
    ("read", "address", "answer", "said"),
    [
        (pages.socrata, "https://x.org/resource/abcd-1234.json", {"error": "no"},
         "its answer is no list of rows; check that the address is that of a table"),
        (pages.ckan, "https://x.org/api/3/action/datastore_search", {},
         "the address names no table; add resource_id= as the portal shows it"),
        (pages.ckan, "https://x.org/api/3/action/datastore_search?resource_id=1",
         {"success": False, "result": {}}, "its answer says that it did not succeed; check resource_id="),
        (pages.open311, SPAN, {"requests": []},
         "its answer is no list of requests; check that the address ends in requests.json"),
        # As many requests in two seconds as one answer holds: no shorter span would show more.
        (pages.open311, SPAN, [{"token": i} for i in range(pages.OPEN311_ROWS)],
         "1,000 requests or more at 2023-01-01 00:00:00, and shows no more; ask the portal"),
        (pages.open311, SPAN, lambda query: [{"token": query["page"]}],
         "its pages do not end; give a shorter span with start_date= and end_date="),
    ],
)  # fmt: skip
def test_answers_that_are_not_of_the_format(
    monkeypatch: pytest.MonkeyPatch, read: Any, address: str, answer: Any, said: str
) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(SourceError) as caught:
        list(read(web.Web.of(address)))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "Not found: Resource", "__type": "Not Found Error"}}', "Not found: Resource"),
        (b'{"error": {"description": "no  such\\nservice"}}', "no such service"),
        (b'[{"code": 404, "description": "jurisdiction unknown"}]', "jurisdiction unknown"),
        (b'{"message": "Invalid SoQL"}', "Invalid SoQL"),
        (b'"busy"', "busy"),
        (b"Bad  gateway", "Bad gateway"),
        (b"<html>Bad gateway</html>", ""),
    ],
)  # fmt: skip
def test_what_portals_say_of_an_error(body: bytes, said: str) -> None:
    assert web._told(body) == said


def test_texts_in_columns_of_numbers_stay_texts() -> None:
    rows = [{"fee": " 12 "}, {"fee": "1.5"}, {"fee": "n/a"}, {"fee": 3}, {}]
    told = pages._numbered(rows, {"fee": "Number", "ward": "text"})
    assert told == [{"fee": 12}, {"fee": 1.5}, {"fee": "n/a"}, {"fee": 3}, {}]
