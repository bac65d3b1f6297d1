"""Small files that say that they are large: refused in words, at once, in little memory."""

from __future__ import annotations

import gzip
import io
import resource
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.fuzz import seeds

import innoeval as ie
from innoeval.briefs.read import LARGEST, read_evaluation
from innoeval.cli.panels import read_entries
from innoeval.errors import InnoevalError, RecordError, SourceError
from innoeval.tables import limits


@contextmanager
def cheaply(seconds: float = 5.0, megabytes: int = 300) -> Iterator[None]:
    """What is done inside takes little."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - begun < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < megabytes * 1024


def panel(path: Path) -> ie.Panel:
    return ie.read_panel(path, unit="ward", period="month", outcomes=["days"])


def book(path: Path, sheet: str, **parts: bytes) -> Path:
    """A workbook whose sheet is some XML of ours."""
    with (
        zipfile.ZipFile(io.BytesIO(seeds.workbooks()[0])) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, sheet.encode() if name.endswith("sheet1.xml") else content)
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def sheet(rows: str, extent: str = "") -> str:
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    said = f'<dimension ref="{extent}"/>' if extent else ""
    return f"{head}{said}<sheetData>{rows}</sheetData></worksheet>"


def cell(place: str) -> str:
    return f'<row r="{place.lstrip("XFDA")}"><c r="{place}" t="inlineStr"><is><t>ward</t></is></c></row>'


def test_a_workbook_of_packed_zeros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.SETTING, "50")
    path = book(tmp_path / "a.xlsx", sheet(""), zeros=b"\0" * 60_000_000)
    assert path.stat().st_size < 1_000_000
    with (
        cheaply(),
        pytest.raises(SourceError, match=r"unpacked it has 6\d MB.*INNOEVAL_LARGEST_MB=6"),
    ):
        panel(path)


@pytest.mark.parametrize("rows", [
    cell("A1") + cell("XFD1048576"),
    cell("A1") + cell("A99999999"),
    "".join(f'<row r="{i}"><c r="XFD{i}"><v>1</v></c></row>' for i in range(1, 9_000)),
], ids=["in the last corner", "far below", "far to the right"])  # fmt: skip
@pytest.mark.parametrize("extent", ["A1:XFD1048576", ""])
def test_a_sheet_that_says_it_is_endless(
    rows: str, extent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.SETTING, "200")
    path = book(tmp_path / "a.xlsx", sheet(rows, extent))
    with cheaply(), pytest.raises(SourceError, match=r"more than [\d,]+ (rows|cells)|no column"):
        panel(path)


def test_a_workbook_whose_entities_multiply(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    text = sheet(cell("A1")).replace(
        "<worksheet", f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><worksheet'
    )
    with cheaply(), pytest.raises(SourceError, match="defines XML entities"):
        panel(book(tmp_path / "a.xlsx", text.replace("ward", "&l9;")))


def parquet(path: Path, frame: object) -> Path:
    import pyarrow as pa
    from pyarrow import parquet as pq

    table = frame if isinstance(frame, pa.Table) else pa.table(frame)
    pq.write_table(table, path, compression="zstd")
    return path


def test_a_column_of_one_value_a_billion_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.SETTING, "10")
    path = parquet(tmp_path / "a.parquet", {"ward": np.zeros(2_000_000, dtype=np.int8)})
    assert path.stat().st_size < 20_000
    with cheaply(), pytest.raises(SourceError, match="unpacked it has 16 MB"):
        panel(path)


def test_a_long_text_very_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    monkeypatch.setenv(limits.SETTING, "200")
    text = pa.array(["x" * 100_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(20_000, dtype=np.int32)), text.dictionary
    )
    table = pa.table({"ward": column.cast(pa.dictionary(pa.int32(), pa.string()))})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 200_000
    with cheaply(), pytest.raises(SourceError, match=r"unpacked it has [\d,]+ MB"):
        panel(path)


def test_an_ordinary_file_of_the_same_kinds_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.SETTING, "1")
    for ending, content in ((".xlsx", seeds.workbooks()[0]), (".parquet", seeds.parquets()[0]), (".csv", seeds.csvs()[0])):  # fmt: skip
        path = tmp_path / f"a{ending}"
        path.write_bytes(content)
        assert len(panel(path).units) == 5


def test_a_text_file_larger_than_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.SETTING, "1")
    path = tmp_path / "a.csv"
    path.write_bytes(b"ward,month,days\n" + b"A,2023-01,1\n" * 100_000)
    with pytest.raises(SourceError, match="it has 2 MB, and 1 MB are read at most"):
        panel(path)
    with pytest.raises(SourceError, match="it has 2 MB"):
        ie.read_claims(path)


@pytest.mark.parametrize("said", ["much", "-1", "0", "1e3", "9999999999", "\u0664"])
def test_a_setting_that_is_no_number(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.SETTING, said)
    with pytest.raises(SourceError, match="INNOEVAL_LARGEST_MB"):
        limits.largest()


def test_packed_records_are_counted_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.SETTING, "20")
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"ward,opened\n" + b"A,2023-01-01\n" * 2_000_000, 6))
    with cheaply(), pytest.raises(SourceError, match=r"unpacked it has more than 2[01] MB"):
        ie.records(path, unit="ward", opened="opened")


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


@pytest.mark.parametrize("text", [
    "- &x {id: a, statement: [" + "q, " * 9 + "q]}\n" + "".join(
        f"- &x{i} {{id: a, statement: [{', '.join([f'*x{i - 1}' if i else '*x'] * 10)}]}}\n" for i in range(9)),
    "- &a [*a]\n", "- {id: &a [b, *a]}\n",
], ids=["multiplied", "of itself", "in itself"])  # fmt: skip
def test_claims_whose_aliases_multiply(text: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(text)
    with cheaply(), pytest.raises(SourceError, match="with its aliases"):
        ie.read_claims(path)


def test_a_list_of_panels_whose_aliases_multiply(tmp_path: Path) -> None:
    path = tmp_path / "panels.yaml"
    path.write_text(LAUGHS)
    with cheaply(), pytest.raises(SourceError, match="with its aliases"):
        read_entries(path)


def test_an_alias_that_saves_writing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    one = "{{id: {}, innovation: Desk, outcome: days, better: lower, start: 2023-01, treated: {}}}"
    path.write_text(f"- {one.format('a', '&wards [North, East]')}\n- {one.format('b', '*wards')}\n")
    assert list(ie.read_claims(path)["b"].treated) == ["North", "East"]


@pytest.mark.parametrize("ending", [".json", ".yaml"])
@pytest.mark.parametrize("nest", ["[", '{"a":'])
def test_nesting_without_end(ending: str, nest: str, tmp_path: Path) -> None:
    path = tmp_path / f"claims{ending}"
    path.write_text(nest * 100_000)
    with cheaply(20.0), pytest.raises(SourceError):
        ie.read_claims(path)


def test_an_evaluation_nested_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"kind": "Evaluation", "claim": ' + "[" * 200_000)
    with cheaply(), pytest.raises(RecordError, match="not JSON"):
        read_evaluation(path)


@pytest.mark.parametrize("number", [1, 400])
def test_a_brief_whose_attachments_are_packed_zeros(number: int, tmp_path: Path) -> None:
    head = b"1 0 obj\n<</Type /EmbeddedFile /Filter /FlateDecode>>\nstream\n"
    less = zlib.compress(b" " * (LARGEST if number == 1 else 3_000_000))
    path = tmp_path / "a.pdf"
    path.write_bytes(
        b"%PDF-1.7\n"
        + (head + (zlib.compress(b" " * (LARGEST + 9)) if number == 1 else less) + b"\n") * number
    )
    with cheaply(), pytest.raises(RecordError, match="no evaluation"):
        read_evaluation(path)


def test_a_brief_of_nothing_but_heads_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"/EmbeddedFile " * 500_000)
    with cheaply(1.0), pytest.raises(RecordError, match="carries no evaluation"):
        read_evaluation(path)


def test_every_refusal_says_what_to_do() -> None:
    with pytest.raises(
        InnoevalError, match=r"a\.csv: it has 9,000,000 MB.*set INNOEVAL_LARGEST_MB="
    ):
        limits.refuse_larger(9e12, "a.csv")


def test_texts_are_counted_as_often_as_they_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    monkeypatch.setenv(limits.SETTING, "10")
    few = ["x" * 2000] + ["a"] * 99_999
    # As long as the longest in every row it would be 200 MB; it is 0.1.
    limits.check_parquet(parquet(tmp_path / "few.parquet", {"t": few}).read_bytes(), "few.parquet")
    for kind in (pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.binary_view()):
        many = pa.table({"a": ["b"] * 6000, "t": pa.array(["x" * 2000] * 6000, kind)})
        path = parquet(tmp_path / "many.parquet", many)
        assert path.stat().st_size < 50_000
        with pytest.raises(SourceError, match="unpacked it has 13 MB"):
            limits.check_parquet(path.read_bytes(), path.name)
