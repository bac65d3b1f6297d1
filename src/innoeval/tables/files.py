"""Files as tables: delimited text, Excel and Parquet, each read as what its name says it is."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from innoeval.errors import Fault, SourceError, nearest
from innoeval.tables.limits import bounded_rows, check_parquet, check_workbook, refuse_larger
from innoeval.tables.table import Table, hits, table_of_cells, table_of_frame

DELIMITERS = (",", ";", "\t", "|")
TEXT = (".csv", ".tsv", ".tab", ".txt")
EXCEL = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")

#: What a file of another kind begins with.
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip file"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed (gzip) file"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_table(
    path: Path, *, wanted: Collection[str], encoding: str | None = None, sheet: str | None = None
) -> Table:
    """A file as a table of cells.

    Parameters
    ----------
    path
        A .csv, .tsv, .tab, .txt, .xlsx, .xlsm, .parquet or .pq file.
    wanted
        Names of columns that will be asked for; header, delimiter and sheet are known by them.
    encoding
        Of a text file; UTF-8 (or UTF-16 with a byte order mark) where not given.
    sheet
        Of a workbook; not needed where one sheet alone has the columns.

    Raises
    ------
    SourceError
        Saying what the file is instead, or which argument to give.
    """
    suffix = path.suffix.lower()
    if suffix in EXCEL:
        return _excel(path, read_bytes(path), wanted, sheet)
    if suffix in PARQUET:
        return _parquet(path, read_bytes(path), wanted)
    if suffix in TEXT:
        text = decode(read_bytes(path), path.name, encoding)
        return _delimited(text, wanted, path.name)
    raise refusal(
        path.name,
        f"a file that ends in '{suffix}' is not read" if suffix else "its name has no ending",
        f"give one of {', '.join((*TEXT, *EXCEL, *PARQUET))}, or a pandas DataFrame",
    )


def refusal(origin: str, found: str, remedy: str, rows: tuple[int, ...] = ()) -> SourceError:
    """The error of a source with one fault."""
    return SourceError([Fault(found=found, remedy=remedy, origin=origin, rows=rows)])


def read_bytes(path: Path) -> bytes:
    """Content of a file that must be there and hold something.

    Raises
    ------
    SourceError
        For a file that is absent, a directory, not to be opened, too large, or empty.
    """
    try:
        refuse_larger(path.stat().st_size, path.name)
        data = path.read_bytes()
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        remedy = nearest(path.name, siblings, "its folder holds") if siblings else "check the path"
        raise refusal(path.name, "there is no such file", remedy) from None
    except IsADirectoryError:
        raise refusal(path.name, "this is a directory", "name a file in it") from None
    except (OSError, ValueError) as error:
        raise refusal(
            path.name,
            f"it cannot be opened ({getattr(error, 'strerror', error)})",
            "check its permissions and that no other program holds it",
        ) from None
    if not data.strip():
        raise refusal(path.name, "the file is empty", "give a file with a header and rows of data")
    return data


def decode(data: bytes, origin: str, encoding: str | None = None) -> str:
    """Text of a file; UTF-8 unless another encoding is named or marked.

    Raises
    ------
    SourceError
        Naming the first byte that cannot be read, its row, and how it would look in cp1252.
    """
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise refusal(
                origin,
                f"this is {kind}, not text",
                "give it the ending that belongs to it, or export it again as CSV",
            )
    name = encoding or ("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    try:
        text = data.decode("utf-8-sig" if name.lower() in {"utf-8", "utf8"} else name)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        start = max(data.rfind(b"\n", 0, error.start) + 1, error.start - 12)
        near = data[start : error.start + 12].split(b"\n")[0].decode("cp1252", "replace").strip()
        raise refusal(
            origin,
            f"byte 0x{data[error.start]:02X} at position {error.start} is not "
            f"{'UTF-8' if encoding is None else encoding} (as cp1252 it reads '{near}')",
            'say encoding="cp1252" if that looks right, or save the file as "CSV UTF-8"',
            rows=(row,),
        ) from None
    except (LookupError, UnicodeError):
        raise refusal(
            origin,
            f"the encoding '{encoding}' is not known or does not fit",
            "name one such as 'utf-8', 'cp1252' or 'utf-16'",
        ) from None
    if "\0" in text:
        raise refusal(
            origin,
            "it holds zero bytes, so that it is not UTF-8 text",
            'say encoding="utf-16" if it was saved as Unicode, or save it as "CSV UTF-8"',
        )
    return text


def _delimited(text: str, wanted: Collection[str], origin: str) -> Table:
    head, _, rest = text.partition("\n")
    declared = head.strip().lower()
    if declared.startswith("sep=") and len(declared) == 5:
        # Excel's own first line; an empty one in its place keeps the row numbers.
        return table_of_cells(_split("\n" + rest, declared[4], origin), wanted, origin, declared[4])
    if "\t" in head and declared == "sep=":
        return table_of_cells(_split("\n" + rest, "\t", origin), wanted, origin, "\t")
    delimiter = _delimiter(text[:65536], wanted)
    return table_of_cells(_split(text, delimiter, origin), wanted, origin, delimiter)


def _split(text: str, delimiter: str, origin: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise refusal(
            origin,
            f"from here on the quotation marks do not pair up ({error})",
            'write a quotation mark inside a cell twice ("")',
            rows=(len(rows) + 1,),
        ) from None
    return rows


def _delimiter(head: str, wanted: Collection[str]) -> str:
    """The delimiter under which a row names most of the wanted columns, or is widest."""

    def score(delimiter: str) -> tuple[int, int]:
        lines = io.StringIO(head, newline="")
        rows: list[list[str]] = []
        # What could be split is enough to compare delimiters by.
        with contextlib.suppress(csv.Error):
            rows.extend(csv.reader(lines, delimiter=delimiter))
        return (
            max((hits(row, wanted) for row in rows[:30]), default=0),
            max((len(row) for row in rows[:30]), default=0),
        )

    return max(DELIMITERS, key=score)


def _excel(path: Path, data: bytes, wanted: Collection[str], sheet: str | None) -> Table:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise refusal(
            path.name,
            "reading Excel needs the package openpyxl",
            "run pip install 'innoeval[excel]', or save the file as CSV",
        ) from None
    if not data.startswith(b"PK"):
        raise refusal(
            path.name,
            "this is not an Excel workbook, whatever its name says",
            "give the ending that belongs to it, or save it again as .xlsx",
        )
    try:
        check_workbook(data, path.name)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        cells = {
            s.title: list(bounded_rows(s.iter_rows(values_only=True), path.name))
            for s in book.worksheets
            if sheet is None or s.title == sheet
        }
        titles = [s.title for s in book.worksheets]
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its XML reader met
        raise refusal(
            path.name, f"the workbook is damaged ({error})", "save it again as .xlsx, or as CSV"
        ) from None
    if sheet is not None and sheet not in cells:
        raise refusal(
            path.name, f"there is no sheet '{sheet}'", nearest(sheet, titles, "the sheets are")
        )
    best = {
        title: max((hits(row, wanted) for row in rows[:30]), default=0)
        for title, rows in cells.items()
    }
    fitting = [title for title, n in best.items() if n == max(best.values())]
    filled = [t for t in fitting if any(cell is not None for row in cells[t] for cell in row)]
    if len(filled) > 1:
        raise refusal(
            path.name,
            f"the sheets {', '.join(filled)} could all be meant",
            f'say which, such as sheet="{filled[0]}"',
        )
    chosen = filled[0] if filled else titles[0]
    origin = path.name if len(titles) == 1 else f"{path.name}, sheet '{chosen}'"
    return table_of_cells(cells[chosen], wanted, origin)


def _parquet(path: Path, data: bytes, wanted: Collection[str]) -> Table:
    try:
        check_parquet(data, path.name)
        frame = pd.read_parquet(io.BytesIO(data))
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - pyarrow and pandas raise whatever they stumble over
        raise refusal(
            path.name,
            f"this is not a Parquet file that can be read ({error})",
            "give the ending that belongs to it, or write it again",
        ) from None
    return table_of_frame(frame, wanted, path.name)
