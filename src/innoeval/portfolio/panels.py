"""Panels on their way to the workers: each is shipped once, or read where it is needed."""

from __future__ import annotations

import pickle
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from innoeval.errors import Fault, RunError
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel

#: Panels that a worker keeps at hand; claims come grouped by panel, so few are enough.
_KEPT = 2

_at_hand: OrderedDict[str, Panel] = OrderedDict()
#: A worker of Dask has several threads.
_turn = Lock()

_Some = TypeVar("_Some")


@runtime_checkable
class PanelSource(Protocol):
    """Where a worker reads the panel of a claim itself, so that no panel travels.

    Any class that can be pickled will do: a Parquet dataset (`PanelDataset`), a table of a
    database (`PanelTable`), a folder of files.
    """

    @property
    def fingerprint(self) -> str:
        """Digest of all data behind the source."""
        ...

    def panel(self, claim: Claim) -> Panel:
        """The panel of a claim, reading no more than is needed."""
        ...


@dataclass(frozen=True)  # no slots: the fingerprint needs a place
class PanelDataset:
    """A Parquet file or dataset that holds many panels; each claim reads only its slice.

    Parameters
    ----------
    path
        A Parquet file, or a folder of them.
    by
        Column that tells panels apart, such as "service".
    key
        Field of a claim that names its panel in that column: "id", "family" or "innovation".
    roles
        Arguments of `innoeval.read_panel`: unit, period, outcomes and so on.

    Examples
    --------
    >>> source = PanelDataset("services.parquet", by="service", key="family",
    ...                       roles={"unit": "ward", "period": "month", "outcomes": ["days"]})
    >>> source.by
    'service'
    """

    path: str | Path
    by: str
    roles: Mapping[str, Any]
    key: str = "id"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of every file's name and content, and of the roles."""
        import hashlib

        root = Path(self.path)
        files = sorted(root.rglob("*.parquet")) if root.is_dir() else [root]
        total = hashlib.sha256(repr((self.by, self.key, sorted(self.roles.items()))).encode())
        for file in files:
            total.update(file.relative_to(root).as_posix().encode())
            with file.open("rb") as opened:
                total.update(hashlib.file_digest(opened, "sha256").digest())
        return total.hexdigest()

    def panel(self, claim: Claim) -> Panel:
        """The panel of a claim.

        Raises
        ------
        RunError
            Where the dataset holds no row for the claim.
        """
        from pyarrow import dataset

        from innoeval.sources import read_panel

        name = getattr(claim, self.key)
        rows = dataset.dataset(str(self.path), partitioning="hive").to_table(
            filter=dataset.field(self.by) == name
        )
        if not rows.num_rows:
            raise RunError([_no_row(self.by, name, self.key, Path(self.path).name)])
        return read_panel(rows.drop_columns([self.by]).to_pandas(), **self.roles)


@dataclass(frozen=True)  # no slots: the fingerprint needs a place
class PanelTable:
    """A table of a database that holds many panels; each claim asks for its slice only.

    Parameters
    ----------
    address
        Of the database, such as "postgres://reader@host/city"; every worker connects by itself.
    table
        The table, or view.
    by, key, roles
        As in `PanelDataset`.

    Examples
    --------
    >>> source = PanelTable("city.duckdb", table="services", by="service",
    ...                     roles={"unit": "ward", "period": "month", "outcomes": ["days"]})
    >>> source.key
    'id'
    """

    address: str = field(repr=False)
    table: str
    by: str
    roles: Mapping[str, Any]
    key: str = "id"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the roles, the number of rows, and sum, least and largest of every number.

        The sums are made where the data are: nothing but they travels.
        """
        import hashlib

        from innoeval.sources.connect import open_place

        rows = open_place(self.address, table=self.table).table
        asked = [rows.count().name("rows")]
        for name, kind in sorted(rows.schema().items()):
            if kind.is_numeric():
                column = rows[name]
                asked += [column.sum().name(f"{name} sum"), column.min().name(f"{name} least"),
                          column.max().name(f"{name} most")]  # fmt: skip
        found = rows.aggregate(asked).to_pyarrow().to_pylist()[0].values()
        told = (self.table, self.by, self.key, sorted(self.roles.items()), *map(str, found))
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def panel(self, claim: Claim) -> Panel:
        """The panel of a claim.

        Raises
        ------
        RunError
            Where the table holds no row for the claim.
        """
        from innoeval.sources import read_panel
        from innoeval.sources.connect import open_place

        name = getattr(claim, self.key)
        rows = open_place(self.address, table=self.table).table
        found = rows.filter(rows[self.by] == name).drop(self.by).to_pyarrow().to_pandas()
        if found.empty:
            raise RunError([_no_row(self.by, name, self.key, self.table)])
        return read_panel(found, **self.roles)


def _no_row(by: str, name: str, key: str, origin: str) -> Fault:
    return Fault(
        found=f"there is no row whose {by} is '{name}'",
        remedy=f"add its data, or mend the claim's {key}",
        origin=origin,
        column=by,
    )


def known(source: PanelSource) -> str:
    """The fingerprint of a source, which is read before any claim is.

    Raises
    ------
    RunError
        Where the data cannot be read.
    """
    try:
        return source.fingerprint
    except OSError as error:
        raise RunError(
            f"the data of the panels cannot be read ({error}); check the path, and that you may read it"
        ) from None


def shipped(panel: Panel) -> npt.NDArray[np.uint8]:
    """A panel as an array of bytes, which every backend of joblib carries to a worker only once."""
    return np.frombuffer(pickle.dumps(panel, protocol=pickle.HIGHEST_PROTOCOL), dtype=np.uint8)


def laid_down(panels: _Some, folder: Path | None) -> _Some | Path:
    """Panels of single claims as a file that a worker of this machine takes up; a source as it is.

    Joblib would lay each of their arrays in a file, and remember the name of every such file, here
    and in the workers, for as long as these live. Through the pipe they may not go: a worker that
    is killed while it reads leaves the rest in it for ever.
    """
    if folder is None or not isinstance(panels, tuple):
        return panels
    path = folder / secrets.token_hex(8)
    try:
        path.write_bytes(pickle.dumps(panels, pickle.HIGHEST_PROTOCOL))
    except OSError:  # no room there: joblib finds some, or says so
        path.unlink(missing_ok=True)
        return panels
    return path


def taken_up(panels: _Some | Path) -> _Some:
    """What `laid_down` was given; its file is gone then."""
    if isinstance(panels, Path):
        # Laid down by this run itself, in a folder that nobody else may write to.
        found: _Some = pickle.loads(panels.read_bytes())  # noqa: S301 - see above
        panels.unlink()
        return found
    return panels


def unpacked(fingerprint: str, cargo: npt.NDArray[np.uint8]) -> Panel:
    """The panel in a cargo; a worker that has met it before takes it from what is at hand."""
    with _turn:
        if fingerprint in _at_hand:
            _at_hand.move_to_end(fingerprint)
            return _at_hand[fingerprint]
        panel: Panel = pickle.loads(cargo.data)  # noqa: S301 - packed by this run itself
        _at_hand[fingerprint] = panel
        while len(_at_hand) > _KEPT:
            _at_hand.popitem(last=False)
        return panel
