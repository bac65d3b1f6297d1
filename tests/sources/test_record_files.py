"""Files of records: every kind gives the panel that the frame gives, and what is unclear is asked."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import innoeval as ie
from innoeval.errors import SourceError
from innoeval.stats.reporting import arrived

M = ie.metrics
METRICS = {"n": M.Count(), "days": M.Median(), "fee": M.Cost("fee")}


def table() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    opened = pd.Timestamp("2023-01-01") + pd.to_timedelta(
        rng.integers(0, 90 * 86400, 300), unit="s"
    )
    return pd.DataFrame({"ward": rng.choice(["007", "012"], 300), "opened": opened,
                         "closed": opened + pd.to_timedelta(rng.integers(0, 30 * 86400, 300), unit="s"),
                         "fee": rng.integers(0, 50, 300) / 4})  # fmt: skip


def read(source: Any, **arguments: Any) -> ie.Panel:
    given = {"unit": "ward", "opened": "opened", "closed": "closed", "as_of": "2023-12-31"}
    return ie.records(source, **{**given, **arguments}).panel(metrics=METRICS)


def lines(frame: pd.DataFrame) -> str:
    return frame.to_json(orient="records", lines=True, date_format="iso").replace("Z", "")


def write_arrow(path: Path, frame: pd.DataFrame) -> None:
    held = pa.Table.from_pandas(frame)
    with pa.ipc.new_file(path, held.schema) as out:
        out.write_table(held)


def write_zst(path: Path, text: str) -> None:
    path.write_bytes(pa.compress(text.encode(), codec="zstd", asbytes=True))


WRITERS: dict[str, Any] = {
    "r.csv": lambda path, frame: frame.to_csv(path, index=False),
    "r.tsv": lambda path, frame: frame.to_csv(path, index=False, sep="\t"),
    "semicolons.csv": lambda path, frame: frame.to_csv(path, index=False, sep=";"),
    "r.csv.gz": lambda path, frame: frame.to_csv(path, index=False),
    "r.csv.zst": lambda path, frame: write_zst(path, frame.to_csv(index=False)),
    "r.jsonl": lambda path, frame: path.write_text(lines(frame), encoding="utf-8"),
    "r.jsonl.gz": lambda path, frame: path.write_bytes(gzip.compress(lines(frame).encode())),
    "r.parquet": lambda path, frame: frame.to_parquet(path),
    "r.arrow": write_arrow,
    "r.xlsx": lambda path, frame: frame.to_excel(path, index=False),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_panel(tmp_path: Path, name: str) -> None:
    frame = table()
    if name.startswith("r.jsonl") or name == "r.xlsx":
        frame["opened"], frame["closed"] = (frame[c].dt.floor("s") for c in ("opened", "closed"))
    WRITERS[name](tmp_path / name, frame)
    ours, known = read(tmp_path / name), read(frame)
    assert ours.units == ("007", "012")
    for metric in METRICS:
        np.testing.assert_allclose(
            ours.matrix(metric), known.matrix(metric), rtol=0, atol=1e-9, err_msg=metric
        )


def test_partitioned_folders_patterns_and_lists(tmp_path: Path) -> None:
    frame = table()
    known = read(frame)
    for month, part in frame.groupby(frame["opened"].dt.month):
        folder = tmp_path / "parts" / f"month={month}"
        folder.mkdir(parents=True)
        part.to_parquet(folder / "a.parquet")
        part.to_csv(tmp_path / f"part-{month}.csv", index=False)
    sources = (tmp_path / "parts", str(tmp_path / "parts" / "**" / "*.parquet"), tmp_path / "part-*.csv",
               sorted(tmp_path.glob("part-*.csv")))  # fmt: skip
    for source in sources:
        assert read(source).matrix("n").tolist() == known.matrix("n").tolist()
    by_month = ie.records(
        tmp_path / "parts", unit="ward", opened="opened", as_of="2023-12-31"
    ).panel(metrics={"n": M.Count(where={"month": 2})})
    assert by_month.matrix("n").sum() == (frame["opened"].dt.month == 2).sum()


def test_dates_in_text_are_read_one_way_or_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    frame = table()
    frame["opened"], frame["closed"] = (
        frame[c].dt.strftime("%d/%m/%Y") for c in ("opened", "closed")
    )
    frame.to_csv(path, index=False)
    with pytest.raises(SourceError, match=r"300 values cannot be read as dates.*date_format="):
        read(path)
    assert read(path, date_format="%d/%m/%Y").matrix("n").sum() == 300


def test_times_with_a_zone_in_text(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("ward,opened,closed,fee\nA,2023-07-31T23:30:00Z,2023-08-01T23:30:00Z,1\n"
                    "A,2023-07-01T10:00:00+01:00,2023-07-02T10:00:00+01:00,1\n", encoding="utf-8")  # fmt: skip
    with pytest.raises(SourceError, match="time_zone="):
        read(path)
    found = read(path, time_zone="Europe/London")
    assert found.periods == ("2023-07", "2023-08")
    assert found.matrix("days").tolist() == [[1.0, 1.0]]
    path.write_text(
        "ward,opened,closed,fee\nA,2023-07-31T23:30:00Z,,1\nA,2023-07-01T10:00:00,,1\n",
        encoding="utf-8",
    )
    with pytest.raises(SourceError, match="1 of 2 values name a time zone"):
        read(path)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda folder: folder / "none.csv", "no such file"),
        (lambda folder: folder / "*.csv", "no file fits"),
        (lambda folder: folder, "holds no Parquet file"),
        (lambda folder: save(folder / "r.csv", ""), "empty"),
        (lambda folder: save(folder / "r.doc", "x"), "are not read"),
        (lambda folder: save(folder / "r.parquet", "not parquet"), "it cannot be read"),
        (lambda folder: save(folder / "r.csv", 'ward,opened,closed,fee\nA,2023-01-01,"2023\nB'), "cannot be|no column"),
        (lambda folder: save(folder / "r.jsonl", '{"ward": "A", "opened": "2023-01'), "it cannot be"),
        (lambda folder: save(folder / "r.csv.gz", "not packed"), "it cannot be"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_records(tmp_path: Path, write: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(write(tmp_path))


def save(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table().to_parquet(tmp_path / "r.parquet")
    monkeypatch.setitem(sys.modules, "ibis", None)
    for source in (tmp_path / "r.parquet", table(), "postgres://ann@127.0.0.1/city"):
        with pytest.raises(SourceError, match=r"innoeval\[warehouse\]"):
            read(source)


def test_a_type_that_changes_between_files_is_told(tmp_path: Path) -> None:
    frame = table()
    frame.to_parquet(tmp_path / "a.parquet")
    frame.assign(fee="much").to_parquet(tmp_path / "b.parquet")
    with pytest.raises(SourceError, match=r"it cannot be (read|asked).*fee"):
        read(tmp_path / "*.parquet")
    frame.drop(columns="fee").to_parquet(tmp_path / "b.parquet")
    with pytest.raises(SourceError, match=r"it cannot be (read|asked).*fee"):
        read(tmp_path / "*.parquet")


def test_a_type_that_changes_inside_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    row = "A,2023-01-01,2023-01-02,"
    path.write_text(
        "ward,opened,closed,fee\n" + f"{row}1\n" * 60_000 + f"{row}much\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match=r"it cannot be asked.*much|not numbers"):
        read(path)


def test_the_lag_of_reports_is_learned_without_its_bias() -> None:
    rng = np.random.default_rng(8)
    n, now = 40_000, pd.Timestamp("2023-12-31 23:59:59")
    opened = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 364 * 86400, n), unit="s")
    came = opened + pd.to_timedelta(np.floor(rng.exponential(10, n)), unit="D")
    frame = pd.DataFrame({"ward": "A", "opened": opened, "came": came})[came <= now]
    records = ie.records(frame, unit="ward", opened="opened", recorded="came", as_of="2023-12-31")
    panel = records.panel(metrics={"n": M.Count()}, complete_after="learned")
    late = panel.frame.loc[panel.frame["provisional"] == 1, "period"].astype(str).tolist()
    assert late == ["2023-11", "2023-12"]  # 99 % take ten times ln 100, 46 days; naively 40
    rule = next(note for note in panel.notes if "counts as complete" in note)
    assert 43 <= int(rule.split("complete ")[1].split()[0]) <= 49
    assert "99 % of earlier records had come in" in rule
    with pytest.raises(SourceError, match="recorded="):
        ie.records(frame, unit="ward", opened="opened").panel(
            metrics={"n": M.Count()}, complete_after="learned"
        )


def test_delays_seen_from_one_side_only() -> None:
    rng = np.random.default_rng(2)
    seen = rng.integers(0, 120, 200_000)
    delay = np.floor(rng.exponential(8, len(seen))).astype(np.int64)
    known = delay <= seen
    share = arrived(delay[known], seen[known], np.ones(known.sum(), dtype=np.int64))
    true = 1 - np.exp(-(np.arange(40) + 1) / 8)
    np.testing.assert_allclose(share[:40], true, atol=0.01)
    naive = np.mean(delay[known] <= 8)
    assert abs(share[8] - true[8]) < abs(naive - true[8]) / 3
