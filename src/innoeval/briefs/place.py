"""A file in its place: all of it or none of it."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from innoeval.errors import BriefError

#: Names that are devices on some systems, whatever their suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def check_place(path: Path, *, overwrite: bool) -> None:
    """Refuse a place where nothing can be written, before anything is made.

    Parameters
    ----------
    path
        Where to write.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    BriefError
        Saying what is in the way.
    """
    folder = path.parent
    if not folder.exists():
        raise BriefError(f"the folder '{folder}' does not exist; make it first, or write elsewhere")
    if not folder.is_dir():
        raise BriefError(f"'{folder}' is not a folder; write elsewhere")
    if path.is_dir():
        raise BriefError(f"'{path}' is a folder; name a file in it")
    if path.exists() and not overwrite:
        raise BriefError(f"'{path}' exists already; say overwrite=True to replace it")


def put(path: Path, content: bytes) -> None:
    """Put content in a file beside it, then move it there in one step.

    Parameters
    ----------
    path
        Where to write.
    content
        All of the file.

    Raises
    ------
    BriefError
        Where it cannot be written; what was there is as before.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise BriefError(
            f"'{path}' cannot be written ({error.strerror or error}); "
            "make its folder writable, close the file where it is open, or write elsewhere"
        ) from error


def file_names(ids: Sequence[str]) -> list[str]:
    """A file name for each id, safe on every system and never twice the same.

    Parameters
    ----------
    ids
        Any texts.

    Examples
    --------
    >>> file_names(["desk", "../Desk", "Größe 5 %", "书", "desk", "con"])
    ['desk', 'Desk-2', 'Grosse-5', 'claim', 'desk-3', 'claim-con']
    """
    names: list[str] = []
    taken: set[str] = set()
    for text in ids:
        plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", plain.encode("ascii", "ignore").decode())
        stem = stem.strip("-")[:60] or "claim"
        if _DEVICE.fullmatch(stem):
            stem = f"claim-{stem}"
        name, turn = stem, 1
        while name.casefold() in taken:
            turn += 1
            name = f"{stem}-{turn}"
        taken.add(name.casefold())
        names.append(name)
    return names
