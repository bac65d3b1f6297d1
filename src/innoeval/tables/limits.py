"""How large a stranger's file may become once it is unpacked: more is refused, in words.

A file of a few kilobytes can say that it holds gigabytes: packed zeros, a sheet with one cell in
its last corner, a Parquet column of one value a billion times over, YAML whose aliases multiply.
What the files say of themselves is looked at first, so that refusing one costs next to nothing.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innoeval.errors import Fault, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

#: Megabytes that a file may have, unpacked; and the setting that says otherwise.
LARGEST_MB, SETTING = 2_000, "INNOEVAL_LARGEST_MB"
#: Rows of a sheet: as many as Excel has. Cells, of which each takes some room, by the megabyte.
ROWS, CELLS_PER_MB = 1_048_576, 60_000
#: Values that YAML may stand for once its aliases are followed.
VALUES = 1_000_000
#: gzip cannot pack tighter, so that smaller files need no counting.
_TIGHTEST = 1_032
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY")


def largest() -> int:
    """Bytes that a file may have, unpacked: 2,000 MB, or what INNOEVAL_LARGEST_MB says.

    Raises
    ------
    SourceError
        Where the setting is no number above nought.
    """
    said = os.environ.get(SETTING, "").strip() or str(LARGEST_MB)
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 10 and int(said)):
        raise SourceError(
            f"the setting {SETTING} is {said[:40]!r}; write a whole number of megabytes, such as 4000"
        )
    return int(said) * 1_000_000


def refuse_larger(size: float, origin: str, what: str = "it has") -> None:
    """Refuse a size above the largest.

    Parameters
    ----------
    size
        Bytes.
    origin
        The file's name.
    what
        Begins the sentence about them.

    Examples
    --------
    >>> refuse_larger(5e9, "a.csv")
    Traceback (most recent call last):
        ...
    innoeval.errors.SourceError: a.csv: it has 5,000 MB, and 2,000 MB are read at most; if you know where it comes from, set INNOEVAL_LARGEST_MB=5000
    """
    if size > (most := largest()):
        mb = -(-int(size) // 1_000_000)
        raise _refusal(
            origin,
            f"{what} {mb:,} MB, and {most // 1_000_000:,} MB are read at most",
            f"if you know where it comes from, set {SETTING}={mb}",
        )


def check_workbook(data: bytes, origin: str) -> None:
    """Refuse a zip file that unpacks to too much, or holds a document type, which no workbook has.

    Parameters
    ----------
    data
        The file.
    origin
        Its name.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        # Reading a part stops at the size that it says it has, so that this one is to be trusted.
        refuse_larger(sum(part.file_size for part in parts), origin, "unpacked it has")
        for part in parts:
            with packed.open(part) as file:
                rest = b""
                while block := file.read(1 << 20):
                    if any(sign in rest + block for sign in _DOCTYPE):
                        found = f"its part '{part.filename[:60]}' defines XML entities, which no workbook needs"
                        raise _refusal(origin, found, "save it again as .xlsx, or as CSV")
                    rest = block[-16:]


def bounded_rows(rows: Iterable[Sequence[Any]], origin: str) -> Iterator[list[Any]]:
    """Rows of a sheet without the empty cells at their ends; refused where there are too many.

    Parameters
    ----------
    rows
        As a workbook's reader gives them, one after another.
    origin
        The file's name.
    """
    most = largest() // 1_000_000 * CELLS_PER_MB
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        if number > ROWS or cells > most:
            found = f"a sheet says that it has more than {ROWS:,} rows" if number > ROWS else f"a sheet says that it has more than {most:,} cells"  # fmt: skip
            raise _refusal(
                origin, found, "delete the empty rows and columns, or save the sheet as CSV"
            )
        end = len(row)
        while end and row[end - 1] is None:
            end -= 1
        yield list(row[:end])


def check_parquet(data: bytes, origin: str) -> None:
    """Refuse a Parquet file that says a short thing very often, or holds bytes that are no letters.

    Parameters
    ----------
    data
        The file.
    origin
        Its name.
    """
    from pyarrow import compute, parquet

    file = parquet.ParquetFile(io.BytesIO(data))
    about = file.metadata
    rows, said = about.num_rows, "unpacked it has"
    packed = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    refuse_larger(max(packed, 8 * rows * about.num_columns), origin, said)
    texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    # No text is longer than all of the file: only where that times the rows is too much ...
    if texts and rows * max(packed, len(data)) > largest():
        # ... are the texts counted, each where it is said the first time.
        held = parquet.read_table(io.BytesIO(data), columns=texts, read_dictionary=texts)
        size = 0
        for chunk in (chunk for column in held.itercolumns() for chunk in column.chunks):
            lengths = compute.binary_length(chunk.dictionary)
            size += compute.sum(lengths.take(chunk.indices)).as_py() or 0
            refuse_larger(size, origin, said)
    held = parquet.read_table(io.BytesIO(data), columns=texts, use_threads=False, pre_buffer=False)
    held.validate(full=True)


def check_packed(path: Path) -> None:
    """Refuse a packed text file (.gz, .zst) that unpacks to too much; counted block by block.

    Parameters
    ----------
    path
        The file.
    """
    import pyarrow as pa

    most, ending = largest(), path.suffix.lower()
    if ending == ".gz" and path.stat().st_size * _TIGHTEST <= most:
        return
    size = 0
    with pa.input_stream(str(path), compression="gzip" if ending == ".gz" else "zstd") as file:
        while block := file.read(1 << 20):
            size += len(block)
            if size > most:
                refuse_larger(size, path.name, "unpacked it has more than")


def refuse_multiplied(node: Any, origin: str) -> None:
    """Refuse YAML whose aliases stand for more values than anybody writes, or for themselves.

    Parameters
    ----------
    node
        The document as PyYAML composes it; None for an empty one.
    origin
        The file's name.
    """
    known: dict[int, int] = {}

    def count(node: Any) -> int:
        if not isinstance(node.value, list):
            return 1
        if (at := id(node)) not in known:
            known[at] = VALUES + 1  # what holds itself has no end
            parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]  # fmt: skip
            known[at] = 1 + sum(map(count, parts))
        return known[at]

    if node is not None and count(node) > VALUES:
        raise _refusal(
            origin,
            f"with its aliases (*name) it stands for more than {VALUES:,} values, or for itself",
            "write the values where they belong, without aliases",
        )


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary_view(kind)
    )


def _refusal(origin: str, found: str, remedy: str) -> SourceError:
    return SourceError([Fault(found=found, remedy=remedy, origin=origin)])
