"""Records in databases: one panel whatever holds them, and no password in anything that is said."""

from __future__ import annotations

import gzip
import logging
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from traceback import format_exception
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from tests.sources.postgres import PASSWORD, server

import innoeval as ie
from innoeval.errors import InnoevalError, SourceError

M = ie.metrics
N = 1_000_000
METRICS = {
    "requests": M.Count(), "web": M.Count(where={"channel": "web"}), "share": M.Share({"channel": ["web", "app"]}),
    "median": M.Median(), "q90": M.Quantile(0.9), "web_median": M.Median(where={"channel": "web"}),
    "mean": M.Mean(open_cases="left_out"), "within": M.ShareWithin(10), "workdays": M.Median("business_days"),
    "persons": M.Distinct("person"), "cost": M.Cost("cost"), "each": M.Mean("cost"),
}  # fmt: skip
HOSTILE = "'; drop table requests; --"
AS_OF = "2024-01-15"


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million requests of 20 wards over 24 months; some open, in two versions of the form."""
    import duckdb

    hostile = HOSTILE.replace("'", "''")
    path = tmp_path_factory.mktemp("records") / "requests.parquet"
    drawn = f"""
        SELECT i AS id,
               CASE WHEN i % 20 = 0 THEN '{hostile}' ELSE 'Ward ' || (i % 20) END AS ward,
               TIMESTAMP '2022-01-01' + INTERVAL (hash(i) % 63072000) SECOND AS opened,
               (hash(i + 7) % 1000003) / 1000003.0 AS u
        FROM range({N}) t(i)
    """
    duckdb.connect().execute(f"""
        COPY (SELECT id, ward, opened,
                     CASE WHEN opened + INTERVAL (CAST(-ln(1 - u) * 800000 AS BIGINT)) SECOND < TIMESTAMP '{AS_OF}'
                          THEN opened + INTERVAL (CAST(-ln(1 - u) * 800000 AS BIGINT)) SECOND END AS closed,
                     CASE id % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'desk' ELSE 'app' END AS channel,
                     id % 70001 AS person, (id % 97) / 4.0 AS cost,
                     CASE WHEN opened < TIMESTAMP '2023-03-10' THEN 'v1' ELSE 'v2' END AS form
              FROM ({drawn})) TO '{path}' (FORMAT parquet)""")
    return path


@pytest.fixture(scope="module")
def url(parquet: Path) -> Iterator[str]:
    """A PostgreSQL server that holds the same million rows."""
    import duckdb
    import psycopg

    text = parquet.with_suffix(".csv")
    duckdb.connect().execute(f"COPY (FROM '{parquet}') TO '{text}' (HEADER false)")
    with server() as address:
        with psycopg.connect(address) as con, con.cursor() as cursor:
            cursor.execute("CREATE TABLE requests (id bigint, ward text, opened timestamp, closed timestamp,"
                           " channel text, person bigint, cost double precision, form text)")  # fmt: skip
            with (
                cursor.copy("COPY requests FROM STDIN (FORMAT csv)") as copy,
                text.open("rb") as lines,
            ):
                while block := lines.read(1 << 20):
                    copy.write(block)
            cursor.execute('CREATE SCHEMA "odd ""one"""')
            cursor.execute('CREATE TABLE "odd ""one"""."per;mits" (ward text, opened date)')
            cursor.execute('INSERT INTO "odd ""one"""."per;mits" ' + "VALUES ('A', '2023-01-05')")
        yield address


def panel(source: Any, **arguments: Any) -> ie.Panel:
    found = ie.records(source, unit="ward", opened="opened", closed="closed", version="form",
                       as_of=AS_OF, holidays=["2022-12-26", "2023-12-25"], **arguments)  # fmt: skip
    return found.panel(metrics=METRICS)


def test_postgresql_and_duckdb_give_the_same_panel(parquet: Path, url: str) -> None:
    ours, theirs = panel(parquet), panel(url, table="requests")
    assert len(ours.frame) == 20 * 24
    assert HOSTILE in ours.units
    assert ours.frame["provisional"].any()
    pd.testing.assert_frame_equal(ours.frame, theirs.frame, check_exact=True)
    assert ours.fingerprint == theirs.fingerprint
    assert ours.notes == theirs.notes
    assert (
        theirs.provenance["records"]
        == ours.provenance["records"]
        == "1,000,000 in, 480 rows of the panel out"
    )
    assert "PERCENTILE_CONT" in theirs.provenance["query"]
    for said in (theirs.origin, *theirs.notes, *theirs.provenance.values(), repr(theirs)):
        assert_no_secret(said)


def test_pandas_gives_the_same_numbers(parquet: Path) -> None:
    table = pd.read_parquet(parquet)
    month = table["opened"].dt.strftime("%Y-%m")
    took = (table["closed"] - table["opened"]).dt.total_seconds() / 86400
    groups = table.assign(took=took.fillna(1e9)).groupby(["ward", month])
    ours = panel(parquet).frame
    old = (ours["provisional"] == 0).to_numpy()
    assert old.mean() > 0.9
    pd.testing.assert_series_equal(
        ours["median"][old],
        groups["took"].median().reset_index(drop=True)[old],
        check_names=False,
        rtol=1e-12,
    )
    assert ours["requests"].tolist() == groups.size().tolist()
    assert ours["persons"].tolist() == groups["person"].nunique().tolist()


def test_tables_and_schemas_of_any_name(url: str) -> None:
    import ibis

    con = ibis.connect(url)
    table = con.table("per;mits", database='odd "one"')
    found = ie.records(table, unit="ward", opened="opened", as_of="2023-02-01").panel(
        metrics={"n": M.Count()}
    )
    con.disconnect()
    assert found.matrix("n").tolist() == [[1.0]]
    with pytest.raises(SourceError, match="did you mean 'requests'"):
        ie.records(url, table="request", unit="ward", opened="opened")


def test_times_with_a_zone_fall_on_the_same_days(url: str) -> None:
    import psycopg

    moments = pd.date_range("2023-03-24 21:00", periods=40, freq="7h", tz="UTC")
    frame = pd.DataFrame(
        {"ward": "A", "opened": moments, "closed": moments + pd.Timedelta(hours=31)}
    )
    with psycopg.connect(url, autocommit=True) as con:
        con.execute("CREATE TABLE moments (ward text, opened timestamptz, closed timestamptz)")
        for row in frame.itertuples(index=False):
            con.execute("INSERT INTO moments VALUES (%s, %s, %s)", tuple(row))
    one, other = (
        ie.records(source, table=name, unit="ward", opened="opened", closed="closed", time_zone="Europe/Berlin",
                   as_of="2023-04-03 20:00").panel(
            period="day", metrics={"n": M.Count(), "days": M.Median(), "work": M.Median("business_days")})
        for source, name in ((frame, None), (url, "moments"))
    )  # fmt: skip
    assert one.periods[0] == "2023-03-24"
    pd.testing.assert_frame_equal(one.frame, other.frame, check_exact=True)


def assert_no_secret(text: object) -> None:
    for secret in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD)):
        assert secret not in str(text)


def test_a_refused_password_is_not_repeated(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = url.replace("clerk", "nobody")
    for address in (wrong, url.replace("postgres://", "nosuchbase://"), wrong.replace(":54", ":99999"),
                    url.replace("/postgres", "/nowhere") + "?sslpassword=" + quote(PASSWORD)):  # fmt: skip
        with pytest.raises(SourceError) as caught:
            ie.records(address, table="requests", unit="ward", opened="opened")
        assert_no_secret(caught.value)
        assert caught.value.__suppress_context__
    assert_no_secret(caplog.text)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """All that files hold, packed parts unpacked."""
    import re
    import zlib

    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        yield path.name, raw.decode("latin-1")
        if path.suffix == ".parquet":
            yield path.name, str(pd.read_parquet(path).to_dict("list"))
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
            with suppress(zlib.error):
                yield path.name, zlib.decompress(stream).decode("latin-1")
        for packed in re.findall(rb"[A-Za-z0-9+/]{64,}={0,2}", raw):  # an attachment, a page's data
            plain = b64decode(packed[: len(packed) // 4 * 4])
            with suppress(OSError, EOFError, zlib.error):
                plain = gzip.decompress(plain)
            yield path.name, plain.decode("latin-1")


def test_no_password_in_anything_that_is_kept_of_a_read_that_went_well(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    records = ie.records(
        url, table="requests", unit="ward", opened="opened", closed="closed", as_of=AS_OF
    )
    found = records.panel(metrics={"days": M.Median()})
    claim = ie.Claim(id="x", innovation="A desk", outcome="days", better="lower", size=0.1, scale="relative",
                     treated=["Ward 1", "Ward 2", "Ward 3"], start="2023-01")  # fmt: skip
    ev = ie.evaluate(claim, found)
    for said in (records, found, ev, found.provenance, found.notes, found.origin):
        assert_no_secret(repr(said))
    (tmp_path / "x.json").write_text(ev.to_json(), "utf-8")
    for suffix in ("pdf", "html"):
        ie.write_brief(ev, tmp_path / f"brief.{suffix}", data=found)
    run = tmp_path / "run.parquet"
    failing = replace(claim, id="y", outcome="dayz")
    portfolio = ie.evaluate_all([claim, failing], found, resume=run, progress=False)
    for suffix in ("pdf", "html", "csv"):
        ie.write_portfolio(portfolio, tmp_path / f"all.{suffix}")
    with pytest.raises(InnoevalError) as caught:
        ie.evaluate(failing, found)
    (tmp_path / "error.txt").write_text("".join(format_exception(caught.value)), "utf-8")
    (tmp_path / "ledger.txt").write_text(str(ie.verify(ev, found)), "utf-8")
    assert {name.rpartition(".")[2] for name, _ in texts(tmp_path)} >= {"json", "pdf", "html", "csv", "parquet"}  # fmt: skip
    assert any(url.rpartition("@")[2] in text for _, text in texts(tmp_path))  # the address is told
    for _, text in texts(tmp_path):
        assert_no_secret(text)
    assert_no_secret(caplog.text)
    assert_no_secret(capfd.readouterr())


def test_a_connection_that_drops_is_an_error(url: str) -> None:
    import psycopg

    records = ie.records(url, table="requests", unit="ward", opened="opened", as_of=AS_OF)
    with psycopg.connect(url, autocommit=True) as con:
        con.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND backend_type = 'client backend'")  # fmt: skip
    with pytest.raises(SourceError, match="it cannot be asked") as caught:
        records.panel(metrics={"n": M.Count()})
    assert_no_secret(caught.value)


def test_a_column_that_changed_its_type_is_named(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as con:
        con.execute("CREATE TABLE changing (ward text, opened timestamp, closed timestamp)")
        records = ie.records(url, table="changing", unit="ward", opened="opened", closed="closed")
        con.execute("ALTER TABLE changing ALTER COLUMN closed TYPE int USING 1")
    with pytest.raises(SourceError, match="it cannot be asked"):
        records.panel(metrics={"m": M.Median()})


@pytest.mark.parametrize(
    "source",
    ["{}/city.sqlite", "sqlite://{}/city.sqlite", "{}/city.duckdb", "duckdb://{}/city.duckdb"],
)
def test_databases_in_a_file(tmp_path: Path, source: str) -> None:
    import duckdb

    kind = sqlite3 if "sqlite" in source else duckdb
    con = kind.connect(tmp_path / f"city.{kind.__name__.rstrip('3')}")
    con.execute("CREATE TABLE requests (ward text, opened timestamp, closed timestamp)")
    for row in ("'A', '2023-01-02', '2023-01-05'", "'A', '2023-01-03', '2023-01-04'"):
        con.execute("INSERT INTO requests VALUES (" + row + ")")
    con.commit()
    con.close()
    found = ie.records(
        source.format(tmp_path), unit="ward", opened="opened", closed="closed", as_of="2023-02-01"
    )
    assert found.panel(metrics={"m": M.Median()}).matrix("m").tolist() == [[2.0]]


def test_a_file_by_its_address_is_found_and_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("city.db")) as con:
        con.execute("CREATE TABLE requests (ward TEXT, opened TEXT)")
        con.execute("INSERT INTO requests VALUES ('A', '2023-01-02')")
        con.commit()
    for address in ("sqlite:///city.db", "sqlite://city.db", f"sqlite://{tmp_path}/city.db"):
        panel = ie.records(address, unit="ward", opened="opened").panel(
            metrics={"n": ie.metrics.Count()}
        )
        assert panel.frame["n"].tolist() == [1]
    for address in ("sqlite:///gone.db", "duckdb://gone.duckdb"):
        with pytest.raises(SourceError, match="there is no such file"):
            ie.records(address, unit="ward", opened="opened")
    assert [path.name for path in tmp_path.iterdir()] == ["city.db"]


def test_both_queries_see_the_same_records(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from innoeval.sources import query

    add = "INSERT INTO busy SELECT 'A', timestamp '2024-01-02', timestamp '2024-01-03' FROM generate_series(1, 99)"
    with psycopg.connect(url, autocommit=True) as con:
        con.execute("CREATE TABLE busy (ward text, opened timestamp, closed timestamp)")
        con.execute("INSERT INTO busy VALUES ('A', '2024-01-02', '2024-01-12'), ('A', '2024-01-02', '2024-01-12'),"
                    " ('A', '2024-01-10', NULL)")  # fmt: skip
        asked = query.curve_answers

        def meanwhile(*arguments: Any, **named: Any) -> Any:
            con.execute(add)
            return asked(*arguments, **named)

        monkeypatch.setattr(query, "curve_answers", meanwhile)
        records = ie.records(
            url, table="busy", unit="ward", opened="opened", closed="closed", as_of=AS_OF
        )
        asking = {"n": M.Count(), "days": M.Median()}
        first, then = records.panel(metrics=asking), records.panel(metrics=asking)
    assert (first.frame["n"].item(), first.frame["days"].item()) == (3, 10)
    assert (then.frame["n"].item(), then.frame["days"].item()) == (102, 1)
