"""The inference that a user asked for: granted with what it needs of the panel, or refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from innoeval.designs.base import Mask
from innoeval.errors import DesignError
from innoeval.inference import (
    Choice,
    Chosen,
    Clustered,
    FermanPinto,
    caution,
    columns_of,
    needs_cells,
    refusal,
)
from innoeval.records.panel import Panel

Columns = Mapping[str, npt.NDArray[np.generic]]


def grant(
    choice: Choice, columns: Columns, treated: Mask, ratio: float, *, complete: bool
) -> Chosen:
    """A choice, with what a reader must know of it.

    Parameters
    ----------
    choice
        What was asked for.
    columns
        From `unit_columns`.
    treated
        Mask of the units, (N,).
    ratio
        How many times as noisy the treated units were before the start.
    complete
        Whether no cell is missing.

    Raises
    ------
    DesignError
        Where the choice does not suit, saying what does.
    """
    if not isinstance(choice, Choice):
        raise DesignError(
            f"{type(choice).__name__} is not for comparisons of units; choose CR2(), "
            "Randomization() or another choice for clusters"
        )
    if needs_cells(choice) and not complete:
        raise DesignError(
            f"{type(choice).__name__} needs every cell, and some are missing; choose "
            "Clustered(by='unit') or CR2(), or use TwoWayFixedEffects"
        )
    ours, theirs = _clusters(choice, columns, treated)
    if against := refusal(choice, ours, theirs):
        raise DesignError(against)
    said = caution(choice, ours, ratio)
    return Chosen(choice=choice, why="as asked for", warnings=(said,) if said else ())


def unit_columns(panel: Panel, choice: Choice, units: Mask) -> Columns:
    """What a choice reads of the panel beside outcomes, by unit.

    Raises
    ------
    DesignError
        Where a column is absent, empty for a unit, or changes within one.
    """
    kept = np.flatnonzero(units)
    found: dict[str, npt.NDArray[np.generic]] = {"unit": np.array([panel.units[i] for i in kept])}
    for name in columns_of(choice):
        if name not in panel.frame.columns:
            raise DesignError(
                f"{type(choice).__name__} reads the column '{name}', which the panel does not have; "
                "name it under covariates= when reading"
            )
        rows = [[value for value in row if value is not None] for row in panel.labels(name)[kept]]
        if isinstance(choice, FermanPinto):
            values = [float(np.mean(row)) if row and min(row) > 0 else None for row in rows]
        else:
            values = [row[0] if len(set(row)) == 1 else None for row in rows]
        found[name] = np.array(values)
        if lost := [str(found["unit"][i]) for i, value in enumerate(values) if value is None]:
            raise DesignError(
                f"the column '{name}' has no single usable value for {', '.join(lost[:5])}"
                + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
                + f"; {type(choice).__name__} needs one per unit"
            )
    return found


def _clusters(choice: Choice, columns: Columns, treated: Mask) -> tuple[int, int]:
    """Numbers of clusters with a treated unit, and without."""
    by = getattr(choice, "by", "unit")
    if isinstance(choice, Clustered):
        by = next((name for name in choice.groups if name != "period"), "unit")
    if by == "unit":
        return int(treated.sum()), int((~treated).sum())
    ours = set(columns[by][treated].tolist())
    return len(ours), len(set(columns[by].tolist()) - ours)
