"""A report on the quality of a panel's data: what to look at before anything is estimated."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innoeval.stats.breaks import is_round, log_spread, recording_step
from innoeval.stats.repeats import copied, frozen

if TYPE_CHECKING:
    import numpy.typing as npt

    from innoeval.records.freeze import Floats
    from innoeval.records.panel import Panel

#: Robust standard deviations from which a value stands out, or a common jump is a break.
_OUT, _JUMP = 6.0, 6.0
#: Share of last digits 0 and 5 from which a metric heaps (a fifth by chance), and fewest values.
_HEAPS, _FEWEST = 0.4, 50
#: Of more units than this, one hardly moves the median of all.
_MANY = 30
#: p-value from which numbers that repeat are more than chance.
_RARE = 1e-4
#: What each check of the table of failures says.
_SAYS = {
    "missing": "there is no value",
    "gap": "there is no value, and there are values before and after it",
    "negative": "the value is below nought",
    "outlier": f"more than {_OUT:g} robust standard deviations from its unit and period",
    "repeated": "the number does not move for longer than chance would have it",
    "copied": "another unit has the same numbers in the same periods",
    "suppressed": "a small number is not shown",
    "provisional": "the value may still change",
    "break": "every unit jumps here, or the version of the definition changes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a report on data found.

    Parameters
    ----------
    metrics
        One row for each metric: cells, coverage, gaps, duplicates, breaks, heaping, outliers,
        suppressed cells, provisional share.
    failures
        One row for each failure of a check: check, metric, unit, period, value, and what it means.
    notes
        What reading the panel left out or changed.
    """

    metrics: pd.DataFrame = field(repr=False)
    failures: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """The table of metrics."""
        return self.metrics

    def __str__(self) -> str:
        counts = self.failures["check"].value_counts()
        found = ", ".join(f"{name} {n:,}" for name, n in counts.items()) or "nothing"
        return f"{self.metrics.to_string()}\nFound: {found}."

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"{self.metrics.to_html(float_format='{:.3g}'.format)}<ul>{notes}</ul>"
            f"{self.failures.head(20).to_html(index=False)}"
        )


def profile(panel: Panel) -> Profile:
    """Report on the quality of a panel's data, metric by metric and cell by cell.

    Parameters
    ----------
    panel
        The panel.

    Returns
    -------
    Profile
        With a table of metrics, and pandera's failure cases as a table.

    Examples
    --------
    >>> from innoeval import simulate
    >>> report = profile(simulate.draw(seed=1, n_units=20, n_treated=5).panel)
    >>> report.metrics["coverage"].tolist()
    [1.0]
    """
    names = [name for name in panel.metrics if name not in {panel.provisional, panel.neighbour}]
    changes = _version_changes(panel)
    rows, failures = [], []
    for name in names:
        values = panel.matrix(name)
        flags = _flags(panel, name, values, changes)
        rows.append(_row(name, values, flags))
        failures.append(_failures(panel, name, values, flags))
    found = pd.concat(failures, ignore_index=True)
    found["says"] = found["check"].map(_SAYS)
    return Profile(
        metrics=pd.DataFrame(rows).set_index("metric"), failures=found, notes=panel.notes
    )


def _flags(
    panel: Panel, name: str, values: Floats, changes: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Cells that fail each check, (units, periods)."""
    known = np.isfinite(values)
    before = np.logical_or.accumulate(known, axis=1)
    after = np.logical_or.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    gap = ~known & before & after
    hidden = _hidden(panel, name)
    flags = {
        "missing": ~known & ~gap & ~hidden,
        "gap": gap & ~hidden,
        "negative": values < 0 if _never_negative(values) else np.zeros_like(known),
        "outlier": _outliers(values),
        "repeated": np.zeros_like(known),
        "copied": np.zeros_like(known),
        "suppressed": hidden,
        "provisional": np.zeros_like(known),
        "break": changes | (known & _jumps(values)),
    }
    whole_run = frozen(values) if values.shape[1] > 3 else None
    if whole_run is not None and whole_run.p_value < _RARE:
        flags["repeated"][
            whole_run.unit, whole_run.last - whole_run.length + 1 : whole_run.last + 1
        ] = True
    twin = copied(values) if len(values) > 1 and values.shape[1] > 3 else None
    if twin is not None and twin.p_value < _RARE:
        flags["copied"][twin.unit, twin.last - twin.length + 1 : twin.last + 1] = True
    if panel.provisional is not None:
        flags["provisional"] = panel.matrix(panel.provisional) == 1
    return flags


def _hidden(panel: Panel, name: str) -> npt.NDArray[np.bool_]:
    """Cells of a count whose bounds are all that is shown."""
    low, high = f"{name}_low", f"{name}_high"
    if not {low, high} <= set(panel.covariates):
        return np.zeros((len(panel.units), panel.calendar.n), dtype=bool)
    return np.asarray(panel.matrix(low) < panel.matrix(high), dtype=bool)


def _never_negative(values: Floats) -> bool:
    """Whether so few values are below nought that these look like slips."""
    below, known = np.count_nonzero(values < 0), np.isfinite(values).sum()
    return bool(0 < below <= 0.01 * known)


def _outliers(values: Floats) -> npt.NDArray[np.bool_]:
    """Values far from the median of their unit, what the other units do in a period taken off."""
    if np.isfinite(values).sum() < 8:
        return np.zeros(values.shape, dtype=bool)
    away = values - _median(values, 1)
    if len(values) > 3:  # one value of two others would move their middle
        away = away - _of_others(away)
        away = away - _median(away, 1)
    spread = 1.4826 * _median(np.abs(away), 1)
    with np.errstate(invalid="ignore"):
        return np.asarray((spread > 0) & (np.abs(away) > _OUT * spread))


def _of_others(values: Floats) -> Floats:
    """The median of the other units in each period, to broadcast over (units, periods).

    Were a unit of few counted in, it would often be the median itself: its spread would seem small.
    """
    if len(values) > _MANY:
        return _median(values, 0)
    others = [np.delete(values, unit, 0) for unit in range(len(values))]
    return np.concatenate([_median(some, 0) for some in others])


def _jumps(values: Floats) -> npt.NDArray[np.bool_]:
    """Periods at which units jump together, far more than between other periods."""
    common = _median(values, 0)[0]
    moves = np.diff(common)
    known = np.isfinite(moves)
    if known.sum() < 8:
        return np.zeros(values.shape[1], dtype=bool)
    spread = 1.4826 * np.median(np.abs(moves[known] - np.median(moves[known])))
    with np.errstate(invalid="ignore"):
        jump = np.abs(moves - np.median(moves[known])) > _JUMP * spread
    return np.concatenate([[False], jump & (spread > 0)])


def _version_changes(panel: Panel) -> npt.NDArray[np.bool_]:
    """Cells whose version of the definition is not that of the unit's period before."""
    changed = np.zeros((len(panel.units), panel.calendar.n), dtype=bool)
    if panel.version is not None:
        label = panel.labels(panel.version)
        both = (label[:, 1:] != None) & (label[:, :-1] != None)  # noqa: E711 - element by element
        changed[:, 1:] = both & (label[:, 1:] != label[:, :-1])
    return changed


def _median(values: Floats, axis: int) -> Floats:
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="All-NaN slice")
        return np.asarray(np.nanmedian(values, axis=axis, keepdims=True))


def _row(name: str, values: Floats, flags: dict[str, npt.NDArray[np.bool_]]) -> dict[str, object]:
    known = np.isfinite(values)
    return {
        "metric": name,
        "cells": values.size,
        "coverage": float(known.mean()),
        "gaps": int(flags["gap"].sum()),
        "zeros": int((values == 0).sum()),
        "duplicates": int((flags["repeated"] | flags["copied"]).sum()),
        "breaks": int(flags["break"].any(axis=0).sum()),
        "heaping": _heaping(values),
        "outliers": int(flags["outlier"].sum()),
        "suppressed": int(flags["suppressed"].sum()),
        "provisional": float(flags["provisional"].mean()),
    }


def _heaping(values: Floats) -> float:
    """Share of values that end in 0 or 5 where last digits could tell; missing where not."""
    step = recording_step(values)
    if step is None or np.isfinite(values).sum() < _FEWEST:
        return float("nan")
    spreads = log_spread(values, np.ones(values.shape[1], dtype=bool))
    known = spreads[np.isfinite(spreads)]
    if not known.size or np.exp(np.median(known)) < 4 * step:
        return float("nan")
    return float(np.nanmean(is_round(values, 5 * step)))


def _failures(
    panel: Panel, name: str, values: Floats, flags: dict[str, npt.NDArray[np.bool_]]
) -> pd.DataFrame:
    """Pandera's failure cases of one metric, with unit and period instead of a row's number."""
    import pandera.errors
    import pandera.pandas as pa

    def check(kind: str) -> pa.Check:
        right = ~flags[kind].ravel()
        return pa.Check(
            lambda column: pd.Series(right, index=column.index), name=kind, ignore_na=False
        )

    frame = pd.DataFrame({name: values.ravel()})
    checks = [check(kind) for kind in flags if flags[kind].any()]
    schema = pa.DataFrameSchema({name: pa.Column(float, checks=checks, nullable=True)})
    empty = pd.DataFrame(columns=["check", "metric", "unit", "period", "value"])
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return empty
    at = cases["index"].to_numpy(dtype=np.int64)
    units, periods = np.array(panel.units), np.array(panel.periods)
    return pd.DataFrame({
        "check": cases["check"].astype(str), "metric": name, "unit": units[at // values.shape[1]],
        "period": periods[at % values.shape[1]], "value": values.ravel()[at],
    })  # fmt: skip
