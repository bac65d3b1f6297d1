"""What was read from a portal is kept in a folder, with the query and the date beside it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from innoeval.errors import RecordError
from innoeval.sources.portals.pages import reader
from innoeval.sources.portals.web import Web
from innoeval.sources.secrets import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file, the address it came from, and what is to be told of it."""

    path: Path
    origin: str
    notes: tuple[str, ...]


def download(url: str, *, folder: Path | None = None, refresh: bool = False) -> Download:
    """Everything behind an address in one file; what was read before is not read again.

    The file appears only when all of it is there: a portal that breaks off leaves nothing.

    Parameters
    ----------
    url
        Address of a table of Socrata or CKAN, of requests of Open311, or of a file.
    folder
        Where files are kept; a folder of the user's cache where not given.
    refresh
        Whether to read again what is kept.

    Raises
    ------
    SourceError
        Where the portal does not answer, says no, repeats itself or breaks off.
    """
    portal, pages = Web.of(url), reader(url)
    name = _name(url)
    kept = _folder(folder)
    suffixes = Path(portal.base.rpartition("/")[2]).suffixes[-2:]
    path = kept / (name + (".jsonl" if pages else "".join(suffixes) or ".csv"))
    record = kept / f"{name}.about.json"
    if path.is_file() and record.is_file() and not refresh:
        about = _about(record)
        if about.get("bytes") == path.stat().st_size:
            return _told(path, about, "kept from then; say refresh=True to read it again")
    rows = 0
    with _whole(path) as file:
        if pages is None:
            file.write(portal.get().data)
        else:
            for page in pages(portal):
                rows += len(page)
                file.writelines(
                    json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in page
                )
    if pages is not None and not rows:
        path.unlink()
        raise portal.fault("it has no rows for this query", "check the parameters of the address")
    with path.open("rb") as whole:
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
    about = {
        "query": plain(url), "read_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "rows": rows if pages else None, "bytes": path.stat().st_size,
        "sha256": digest,
    }  # fmt: skip
    record.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return _told(path, about, "")


def _name(url: str) -> str:
    """A name for every address: what looks like a secret may choose the rows, and is not to be guessed."""
    if (shown := plain(url)) == url:
        return hashlib.sha256(shown.encode()).hexdigest()[:24]
    return hashlib.pbkdf2_hmac("sha256", url.encode(), b"innoeval", 200_000).hex()[:24]


def _told(path: Path, about: dict[str, Any], how: str) -> Download:
    rows = f"{about['rows']:,} rows" if about.get("rows") else "a file"
    note = f"{rows} of {about['query']} were read on {about['read_at']}{f' and {how}' if how else ''} (SHA-256 {about['sha256'][:16]})."
    return Download(path=path, origin=about["query"], notes=(note,))


def _about(record: Path) -> dict[str, Any]:
    try:
        about = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        raise RecordError(f"'{record}' is not what innoeval wrote; delete it") from None
    return about if isinstance(about, dict) else {}


def _folder(folder: Path | None) -> Path:
    kept = folder or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "innoeval"
    kept.mkdir(parents=True, exist_ok=True)
    return kept


@contextmanager
def _whole(path: Path) -> Iterator[Any]:
    """A file that is put in its place only when it is complete."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        try:
            yield file
        except BaseException:
            file.close()
            Path(file.name).unlink()
            raise
    Path(file.name).replace(path)
