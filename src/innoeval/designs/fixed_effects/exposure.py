"""Exposure by unit and period: a column that says where, when and how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.base import Mask
from innoeval.designs.fixed_effects.by_cohort import Cells
from innoeval.designs.fixed_effects.linear import names
from innoeval.errors import DesignError
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel


class Exposure(NamedTuple):
    """Exposure of the units that are used.

    `values` (N, T), complete; `known` (cells' units,): which units those are; `notes`: what a
    reader must know.
    """

    values: Floats
    known: Mask
    notes: tuple[str, ...]


def read_exposure(panel: Panel, cells: Cells, column: str, *, dated: bool) -> Exposure:
    """Exposure of each unit and period from a column of the panel.

    Where a row is missing, a unit is taken to have stayed as it was.

    Parameters
    ----------
    panel
        The panel that holds the column.
    cells
        The cells that are used; the claim's starts are held against the column.
    column
        The column: 0 and 1, or a share.
    dated
        Whether it matters when a unit switched: then units whose exposure changes over a gap are
        left out.

    Raises
    ------
    DesignError
        Where exposure is missing beside an outcome, or negative.
    """
    values = np.array(panel.matrix(column)[cells.kept])
    seen, known = np.isfinite(cells.outcomes), np.isfinite(values)
    if (blind := (seen & ~known).any(axis=1)).any():
        rows = _of_panel(cells, np.asarray(blind))
        raise DesignError(
            f"the exposure '{column}' is missing for {names(panel, rows)} in periods that have an "
            "outcome; give a number, 0 for none"
        )
    if (values[known] < 0).any():
        raise DesignError(f"the exposure '{column}' is negative somewhere; it starts at 0")
    forward, backward = _filled(values), _filled(values[:, ::-1])[:, ::-1]
    forward = np.where(np.isfinite(forward), forward, backward)
    backward = np.where(np.isfinite(backward), backward, forward)
    unclear = np.asarray((forward != backward).any(axis=1) & dated)
    notes = []
    if unclear.any():
        notes.append(
            f"left out because exposure changes over a gap in the data: "
            f"{names(panel, _of_panel(cells, unclear))}"
        )
    notes += _against_claim(panel, cells, forward)
    return Exposure(forward[~unclear], ~unclear, tuple(notes))


def _filled(values: Floats) -> Floats:
    """The last known value carried forward."""
    at = np.where(np.isfinite(values), np.arange(values.shape[1]), 0)
    last = np.maximum.accumulate(at, axis=1)
    return np.take_along_axis(values, last, axis=1)


def _against_claim(panel: Panel, cells: Cells, values: Floats) -> list[str]:
    """Where the column contradicts the claim's units and starts."""
    exposed = values > 0
    n_periods = values.shape[1]
    starts = np.where(exposed.any(axis=1), exposed.argmax(axis=1), n_periods)
    notes = []
    if (idle := cells.treated & (starts == n_periods)).any():
        notes.append(
            f"treated in the claim but never exposed: {names(panel, _of_panel(cells, idle))}"
        )
    if (more := ~cells.treated & (starts < n_periods)).any():
        notes.append(
            f"exposed but not treated in the claim: {names(panel, _of_panel(cells, more))}; the "
            "exposure counts"
        )
    both = cells.treated & (starts < n_periods)
    if (other := both & (starts != cells.starts)).any():
        notes.append(
            f"first exposed in another period than the claim's start: "
            f"{names(panel, _of_panel(cells, other))}; the exposure counts"
        )
    return notes


def _of_panel(cells: Cells, rows: Mask) -> Mask:
    """A mask over the cells' units as one over the panel's."""
    found = np.zeros(len(cells.kept), dtype=bool)
    found[np.flatnonzero(cells.kept)[rows]] = True
    return found
