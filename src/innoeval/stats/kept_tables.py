"""Tables of critical values kept on disk, so that the next process need not simulate them again.

A file holds numbers only, behind their own checksum: a file that is cut short, changed or of
another layout counts as absent. Files are written beside their place and renamed into it, so that
processes may share the folder without a lock. Nothing here ever fails a fit: a folder that cannot
be read or written is the same as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Environment variable: another folder, or one of `OFF`.
VARIABLE, OFF = "INNOEVAL_CACHE", ("off", "0", "")
#: Changed where the same key would give other tables.
LAYOUT = 1
#: So many tables are kept, each well under a megabyte; beyond that the oldest go.
MOST = 400
_SUFFIX = ".table"


def folder() -> Path | None:
    """Where tables are kept; None where they are not.

    The environment variable `INNOEVAL_CACHE` names a folder, or "off". Without it the folder for
    caches of the platform is used.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return None if named.strip().lower() in OFF else Path(named)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")  # noqa: PTH111 - Path.home raises without a home
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(base) / "innoeval" if base and not base.startswith("~") else None


def digest(*parts: object) -> str:
    """Name for a table: SHA-256 of all that it depends on (arrays by their shape and bytes)."""
    hashed = hashlib.sha256(f"layout {LAYOUT}, numpy {np.__version__}".encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            hashed.update(repr((part.shape, part.dtype.str)).encode())
            hashed.update(np.ascontiguousarray(part).tobytes())
        else:
            hashed.update(repr(part).encode())
    return hashed.hexdigest()


def recall(name: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[Floats, ...] | None:
    """Arrays kept under a name, if they are there, whole, and of these shapes."""
    place = folder()
    if place is None:
        return None
    try:
        content = (place / f"{name}{_SUFFIX}").read_bytes()
    except OSError:
        return None
    sizes = [int(np.prod(shape)) for shape in shapes]
    checksum, numbers = content[:32], content[32:]
    if len(numbers) != 4 * sum(sizes) or hashlib.sha256(numbers).digest() != checksum:
        return None
    flat = np.frombuffer(numbers, dtype="<f4").astype(np.float64)
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


def keep(name: str, arrays: tuple[Floats, ...]) -> None:
    """Keep arrays under a name, in single precision."""
    place = folder()
    if place is None:
        return
    numbers = b"".join(array.astype("<f4").tobytes() for array in arrays)
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(suffix=".part", dir=place)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(numbers).digest() + numbers)
            Path(beside).replace(place / f"{name}{_SUFFIX}")
        except OSError:
            Path(beside).unlink(missing_ok=True)
            raise
        _prune(place)


def _prune(place: Path) -> None:
    """Delete the oldest tables beyond the number that is kept."""
    with os.scandir(place) as entries:
        kept = [entry for entry in entries if entry.name.endswith(_SUFFIX)]
    if len(kept) > MOST:
        kept.sort(key=lambda entry: entry.stat().st_mtime)
        for entry in kept[: len(kept) - MOST]:
            Path(entry.path).unlink(missing_ok=True)
