"""Evaluate a portfolio of claims: in chunks, on any workers, and on from where a kill left it."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from innoeval.errors import ClaimError, RunError
from innoeval.portfolio.chunks import (
    USUAL,
    Chunk,
    Panels,
    chunks,
    no_claim,
    no_panel,
    refuse_unfit,
    twice,
)
from innoeval.portfolio.earlier import Prints, left_out, of_other_data, refuse_other
from innoeval.portfolio.judge import Judged, judge
from innoeval.portfolio.panels import laid_down
from innoeval.portfolio.progress import bar
from innoeval.portfolio.rows import TIDY
from innoeval.portfolio.store import Done, Store, packed, policy_of
from innoeval.portfolio.workers import WorkerLostError, each, share_a_disk, workers
from innoeval.records.claim import Claim
from innoeval.records.policy import Policy
from innoeval.records.portfolio import Portfolio

if TYPE_CHECKING:
    from innoeval.designs import Design

#: So many times in a row may workers be lost without a chunk done before the run gives up.
_PATIENCE = 3


def evaluate_all(
    claims: Iterable[Claim],
    panels: Panels,
    *,
    policy: Policy = Policy(),
    designs: Literal["auto"] | Sequence[Design] = "auto",
    resume: str | os.PathLike[str] | None = None,
    retry: bool = False,
    chunk_size: int | None = None,
    progress: bool = True,
) -> Portfolio:
    """Tell of each of many claims whether it holds up.

    Workers come from joblib's configured backend: `with joblib.parallel_config("loky", n_jobs=2)`
    for the cores of a laptop, `parallel_config("dask")` for a cluster; one process otherwise.
    Results are the same to the last bit for any number of workers, chunk size or order of the
    claims, and the same as `innoeval.evaluate` gives. A claim that fails becomes a row with its
    error; it never ends the run.

    Parameters
    ----------
    claims
        A register, or any stream of claims. A stream is read some thousand claims ahead.
    panels
        One panel for all claims; a mapping from the id of a claim to its panel; or a source that
        workers read themselves (`innoeval.portfolio.PanelDataset`).
    policy, designs
        As in `innoeval.evaluate`.
    resume
        Folder of the run, such as "run.parquet": made if it is missing. After a kill the same call
        goes on from there: no claim is lost, and none is done twice. None keeps rows in memory.
    retry
        Try claims again that failed in an earlier run.
    chunk_size
        Claims that go to a worker together, and are written together.
    progress
        Show a bar, where there is a terminal or a notebook to show it in.

    Raises
    ------
    ClaimError
        Listing claims with one id, and claims without a panel, before anything is done.
    RunError
        Where `resume` holds a run by another policy, version or data, or by other designs, saying
        what differs; where the disk is full, memory runs out, or workers are killed again and again.
        What is done is kept.

    Warns
    -----
    RuntimeWarning
        Where a claim met an error that is a fault of innoeval or its surroundings.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> evaluate_all([case.claim], case.panel).tidy().at[0, "mark"]
    'holds up'
    """
    if chunk_size is not None and chunk_size < 1:
        raise RunError(f"chunk_size is {chunk_size}; at least one claim goes to a worker at a time")
    store = None if resume is None else Store(Path(resume))
    known = len(claims) if isinstance(claims, Collection) else None
    if isinstance(claims, Collection):
        refuse_unfit(claims, panels)
    if store is not None:
        store.open(policy, designs if isinstance(designs, str) else repr(list(designs)))
    with nullcontext() if store is None else store.held():
        if store is not None and retry:
            store.without_errors()
        done = {} if store is None else store.done()
        if isinstance(claims, Collection) and store is not None:
            refuse_other(claims, panels, done, store.folder)
        size = chunk_size or _usual_size(None if known is None else known - len(done))
        left = _left(claims, panels, done, str(resume))
        kept: list[Path | bytes] = []
        faults: Counter[str] = Counter()
        with bar(known, len(done), " claims", shown=progress) as shown, _aside() as aside:
            for judged, n in _judged(chunks(left, panels, size), policy, designs, store, aside):
                kept.append(_taken(judged.part) if store is None else store.add(judged.part))
                faults.update(judged.faults)
                shown.update(n)
    if faults:
        _warn(faults)
    parts = tuple(kept) if store is None else store.parts
    return Portfolio(
        parts=parts or (packed([]),), columns=TIDY, policy=policy,
        origin="memory" if store is None else str(store.folder),
    )  # fmt: skip


def read_portfolio(folder: str | os.PathLike[str]) -> Portfolio:
    """The portfolio of a run, or of as much of it as is done.

    Parameters
    ----------
    folder
        What `resume` named.

    Raises
    ------
    RunError
        Where the folder holds no run.
    """
    store = Store(Path(folder))
    return Portfolio(
        parts=store.parts or (packed([]),),
        columns=TIDY,
        policy=policy_of(store.folder),
        origin=str(store.folder),
    )


@contextmanager
def _aside() -> Iterator[Path | None]:
    """A folder of this run alone, where it and workers of this machine leave things for each other."""
    try:
        folder = tempfile.mkdtemp(prefix="innoeval-") if share_a_disk() else None
    except OSError:  # no place for such folders: what would lie there goes through the pipe
        folder = None
    try:
        yield None if folder is None else Path(folder)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _taken(part: bytes | Path) -> bytes:
    """A part that a worker has left somewhere, or sent."""
    return part if isinstance(part, bytes) else part.read_bytes()


def _judged(
    stream: Iterator[Chunk], policy: Policy, designs: Any, store: Store | None, aside: Path | None
) -> Iterator[tuple[Judged, int]]:
    """Chunks that are done, as they come, and how many claims they had.

    Those of a worker that was killed are done again.
    """
    flying: dict[int, Chunk] = {}
    tray = aside if store is None or aside is None else store.folder.absolute()
    numbers, losses = count(), 0

    def tasks(waiting: Iterator[Chunk]) -> Iterator[tuple[Any, ...]]:
        for chunk in waiting:
            number = next(numbers)
            flying[number] = chunk
            yield (
                number, chunk.claims, laid_down(chunk.panels, aside),
                chunk.fingerprint, policy, designs, chunk.cargo, tray,
            )  # fmt: skip

    while True:
        try:
            for judged in each(judge, tasks(stream)):
                losses = 0
                yield judged, len(flying.pop(judged.number).claims)
        except MemoryError as error:
            raise RunError(
                "memory ran out; use fewer workers, a smaller chunk_size or claims as a stream; "
                + _kept(store)
            ) from error
        except WorkerLostError:
            losses += 1
            stream = chain(list(flying.values()), stream)
            flying.clear()
            if losses < _PATIENCE:
                continue
            raise RunError(
                f"workers were killed {losses} times in a row, most often because memory ran out; "
                f"use fewer of them or a smaller chunk_size; {_kept(store)}"
            ) from None
        else:
            if not flying:
                return
            # Drawn while a pool broke, and never taken up: nothing is lost that was drawn.
            stream = iter(list(flying.values()))
            flying.clear()


def _kept(store: Store | None) -> str:
    """What a run that ends early leaves behind."""
    if store is None:
        return "nothing was written; name a folder with resume= to keep what is done"
    return f"what is done is kept: go on with resume='{store.folder}'"


def _left(
    claims: Iterable[Claim], panels: Panels, done: Mapping[str, Done], origin: str
) -> Iterator[Claim]:
    """Claims that are not done yet; of a stream, each is checked as it comes."""
    checked, met = isinstance(claims, Collection), set[str]()
    prints: Prints = []
    for claim in claims:
        if not checked:
            if fault := no_claim(claim):
                raise ClaimError([fault])
            if claim.id in met:
                raise ClaimError([twice(claim.id)])
            met.add(claim.id)
            if fault := of_other_data(claim, panels, done.get(claim.id), origin, prints):
                raise RunError([fault])
            if fault := no_panel(claim.id, panels):
                raise ClaimError([fault])
        if claim.id not in done:
            yield claim
    if not checked and (faults := left_out(set(done) - met, origin)):
        raise RunError(faults)


def _usual_size(left: int | None) -> int:
    """Chunks of about a second, and some for every worker."""
    if left is None:
        return USUAL
    return max(1, min(USUAL, -(-left // (4 * workers()))))


def _warn(faults: Counter[str]) -> None:
    told = ", ".join(f"{kind} ({n})" for kind, n in faults.most_common())
    warnings.warn(
        f"{faults.total()} claim{'s' if faults.total() > 1 else ''} met an error that nobody expected: {told}. Each has it in the "
        "column 'error' of tidy(); please report it as a bug",
        RuntimeWarning,
        stacklevel=3,
    )
