"""What a worker does with a chunk: evaluate each claim, and pack a row for it whatever happens."""

from __future__ import annotations

import gc
import secrets
import traceback
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.errors import InnoevalError
from innoeval.evaluate import evaluate
from innoeval.portfolio.panels import PanelSource, taken_up, unpacked
from innoeval.portfolio.rows import Row, failed, row
from innoeval.portfolio.store import DRAFT, packed
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy

#: A process collects what refers to itself after so many claims.
_COLLECT_AFTER = 256

_judged_since = 0


class Judged(NamedTuple):
    """A chunk that is done.

    Parameters
    ----------
    number
        Of the chunk.
    part
        Its rows as the bytes of a Parquet file; or where the worker has put that file.
    failures
        Claims that met an `InnoevalError`: a claim or panel that cannot be evaluated.
    faults
        What nobody expected, by type: these are faults in innoeval or its surroundings.
    """

    number: int
    part: bytes | Path
    failures: int
    faults: tuple[str, ...]


def judge(
    number: int,
    claims: tuple[Claim, ...],
    panels: tuple[Panel, ...] | PanelSource | Path | None,
    fingerprint: str,
    policy: Policy,
    designs: Any,
    cargo: npt.NDArray[np.uint8] | None,
    tray: Path | None,
) -> Judged:
    """Evaluate the claims of a chunk, each on its panel.

    Parameters
    ----------
    number
        Of the chunk, returned with it.
    claims, panels, fingerprint, cargo
        As in `Chunk`; panels of single claims may lie in a file.
    policy, designs
        As in `innoeval.evaluate`.
    tray
        Folder of this machine to leave the rows in. What goes back through the pipe is then so
        little that it is written in one step: a worker that is killed while it writes more leaves
        the main process waiting for the rest for ever.
    """
    rows: list[Row] = []
    failures, faults = 0, []
    given = taken_up(panels)
    for i, claim in enumerate(claims):
        seen = ""
        try:
            panel = _panel(i, claim, given, fingerprint, cargo)
            seen = panel.fingerprint
            if isinstance(given, PanelSource):
                # A resumed run is held against the whole; what claims share is their own slice.
                seen = f"{given.fingerprint}/{seen}"
            ev = evaluate(claim, panel, policy=policy, designs=designs)
            rows.append({**row(ev), "panel": seen})
        except InnoevalError as error:
            failures += 1
            rows.append(failed(claim, error, "", seen))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - counted and told at the end, never swallowed
            faults.append(type(error).__name__)
            rows.append(failed(claim, error, _place(error), seen))
    _collect(len(claims))
    return Judged(number, _left_in(tray, packed(rows)), failures, tuple(faults))


def _collect(claims: int) -> None:
    """Collect now and then: Python does so by itself only once a quarter of all its objects is new.

    What waits for that are few objects, but much hangs on them: some 7 blocks of memory for a claim.
    """
    global _judged_since  # noqa: PLW0603 - threads may lose a count, and collect a little later
    _judged_since += claims
    if _judged_since >= _COLLECT_AFTER:
        _judged_since = 0
        gc.collect()


def _left_in(tray: Path | None, part: bytes) -> bytes | Path:
    """Where a file was put; the file itself where there is no tray, or no room in it."""
    if tray is None:
        return part
    path = tray / f"{DRAFT}{secrets.token_hex(8)}"
    try:
        path.write_bytes(part)
    except OSError:
        path.unlink(missing_ok=True)
        return part
    return path


def _panel(
    place: int,
    claim: Claim,
    panels: tuple[Panel, ...] | PanelSource | None,
    fingerprint: str,
    cargo: npt.NDArray[np.uint8] | None,
) -> Panel:
    if cargo is not None:
        return unpacked(fingerprint, cargo)
    if isinstance(panels, tuple):
        return panels[place]
    if panels is None:
        raise InnoevalError("a chunk came without its panel; please report this as a bug")
    return panels.panel(claim)


def _place(error: Exception) -> str:
    """File and line that raised an error."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"
