"""Take the evaluation out of a file: its own JSON, or the brief that carries it."""

from __future__ import annotations

import os
import re
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from innoeval.errors import RecordError
from innoeval.records.evaluation import Evaluation

#: So many bytes an evaluation may have when unpacked: the largest known have some 2 million.
LARGEST = 64_000_000
#: So many attachments are looked into: a brief has three.
MOST = 20
#: An attached file begins with its dictionary; typst and every usual writer leave these in clear.
_HEAD = re.compile(rb"/EmbeddedFile\b")
_ATTACHED = re.compile(rb"/EmbeddedFile\b[^\0]{0,2000}?\bstream\r?\n", re.DOTALL)
_LINKED = re.compile(rb'href="data:application/(gzip|json);base64,([A-Za-z0-9+/=]+)"')
_GZIP = 31


def read_evaluation(path: str | os.PathLike[str]) -> Evaluation:
    """Read an evaluation from its JSON file, or out of a brief (PDF or web page).

    Parameters
    ----------
    path
        A file that innoeval wrote: .json, .pdf or .html.

    Returns
    -------
    Evaluation

    Raises
    ------
    RecordError
        Where the file cannot be read or holds no evaluation; or one of another format version.
    """
    return Evaluation.from_json(evaluation_text(path))


def evaluation_text(path: str | os.PathLike[str]) -> str:
    """JSON text of the evaluation in a file.

    Parameters
    ----------
    path
        As in `read_evaluation`.

    Raises
    ------
    RecordError
        As in `read_evaluation`.
    """
    path = Path(path)
    try:
        if path.stat().st_size > 10 * LARGEST:
            raise RecordError(
                f"'{path.name}' has more than {LARGEST // 100_000} MB; no brief is that large"
            )
        content = path.read_bytes()
    except OSError as error:
        raise RecordError(
            f"'{path}' cannot be read ({(error.strerror or str(error)).lower()}); check the path"
        ) from None
    if content.startswith(b"%PDF"):
        found = _in_pdf(content)
    elif path.suffix.lower() in {".html", ".htm"}:
        found = _in_page(content)
    else:
        found = iter((content,))
    for text in found:
        if len(text) > LARGEST:
            raise RecordError(
                f"'{path.name}' holds more than {LARGEST // 1_000_000} MB; no evaluation is that large"
            )
        # Attached beside it are tables, which have no such key.
        if b'"kind"' in text or text is content:
            try:
                return text.decode("utf-8-sig")
            except UnicodeDecodeError:
                break
    raise RecordError(
        f"'{path.name}' carries no evaluation; give the .json, or a brief as innoeval wrote it "
        "(a printed or rearranged copy has lost its attachments)"
    )


def _in_pdf(content: bytes) -> Iterator[bytes]:
    """Files attached to a PDF, unpacked."""
    held = memoryview(content)
    for head in islice(_HEAD.finditer(content), MOST):
        match = _ATTACHED.match(content, head.start())
        if match is not None and b"/FlateDecode" in match[0]:
            yield from _unpacked(held[match.end() :], zlib.MAX_WBITS)


def _in_page(content: bytes) -> Iterator[bytes]:
    """Files behind the links of a web page, unpacked."""
    for match in islice(_LINKED.finditer(content), MOST):
        kind, text = match.groups()
        try:
            packed = b64decode(text, validate=True)
        except Base64Error:
            continue
        yield from _unpacked(packed, _GZIP) if kind == b"gzip" else iter((packed,))


def _unpacked(packed: bytes | memoryview, form: int) -> Iterator[bytes]:
    """What a compressed stream holds, at most one byte more than an evaluation may have."""
    try:
        yield zlib.decompressobj(form).decompress(packed, LARGEST + 1)
    except zlib.error:
        return
