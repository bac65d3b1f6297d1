"""The store of a run: an append-only Parquet dataset that no kill leaves half written."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any, NamedTuple

from innoeval.errors import Fault, RunError
from innoeval.portfolio.rows import Row, table_of
from innoeval.records.policy import Policy
from innoeval.records.saved import dump, load

#: Raised when rows change shape; a run of another format is refused by name.
FORMAT = 1
#: The underscore keeps readers of Parquet datasets from taking it for data.
_RECORD = "_run.json"
#: Begins the names of files that are not finished.
DRAFT = ".draft-"


class Done(NamedTuple):
    """What a finished claim was done from: digests of its record and of its panel."""

    digest: str
    panel: str


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of Parquet files that is also a dataset for any other reader.

    Each chunk is one file. It is written under a hidden name, flushed to the disk, and then given
    its name in one step: whatever is killed when, a file is there whole or not at all.

    Parameters
    ----------
    folder
        Where the run lives, such as "run.parquet".
    """

    folder: Path

    @property
    def parts(self) -> tuple[Path, ...]:
        """The files that are there, by name."""
        return tuple(sorted(self.folder.glob("part-*.parquet")))

    def open(self, policy: Policy, designs: str = "auto") -> None:
        """Begin a run, or go on with one that was begun in the same way.

        Parameters
        ----------
        policy
            The thresholds of this run.
        designs
            Its designs, written out.

        Raises
        ------
        RunError
            Where the folder holds a run by another policy, version or format, or by other designs,
            saying what differs; or something that is no run; or cannot be read or written.
        """
        with _told(self.folder):
            self._open(policy, designs)

    def _open(self, policy: Policy, designs: str) -> None:
        record = {
            "format": FORMAT, "versions": _versions(), "policy": _plain(policy),
            "choice": {"designs": designs},
        }  # fmt: skip
        path = self.folder / _RECORD
        if self.folder.is_file():
            raise RunError(
                f"'{self.folder}' is a file; a run needs a folder, so name another place"
            )
        if path.is_file():
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
            except (ValueError, RecursionError):
                found = {}
            known = found if isinstance(found, dict) else {}
            if faults := _differences(known, record, str(self.folder)):
                raise RunError(faults)
            return
        # What was killed before it had begun leaves a draft of its record at most.
        if self.folder.is_dir() and not all(
            file.name.startswith(DRAFT) for file in self.folder.iterdir()
        ):
            raise RunError(
                f"the folder '{self.folder}' holds other files and no run; name an empty one"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self._put(_RECORD, json.dumps(record, indent=2, sort_keys=True).encode())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a second run out of the folder while this one lasts; a kill lets go of it.

        Raises
        ------
        RunError
            Where another process is at work in the folder.
        """
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        with (self.folder / _RECORD).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RunError(
                    f"another process is at work in '{self.folder}'; wait for it, or name "
                    "another folder"
                ) from None
            with _told(self.folder):
                for draft in self.folder.glob(f"{DRAFT}*"):  # of a run that was killed
                    draft.unlink(missing_ok=True)
            yield

    def done(self) -> dict[str, Done]:
        """Id of every finished claim, and what it was done from.

        Raises
        ------
        RunError
            Where a file of the run cannot be read.
        """
        found: dict[str, Done] = {}
        for path in self.parts:
            table = _table(path, ["id", "digest", "panel"])
            columns = (table.column(name).to_pylist() for name in ("id", "digest", "panel"))
            for name, digest, panel in zip(*columns, strict=True):
                found[name] = Done(digest, panel)
        return found

    def add(self, part: bytes | Path) -> Path:
        """Put a finished chunk into the store.

        Parameters
        ----------
        part
            Bytes of a Parquet file; or a file in the folder that a worker has left there.

        Raises
        ------
        RunError
            Where the disk is full; nothing that was finished before is lost.
        """
        with _told(self.folder):
            content = part if isinstance(part, bytes) else part.read_bytes()
            path = self._put(f"part-{hashlib.sha256(content).hexdigest()[:24]}.parquet", content)
            if isinstance(part, Path):
                part.unlink()
        return path

    def without_errors(self) -> None:
        """Take out the rows of claims that failed, so that they are tried again.

        Raises
        ------
        RunError
            Where a file of the run cannot be read, or the folder not be written to.
        """
        from pyarrow import compute

        for path in self.parts:
            table = _table(path)
            kept = table.filter(compute.is_null(table.column("error")))
            if kept.num_rows == table.num_rows:
                continue
            if kept.num_rows:
                # In place and in one step: a kill leaves the file with them or without.
                self._put(path.name, _bytes(kept))
            else:
                with _told(self.folder):
                    path.unlink()

    def _put(self, name: str, content: bytes) -> Path:
        """Write a file whole, or not at all."""
        draft = self.folder / f"{DRAFT}{secrets.token_hex(8)}"
        try:
            with _told(self.folder):
                with draft.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                path = draft.replace(self.folder / name)
        except RunError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        _flush(self.folder)
        return path


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system refuses, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            raise RunError(
                f"there is no space left for '{folder}'; what is done is kept: free some "
                f"space and go on with resume='{folder}'"
            ) from error
        raise RunError(
            f"'{folder}' cannot be written to ({error.strerror or error}); what is done "
            f"is kept: mend this and go on with resume='{folder}'"
        ) from error


def _table(path: Path, columns: list[str] | None = None) -> Any:
    """Some columns of a part, or all of them."""
    from pyarrow import ArrowException, parquet

    try:
        # No threads: where memory has run out they cannot be started, and Arrow waits for them.
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            table = file.read(columns, use_threads=False)
        table = table if columns is None else table.select(columns)
        table.validate(full=True)
    except (ArrowException, OSError, KeyError) as error:
        raise RunError(
            f"'{path}' cannot be read ({error}); move it away, and its claims are done again"
        ) from None
    return table


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as the bytes of a Parquet file."""
    return _bytes(table_of(list(rows)))


def policy_of(folder: Path) -> Policy:
    """The policy that a run was begun with.

    Raises
    ------
    RunError
        Where the folder holds no run.
    """
    path = folder / _RECORD
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))["policy"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise RunError(f"'{folder}' holds no run; name the folder that resume= named") from None
    return load(Policy, json.dumps(plain))


def _bytes(table: Any) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _plain(policy: Policy) -> Any:
    """A policy as JSON would have it."""
    return json.loads(dump(policy))


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("innoeval", "numpy", "pandas", "scipy")}


def _differences(found: Mapping[str, Any], now: Mapping[str, Any], origin: str) -> list[Fault]:
    """What a run was begun with, where this one has something else."""
    if found.get("format") != now["format"]:
        return [
            Fault(
                found=f"it holds a run in format {found.get('format')!r}, and this innoeval writes "
                f"format {now['format']}",
                remedy="name another folder",
                origin=origin,
            )
        ]
    faults = []
    for kind, remedy in (
        ("versions", "use that version, or name another folder and run all claims anew"),
        ("policy", "use that policy, or name another folder: one portfolio has one policy"),
        ("choice", "use those designs, or name another folder: one portfolio has one choice"),
    ):
        before, after = found.get(kind), now[kind]
        before = before if isinstance(before, dict) else {}
        faults += [
            Fault(
                found=f"the run was begun with {name} {_short(before.get(name))} and this one has "
                f"{_short(after.get(name))}",
                remedy=remedy,
                origin=origin,
            )
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        ]
    return faults


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _flush(folder: Path) -> None:
    """Make a new name in a folder last, where the system lets a folder be flushed."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
