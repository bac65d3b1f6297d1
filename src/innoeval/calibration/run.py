"""Run judges over families of claims, in parallel, and go on after a kill."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from innoeval.calibration.answer import Judge, Sighted
from innoeval.calibration.cell import QUESTIONS, Row, rows_of
from innoeval.calibration.judges import JUDGES
from innoeval.errors import RunError, nearest
from innoeval.portfolio.workers import WorkerLostError, each
from innoeval.simulate import Family, scenarios

#: Draws that go to a worker together, and are written together.
CHUNK = 50
#: Nothing is tuned on seeds from here on; what is developed uses those below.
FIRST = 200_000
_PARTS, _ROWS, _DRAFT = "parts", "rows.parquet", ".draft-"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """A run that is done.

    Parameters
    ----------
    rows
        An Arrow table: one row for each judge and draw.
    draws, first
        Draws of each family and truth, and the first seed.
    judges, kinds
        Names of the judges, and the families, in order.
    unknown
        Names of families and judges that were asked for and do not exist.
    """

    rows: Any
    draws: int
    first: int
    judges: tuple[str, ...]
    kinds: tuple[Family, ...]
    unknown: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the families."""
        return tuple(family.name for family in self.kinds)


class _Cell(NamedTuple):
    family: Family
    truth: str
    seeds: range

    def name(self, judge: str) -> str:
        """Name of the file of a judge: another family, judge or version has another one."""
        from innoeval import __version__

        what = repr((self.family, judge, __version__))
        digest = hashlib.sha256(what.encode()).hexdigest()[:12]
        at = f"{self.seeds.start}-{self.seeds.stop}"
        return f"{self.family.name}-{self.truth}-{at}-{digest}.parquet"


def calibrate(
    judges: Mapping[str, Judge | Sighted] | Sequence[str] = tuple(JUDGES),
    families: Sequence[str | Family] = (),
    *,
    draws: int = 200,
    first: int = FIRST,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = True,
) -> Calibration:
    """Ask judges about claims with a known truth, and score what they say.

    Runs on whatever `joblib.parallel_config` says.

    Parameters
    ----------
    judges
        Names from `JUDGES`; or judges by name: functions of a claim and a panel that return an
        `Answer`.
    families
        Families, or their names; none: every family of `innoeval.simulate.scenarios()`.
    draws, first
        Draws of each family and truth, with seeds from `first` on.
    folder
        Gets `rows.parquet` at the end, and a file in `parts/` whenever some draws are done. None
        keeps rows in memory.
    resume
        Go on with what is in the folder: what a judge of that name has said there of the same
        draws, under the same version, is not asked again. A judge that is added is asked alone.
        After a change of a judge's code begin anew.
    progress
        Show a bar, where there is a terminal or a notebook.

    Returns
    -------
    The rows. Names that are not known stand in `unknown` and are warned of; a judge that raises, or
    returns something else, has the reason in the column "error". The run goes on.

    Raises
    ------
    RunError
        Where nothing is left to be run; where two families share a name; where `folder` holds a run and `resume` is not said; where
        workers are killed.

    Examples
    --------
    >>> found = calibrate(["welch"], ["clean"], draws=1, progress=False)
    >>> found.rows.num_rows, found.rows.column("error").null_count
    (4, 4)
    """
    chosen, lost = _judges(judges)
    kinds, missed = _families(families)
    unknown = (*lost, *missed)
    if not chosen or not kinds or draws < 1:
        raise RunError(
            f"calibrate: {len(chosen)} judges, {len(kinds)} families and {draws} draws leave nothing "
            f"to run{f' ({_listed(unknown)})' if unknown else ''}; name one of each at least"
        )
    if unknown:
        warnings.warn(f"left out: {_listed(unknown)}", RuntimeWarning, stacklevel=2)
    place = None if folder is None else Path(folder)
    if place is not None:
        _begin(place, resume=resume)
    cells = list(_cells(kinds, draws, first))
    tables = _run(cells, chosen, place, progress=progress)
    import pyarrow as pa

    rows = pa.concat_tables(tables).sort_by(
        [(name, "ascending") for name in ("family", "truth", "judge", "seed")]
    )
    if place is not None:
        _put(place / _ROWS, rows)
    return Calibration(rows=rows, draws=draws, first=first, judges=tuple(chosen),
                       kinds=tuple(kinds), unknown=unknown)  # fmt: skip


def _run(
    cells: list[_Cell], judges: Mapping[str, Judge | Sighted], place: Path | None, *, progress: bool
) -> list[Any]:
    """Tables of all cells; what a judge has said there already is read."""
    fresh: list[Any] = []
    paths = [
        {name: None if place is None else place / _PARTS / cell.name(name) for name in judges}
        for cell in cells
    ]
    left = [
        {name: judges[name] for name, path in there.items() if path is None or not path.is_file()}
        for there in paths
    ]
    work = ((k, *cell, left[k]) for k, cell in enumerate(cells) if left[k])
    n = sum(len(cell.seeds) for cell in cells)
    try:
        with _bar(
            n,
            sum(len(c.seeds) for c, more in zip(cells, left, strict=True) if not more),
            shown=progress,
        ) as bar:
            for k, rows in each(_numbered, work):
                for name in left[k]:
                    table = _table([row for row in rows if row["judge"] == name])
                    if (path := paths[k][name]) is None:
                        fresh.append(table)
                    else:
                        _put(path, table)
                bar.update(len(cells[k].seeds))
    except WorkerLostError:
        kept = "" if place is None else f"; what is done is kept: go on in '{place}' with resume"
        raise RunError(
            f"a worker was killed, most often because memory ran out; use fewer of them{kept}"
        ) from None
    return fresh + [_read(path) for there in paths for path in there.values() if path is not None]


def _numbered(
    number: int, family: Family, truth: str, seeds: range, judges: Mapping[str, Judge | Sighted]
) -> tuple[int, tuple[Row, ...]]:
    return number, rows_of(family, truth, seeds, judges)


def _cells(families: Sequence[Family], draws: int, first: int) -> Iterator[_Cell]:
    for family in families:
        for truth in family.truths:
            for start in range(first, first + draws, CHUNK):
                yield _Cell(family, truth, range(start, min(start + CHUNK, first + draws)))


def _judges(
    asked: Mapping[str, Judge | Sighted] | Sequence[str],
) -> tuple[dict[str, Judge | Sighted], list[str]]:
    if isinstance(asked, Mapping):
        return dict(asked), []
    names = [asked] if isinstance(asked, str) else list(asked)
    known = {name: JUDGES[name] for name in names if name in JUDGES}
    return known, [_unknown("judge", n, JUDGES) for n in names if n not in JUDGES]


def _families(asked: Sequence[str | Family]) -> tuple[list[Family], list[str]]:
    known = scenarios()
    names: list[str | Family] = [asked] if isinstance(asked, str) else list(asked)
    found = [f if isinstance(f, Family) else known.get(f) for f in names or known]
    lost = [_unknown("family", str(name), known) for name, f in zip(names, found) if f is None]  # noqa: B905 - none are asked for where all are meant
    kinds: dict[str, Family] = {}
    for family in found:
        if family is not None and kinds.setdefault(family.name, family) != family:
            raise RunError(
                f"calibrate: '{family.name}' is the name of two families, whose draws could not be told "
                "apart; rename one of them"
            )
    return list(kinds.values()), lost


def _unknown(kind: str, name: str, known: Mapping[str, object]) -> str:
    return f"{kind} '{name}' is not known; {nearest(name, known, 'name one of', most=len(known))}"


def _listed(unknown: Sequence[str]) -> str:
    return f"{len(unknown)} unknown: " + "; ".join(unknown)


def _begin(place: Path, *, resume: bool) -> None:
    parts = place / _PARTS
    if not resume and ((place / _ROWS).exists() or any(parts.glob("*.parquet"))):
        raise RunError(
            f"'{place}' holds a run already; say resume (--resume) to go on, or name another folder"
        )
    parts.mkdir(parents=True, exist_ok=True)
    for draft in parts.glob(f"{_DRAFT}*"):  # of a run that was killed
        draft.unlink(missing_ok=True)


def _table(rows: Sequence[Row]) -> Any:
    import pyarrow as pa

    texts = ("judge", "family", "truth", "status", "error", "flags")
    numbers = ("low", "high", "effect", "size", "cpu")
    schema = pa.schema(
        [pa.field("seed", pa.int64())]
        + [pa.field(name, pa.string()) for name in texts]
        + [pa.field(name, pa.float64()) for name in numbers]
        + [pa.field(name, pa.bool_()) for name in QUESTIONS]
    )
    return pa.Table.from_pylist(list(rows), schema=schema)


def _put(path: Path, table: Any) -> None:
    """Write a file whole, or not at all."""
    from pyarrow import parquet

    draft = path.with_name(f"{_DRAFT}{path.name}")
    parquet.write_table(table, draft, compression="zstd")
    draft.replace(path)


def _read(path: Path) -> Any:
    from pyarrow import ArrowException, parquet

    try:
        return parquet.read_table(path, partitioning=None)
    except (ArrowException, OSError) as error:
        raise RunError(
            f"'{path}' cannot be read ({error}); move it away, and go on with resume"
        ) from None


def _bar(total: int, done: int, *, shown: bool) -> Any:
    """A bar on a terminal or in a notebook; elsewhere silence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(total=total, initial=done, unit=" draws", disable=None if shown else True,
                leave=False)  # fmt: skip
