"""From the rows of a query to a panel: silent cells, hidden counts, denominators, what is young."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from innoeval.errors import Fault, SourceError
from innoeval.records.calendar import Frequency, label, ordinal
from innoeval.records.claim import Better
from innoeval.records.panel import Panel
from innoeval.sources.aggregates import Answer
from innoeval.sources.denominators import joined
from innoeval.sources.keys import without_case
from innoeval.sources.metrics import Cost, Count, Distinct, Metric, Rate, Share, ShareWithin
from innoeval.sources.moments import Terms, number_of, span_of
from innoeval.sources.provenance import provenance

if TYPE_CHECKING:
    import numpy.typing as npt

    from innoeval.sources.lateness import Lateness
    from innoeval.sources.query import Result
    from innoeval.sources.service_records import Records

#: Metrics that are 0 where nothing happened; of the others there is nothing to tell.
_ZERO = (Count, Rate, Distinct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked of `Records.panel`."""

    period: Frequency | Terms
    metrics: Mapping[str, Metric]
    window: tuple[str, str] | None
    silent: Literal["missing", "zero"] | None
    suppress_below: int
    complete_after: int
    ratio: str | None
    balancing: dict[str, Better]

    @property
    def freq(self) -> Frequency:
        """Frequency of the panel; terms are numbered."""
        return "integer" if isinstance(self.period, Mapping) else self.period


def assemble(
    records: Records,
    result: Result,
    wishes: Wishes,
    denominators: str | os.PathLike[str] | pd.DataFrame | Any | None,
    lags: Lateness | None,
) -> Panel:
    """A panel from the rows of a query.

    Raises
    ------
    SourceError
        For names of one unit in two spellings, cells that could be nought or unknown, units
        without a denominator.
    """
    unit, origin, notes = records.layout.unit, records.place.origin, list(records.notes)
    cells = result.cells
    kept = _kept(cells, records, result, notes)
    frame = pd.DataFrame({unit: cells["_unit"].astype(str), "_number": 0, "_n": cells["_n"]})[kept]
    frame["_number"] = [number_of(item, wishes.period) for item in cells["_period"][kept]]
    answers = {name: _cut(answer, kept) for name, answer in result.answers.items()}
    young = np.zeros(len(frame), dtype=bool)
    for name, answer in answers.items():
        frame[name] = answer.values
        frame[f"_few_{name}"] = answer.few
        young |= answer.provisional
        if len(wishes.metrics) == 1 or wishes.ratio == name:
            for part, values in answer.parts.items():
                frame[f"{name}_{part}"] = values
        where = getattr(wishes.metrics[name], "where", None)
        if (
            where is not None
            and not np.nan_to_num(answer.values).any()
            and not answer.provisional.any()
        ):
            notes.append(
                f"'{name}' is nowhere above 0: check that its condition is what the records say."
            )
    _say_curves(answers, frame, notes)
    frame["provisional"] = young.astype(np.float64)
    if records.layout.version is not None:
        frame[records.layout.version] = _versions(cells[kept])
    frame = _with_silent(frame, unit, wishes, origin, notes)
    incomplete = _incomplete(frame, wishes, result.now, notes, lags)
    frame.loc[incomplete, "provisional"] = 1.0
    rates = {name: metric for name, metric in wishes.metrics.items() if isinstance(metric, Rate)}
    wholes = joined(frame, rates, denominators, wishes.freq, records.layout, notes)
    for name, metric in rates.items():
        if len(wishes.metrics) == 1 or wishes.ratio == name:
            frame[f"{name}_numerator"], frame[f"{name}_denominator"] = frame[name], wholes[name]
        frame[name] = metric.per * frame[name] / wholes[name]
    bounds = _suppress(frame, wishes, notes) if wishes.suppress_below > 1 else ()
    frame["period"] = [label(number, wishes.freq) for number in frame["_number"]]
    named = wishes.ratio or (next(iter(wishes.metrics)) if len(wishes.metrics) == 1 else "")
    if wishes.ratio is not None and f"{named}_denominator" not in frame:
        raise SourceError(
            f"ratio= names '{wishes.ratio}'; name a metric that is a Rate, Share or ShareWithin"
        )
    if isinstance(wishes.period, Mapping):
        terms = ", ".join(f"{i} is {name}" for i, name in enumerate(wishes.period, start=1))
        notes.append(f"Periods are terms: {terms}. Records between them were left out.")
    provisional = bool(frame["provisional"].any())
    few = [f"_few_{name}" for name in wishes.metrics]
    frame = frame.drop(columns=["_number", "_n", *few, *([] if provisional else ["provisional"])])
    order = [unit, "period", *wishes.metrics]
    has = f"{named}_denominator" in frame
    return Panel(
        frame=frame[[*order, *(name for name in frame.columns if name not in order)]],
        unit=unit,
        period="period",
        freq=wishes.freq,
        outcomes=tuple(name for name in wishes.metrics if name not in wishes.balancing)
        or tuple(wishes.metrics),
        balancing=wishes.balancing,
        numerator=f"{named}_numerator" if has else None,
        denominator=f"{named}_denominator" if has else None,
        version=records.layout.version,
        provisional="provisional" if provisional else None,
        covariates=bounds,
        origin=origin,
        notes=tuple(notes),
        provenance=provenance(records, result, len(frame)),
    )


def _kept(
    cells: pd.DataFrame, records: Records, result: Result, notes: list[str]
) -> npt.NDArray[np.bool_]:
    """Cells with a unit and a period; what has none is counted and told."""
    unit, origin = records.layout.unit, records.place.origin
    names = cells["_unit"].astype(object).where(cells["_unit"].notna(), "").astype(str)
    nameless = (names.str.strip() == "").to_numpy()
    dateless = cells["_period"].isna().to_numpy() & ~nameless
    for rows, why in ((nameless, f"without a name in '{unit}'"),
                      (dateless, "without a date in '" + records.layout.opened + "' or of no period")):  # fmt: skip
        if n := int(cells["_n"][rows].sum()):
            notes.append(
                f"{n:,} record{'s' * (n > 1)} {why} {'were' if n > 1 else 'was'} left out."
            )
    if "_impossible" in cells and (n := int(cells["_impossible"][~dateless].sum())):
        notes.append(
            f"{n:,} case{'s' * (n > 1)} closed before {'they were' if n > 1 else 'it was'} opened: counted, without a duration."
        )
    kept: npt.NDArray[np.bool_] = ~nameless & ~dateless
    if not kept.any():
        raise SourceError([Fault(found="no record has both a unit and a date", origin=origin,
                                 remedy="check unit=, opened=, window= and as_of=")])  # fmt: skip
    if gone := sorted(set(records.layout.units.values()) - set(names[kept])):
        notes.append(f"crosswalk= leads to {', '.join(gone[:5])}, of which there is no record.")
    spellings: dict[str, list[str]] = {}
    for name in dict.fromkeys(names[kept]):
        spellings.setdefault(without_case(name), []).append(name)
    faults = [
        Fault(found=f"{' and '.join(repr(name) for name in sorted(group))} differ by case or spaces only",
              remedy=f"say crosswalk={{{min(group)!r}: {max(group)!r}}} if they are one unit",
              origin=origin, column=unit)
        for group in spellings.values() if len(group) > 1
    ]  # fmt: skip
    if faults:
        raise SourceError(faults)
    if not result.asked:
        notes.append(
            f"The records were taken to have been drawn at {result.now:%Y-%m-%d %H:%M}, the last moment "
            "in them; say as_of= if it was later."
        )
    return kept


def _cut(answer: Answer, kept: npt.NDArray[np.bool_]) -> Answer:
    return Answer(values=answer.values[kept], provisional=answer.provisional[kept], curve=answer.curve[kept],
                  few=answer.few[kept], parts={name: values[kept] for name, values in answer.parts.items()})  # fmt: skip


def _versions(cells: pd.DataFrame) -> list[str | None]:
    """The version of each cell, or both where it changed inside a period."""
    out: list[str | None] = []
    for low, high, n in zip(
        cells["_version_low"], cells["_version_high"], cells["_versions"], strict=True
    ):
        several = " + ".join(sorted({str(low), str(high)})) + (" and others" if n > 2 else "")
        out.append(None if n == 0 else several)
    return out


def _say_curves(answers: Mapping[str, Answer], frame: pd.DataFrame, notes: list[str]) -> None:
    for name, answer in answers.items():
        n = int(answer.curve.sum())
        lost = int(np.isnan(answer.values[answer.provisional]).sum())
        if n:
            notes.append(
                f"'{name}' was read from a Kaplan-Meier curve in {n:,} of {len(frame):,} cells, where cases are "
                f"open and young; they are provisional{f', and {lost:,} of them have no value yet' if lost else ''}."
            )
        elif answer.provisional.any():
            k = int(answer.provisional.sum())
            notes.append(
                f"'{name}' is provisional in {k:,} of {len(frame):,} cells, where cases are open."
            )


def _with_silent(
    frame: pd.DataFrame, unit: str, wishes: Wishes, origin: str, notes: list[str]
) -> pd.DataFrame:
    """Cells without a record, as the caller says; asked for where nothing was said."""
    units = sorted(frame[unit].unique())
    numbers = frame["_number"]
    low, high = int(numbers.min()), int(numbers.max())
    if wishes.window is not None and wishes.freq != "integer":
        low, high = (ordinal(end, wishes.freq) for end in wishes.window)
    n = len(units) * (high - low + 1) - len(frame)
    if n == 0:
        return frame
    if wishes.silent is None and n > 0:
        if n + len(frame) > 20_000_000:
            raise SourceError([Fault(found=f"the records run from {label(low, wishes.freq)} to {label(high, wishes.freq)}",
                                     remedy="say window=(first, last)", origin=origin)])  # fmt: skip
        whole = pd.MultiIndex.from_product([units, range(low, high + 1)])
        gone = whole.difference(pd.MultiIndex.from_frame(frame[[unit, "_number"]]))
        such = ", ".join(f"{name} in {label(number, wishes.freq)}" for name, number in gone[:3])
        raise SourceError([Fault(
            found=f"{n:,} of {n + len(frame):,} cells have no record, such as {such}", origin=origin,
            remedy='say silent="zero" if nothing happened there, or silent="missing" if nothing was recorded',
        )])  # fmt: skip
    if wishes.silent != "zero":
        notes.append(f"{n:,} cells without a record are missing, as silent= says.")
        return frame
    index = pd.MultiIndex.from_product([units, range(low, high + 1)], names=[unit, "_number"])
    full = frame.set_index([unit, "_number"]).reindex(index).reset_index()
    new = full["_n"].isna()
    for name, metric in wishes.metrics.items():
        if isinstance(metric, _ZERO) or (isinstance(metric, Cost) and metric.per is None):
            full.loc[new, name] = 0.0
    full["_n"], full["provisional"] = full["_n"].fillna(0), full["provisional"].fillna(0.0)
    for part in ("numerator", "denominator"):
        for name, metric in wishes.metrics.items():
            if isinstance(metric, Share | ShareWithin) and f"{name}_{part}" in full:
                full.loc[new, f"{name}_{part}"] = 0.0
    notes.append(f"{n:,} cells without a record count as zero, as silent= says.")
    return full


def _incomplete(
    frame: pd.DataFrame, wishes: Wishes, now: datetime, notes: list[str], lags: Lateness | None
) -> npt.NDArray[np.bool_]:
    """Rows of periods that were not over, or not over for long enough."""
    wait = timedelta(days=wishes.complete_after)
    early = {
        n
        for n in frame["_number"].unique()
        if span_of(int(n), wishes.period)[1] + wait > now + timedelta(microseconds=1)
    }
    rule = (
        f"{wishes.complete_after:,} days after its end"
        if wishes.complete_after
        else "once it is over"
    )
    if lags is not None:
        rule += f" ({lags.says})"
    if early:
        first = label(int(min(early)), wishes.freq)
        notes.append(
            f"A period counts as complete {rule}; on {now:%Y-%m-%d}, {first} and later "
            f"{'were' if len(early) > 1 else 'was'} not: provisional."
        )
    return frame["_number"].isin(early).to_numpy()


def _suppress(frame: pd.DataFrame, wishes: Wishes, notes: list[str]) -> tuple[str, ...]:
    """Small numbers hidden; of a count, the bounds are kept."""
    below, out, hidden = wishes.suppress_below, [], 0
    for name, metric in wishes.metrics.items():
        small = (frame[f"_few_{name}"] < below).to_numpy()
        if isinstance(metric, Count | Distinct):
            low, high = frame[name].copy(), frame[name].copy()
            low[small], high[small] = 1.0, below - 1.0
            frame[f"{name}_low"], frame[f"{name}_high"] = low, high
            out += [f"{name}_low", f"{name}_high"]
        hidden += int(small.sum())
        own = [c for c in (name, f"{name}_numerator", f"{name}_denominator") if c in frame]
        frame.loc[small, own] = np.nan
    notes.append(
        f"{hidden:,} values that rest on fewer than {below:,} records are not shown"
        + ("; NAME_low and NAME_high keep what a count can be." if out else ".")
    )
    return tuple(out)
