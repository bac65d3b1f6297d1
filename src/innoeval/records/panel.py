"""The panel: one row per unit and period, one column per metric, and what each column is for."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from innoeval.errors import Fault, PanelError, RecordError
from innoeval.records.axis import as_periods, read_axis
from innoeval.records.calendar import Calendar, Frequency
from innoeval.records.card import card, lines
from innoeval.records.claim import Better
from innoeval.records.facts import of_panel
from innoeval.records.freeze import Frozen
from innoeval.records.names import distinct_names, places_among

if TYPE_CHECKING:
    import numpy.typing as npt

    from innoeval.records.freeze import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Service metrics by unit and period, with the role of each column.

    Parameters
    ----------
    frame
        One row per unit and period. `unit` holds text, `period` labels of one frequency
        ("2023-01"), metrics hold numbers; a missing number is an empty cell, never a zero.
    unit, period
        Names of the key columns.
    freq
        Frequency of the periods.
    outcomes
        Every recorded metric of the service, not only the claimed one.
    balancing
        Metric -> which way is better: measures that must not get worse in exchange.
    numerator, denominator
        Columns behind a rate or share.
    version
        Column with the version of the definition under which a row was recorded.
    neighbour
        Column that is 1 for units next to a treated unit.
    provisional
        Column that is 1 where a row's values may still change: late records, open cases.
    covariates
        Further columns.
    negative_controls
        Metrics that the innovation cannot have moved, and that other changes would.
    case_mix
        Outcome of each kind of case -> number (or share) of cases of that kind, both columns.
    near_target
        Two columns: cases that met a target narrowly, and cases that missed it narrowly.
    origin
        Where the data came from: a file's name, or "the data frame".
    notes
        What reading left out or changed, in plain sentences.
    provenance
        What made the numbers, by label: the query, rows in and out, when it was read.

    Raises
    ------
    PanelError
        For a missing column, a duplicate unit-period, an infinite value or a column of text.

    Examples
    --------
    >>> frame = pd.DataFrame({"ward": ["A", "A", "B"], "month": ["2023-01", "2023-02", "2023-01"],
    ...                       "days": [10.0, 9.0, 12.0]})
    >>> panel = Panel(frame=frame, unit="ward", period="month", freq="month", outcomes=("days",))
    >>> panel.matrix("days")
    array([[10.,  9.],
           [12., nan]])
    """

    frame: pd.DataFrame = field(repr=False)
    unit: str
    period: str
    freq: Frequency
    outcomes: tuple[str, ...]
    balancing: Mapping[str, Better] = field(default_factory=Frozen[str, Better])
    numerator: str | None = None
    denominator: str | None = None
    version: str | None = None
    neighbour: str | None = None
    provisional: str | None = None
    covariates: tuple[str, ...] = ()
    negative_controls: tuple[str, ...] = ()
    case_mix: Mapping[str, str] = field(default_factory=Frozen[str, str])
    near_target: tuple[str, str] | None = None
    origin: str = "the data frame"
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=Frozen[str, str])
    units: tuple[str, ...] = field(init=False)
    calendar: Calendar = field(init=False)
    _codes: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] = field(init=False, repr=False)
    _unsorted: _Unsorted | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "outcomes", tuple(self.outcomes))
        put(self, "covariates", tuple(self.covariates))
        put(self, "balancing", Frozen(self.balancing))
        put(self, "negative_controls", tuple(self.negative_controls))
        put(self, "case_mix", Frozen(self.case_mix))
        put(self, "notes", tuple(self.notes))
        put(self, "near_target", _pair(self.near_target, self.origin))
        put(self, "provenance", Frozen(self.provenance))
        _need_columns(self)
        names, unit_codes = distinct_names(self.frame[self.unit])
        calendar, period_codes = read_axis(self.frame[self.period], self.freq)
        cells = unit_codes * calendar.n + period_codes
        put(self, "units", names)
        put(self, "calendar", calendar)
        numbers = {name: _numbers(self.frame[name], name, self.origin) for name in self.metrics}
        # A shallow copy: what becomes of the caller's frame later does not reach it.
        raw = _Unsorted(self.frame.copy(deep=False), cells, numbers)
        _refuse_duplicates(self, cells)
        put(self, "_unsorted", raw)
        # Sorting rows costs more than reading them, and designs do without: see __getattr__.
        object.__delattr__(self, "frame")

    if not TYPE_CHECKING:  # pragma: no branch - never so while it runs

        def __getattr__(self, name: str) -> object:
            """The frame in order, and where its rows lie, when they are first asked for."""
            if name not in {"frame", "_codes"}:
                raise AttributeError(f"a Panel has no '{name}'")
            frame, codes = _sorted(self)
            object.__setattr__(self, "frame", frame)
            object.__setattr__(self, "_codes", codes)
            object.__setattr__(self, "_unsorted", None)
            return frame if name == "frame" else codes

    def __getstate__(self) -> dict[str, object]:
        """What is there; a frame that nobody has asked for is not sorted for the sake of a pickle."""
        state = {}
        for item in fields(self):
            try:
                state[item.name] = object.__getattribute__(self, item.name)
            except AttributeError:
                continue
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def _repr_html_(self) -> str:
        return card(f"Panel: {self.origin}", of_panel(self), self.notes, "What the data hold")

    def __str__(self) -> str:
        return lines(f"Panel: {self.origin}", of_panel(self), self.notes)

    __repr__ = __str__

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every column that holds numbers, each once."""
        named = (
            *self.outcomes, *self.balancing, self.numerator, self.denominator, self.neighbour,
            self.provisional, *self.negative_controls, *self.case_mix, *self.case_mix.values(),
            *(self.near_target or ()),
        )  # fmt: skip
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def periods(self) -> tuple[str, ...]:
        """Label of every period from first to last, gaps included."""
        return self.calendar.labels

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the data and roles: equal data give equal text, whatever the row order."""
        hashed = hashlib.sha256(
            repr(
                (
                    self.unit,
                    self.period,
                    self.freq,
                    self.outcomes,
                    sorted(self.balancing.items()),
                    self.numerator,
                    self.denominator,
                    self.version,
                    self.neighbour,
                    self.covariates,
                    self.units,
                    self.calendar,
                    *([self.provisional] if self.provisional else []),
                    *([self.negative_controls] if self.negative_controls else []),
                    *([tuple(self.case_mix.items())] if self.case_mix else []),
                    *([("near", *self.near_target)] if self.near_target else []),
                )
            ).encode()
        )
        # Without sorting the whole frame, which costs more than all else here.
        raw = self._unsorted
        order = np.arange(0) if raw is None else _order(raw.cells)
        units, periods = (
            self._codes if raw is None else np.divmod(raw.cells[order], self.calendar.n)
        )
        hashed.update(units.tobytes() + periods.tobytes())

        def column(name: str) -> pd.Series | Floats:
            if raw is None:
                return self.frame[name]
            return raw.numbers[name][order] if name in raw.numbers else raw.frame[name].iloc[order]

        for name in self.metrics:
            hashed.update(np.asarray(column(name), dtype=np.float64).tobytes())
        others = [c for c in (self.version, *self.covariates) if c is not None]
        for name in others:
            hashed.update("\x1f".join(map(str, column(name).tolist())).encode())
        return hashed.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Panel) and self.fingerprint == other.fingerprint

    __hash__ = None  # type: ignore[assignment]

    def matrix(self, outcome: str) -> Floats:
        """Values of one column as a read-only array.

        Parameters
        ----------
        outcome
            A column that holds numbers.

        Returns
        -------
        Array of shape (units, periods); `nan` where the panel has no value.

        Raises
        ------
        PanelError
            Where the panel has no such column of numbers.
        """
        if outcome not in self.metrics and outcome not in self.covariates:
            raise PanelError(
                [
                    Fault(
                        found=f"there is no metric or covariate '{outcome}'",
                        remedy=f"name one of {', '.join((*self.metrics, *self.covariates))}",
                        origin=self.origin,
                    )
                ]
            )
        shape, raw = (len(self.units), self.calendar.n), self._unsorted
        values = np.full(shape, np.nan)
        if raw is not None and outcome in raw.numbers:
            values.reshape(-1)[raw.cells] = raw.numbers[outcome]
        else:
            values[self._codes] = self.frame[outcome].to_numpy(dtype=np.float64)
        values.flags.writeable = False
        return values

    def labels(self, column: str) -> npt.NDArray[np.object_]:
        """Values of a column of text as an array (units, periods); None where there is no row."""
        values = np.full((len(self.units), self.calendar.n), None, dtype=object)
        series = self.frame[column]
        values[self._codes] = series.astype(object).where(series.notna(), None).to_numpy()
        return values

    def with_values(self, outcome: str, values: Floats) -> Panel:
        """The panel with other numbers in one column, (units, periods); `nan` where there is none.

        Examples
        --------
        >>> frame = pd.DataFrame({"ward": ["A", "A"], "year": [2022, 2023], "days": [10.0, 9.0]})
        >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
        >>> panel.with_values("days", 2 * panel.matrix("days")).matrix("days")
        array([[20., 18.]])
        """
        same = object.__new__(Panel)
        put, raw = object.__setattr__, self._unsorted
        for item in fields(self):
            if item.name not in {"frame", "_codes", "_unsorted"}:
                put(same, item.name, getattr(self, item.name))
        put(same, "_unsorted", None)
        values = np.asarray(values, dtype=np.float64)
        if raw is not None and outcome in raw.numbers:
            # Units and periods are not read again: a check may ask for many such panels.
            numbers = {**raw.numbers, outcome: values.reshape(-1)[raw.cells]}
            put(same, "_unsorted", raw._replace(numbers=numbers))
        else:
            put(same, "frame", self.frame.assign(**{outcome: values[self._codes]}))
            put(same, "_codes", self._codes)
        return same

    def rows(self, units: Collection[str]) -> npt.NDArray[np.bool_]:
        """Mask of shape (units,) that is true for the units named."""
        wanted = set(units)
        return np.fromiter(map(wanted.__contains__, self.units), bool, len(self.units))

    def places(self, units: Collection[str]) -> npt.NDArray[np.int64]:
        """Place of each of some units among the panel's, −1 where it has no such unit."""
        return places_among(self.units, units)

    def window(self, first: object, last: object) -> Panel:
        """The panel cut to the periods from `first` to `last`, both included."""
        low, high = self.calendar.position(first), self.calendar.position(last)
        inside = (self._codes[1] >= low) & (self._codes[1] <= high)
        return self._keep(inside)

    def drop_units(self, units: Collection[str] | str) -> Panel:
        """The panel without some units."""
        gone = self.rows([units] if isinstance(units, str) else units)
        return self._keep(~gone[self._codes[0]])

    def _keep(self, rows: npt.NDArray[np.bool_]) -> Panel:
        if not rows.any():
            raise PanelError(
                [
                    Fault(
                        found="no row is left after cutting the panel",
                        remedy="widen the window, or drop fewer units",
                        origin=self.origin,
                    )
                ]
            )
        kept = replace(self, frame=self.frame[rows])
        # What is left may happen to be every second period; the panel's own step stays.
        own, step = kept.calendar, self.calendar.step
        units, periods = kept._codes  # noqa: SLF001 - its own record
        n = (own.n - 1) * own.step // step + 1
        object.__setattr__(kept, "calendar", replace(own, n=n, step=step))
        object.__setattr__(kept, "_codes", (units, periods * own.step // step))
        return kept


class _Unsorted(NamedTuple):
    """A frame as it came, and by row: its cell (unit × T + period), and numbers."""

    frame: pd.DataFrame
    cells: npt.NDArray[np.int64]
    numbers: Mapping[str, npt.NDArray[np.float64]]


def _sorted(
    panel: Panel,
) -> tuple[pd.DataFrame, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The frame by unit and period, and the places of its rows."""
    raw = panel._unsorted  # noqa: SLF001 - its own record
    if raw is None:
        raise RecordError("this panel was not read back whole; make it again")
    order = _order(raw.cells)
    codes = np.divmod(raw.cells[order], panel.calendar.n)
    keys = [panel.unit, panel.period]
    frame = raw.frame.drop(columns=keys).iloc[order].reset_index(drop=True)
    read = {
        panel.unit: pd.Series(panel.units, dtype="str").take(codes[0]).array,
        panel.period: as_periods(panel.calendar, codes[1]),
    }
    for place, name in enumerate(raw.frame.columns):
        if name in keys:
            frame.insert(place, name, pd.Series(read[name], index=frame.index))
    for column, numbers in raw.numbers.items():
        frame[column] = numbers[order]
    return frame, codes


def _pair(columns: Sequence[str] | None, origin: str) -> tuple[str, str] | None:
    """The two columns of cases near a target; anything else is refused."""
    if columns is None:
        return None
    if isinstance(columns, str) or len(columns) != 2:
        raise PanelError(
            [
                Fault(
                    found=f"near_target is {columns!r}",
                    remedy="name two columns: cases that met the target narrowly, and cases that "
                    "missed it narrowly",
                    origin=origin,
                )
            ]
        )
    return str(columns[0]), str(columns[1])


def _order(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Rows by cell, none of which comes twice."""
    n = int(cells.max()) + 1
    if n > 8 * len(cells):
        return np.argsort(cells, kind="stable")
    # Every cell has its place: cheaper than sorting.
    row = np.full(n, -1, dtype=np.int64)
    row[cells] = np.arange(len(cells))
    return row[row >= 0]


def _need_columns(panel: Panel) -> None:
    """Refuse a panel whose columns are not there, twice there, or that has no row."""
    optional = [] if panel.version is None else [panel.version]
    named = [panel.unit, panel.period, *panel.metrics, *optional, *panel.covariates]
    have = [str(name) for name in panel.frame.columns]
    faults = [
        Fault(
            found=f"there is no column '{name}'",
            remedy=f"the columns are {', '.join(have)}",
            origin=panel.origin,
        )
        for name in dict.fromkeys(named)
        if name not in have
    ]
    faults += [
        Fault(
            found=f"the column '{name}' stands there {have.count(name)} times",
            remedy="rename all but one",
            origin=panel.origin,
        )
        for name in dict.fromkeys(named)
        if have.count(name) > 1
    ]
    if not panel.outcomes:
        faults.append(
            Fault(found="no outcome is named", remedy="name it with outcomes=", origin=panel.origin)
        )
    if not faults and panel.frame.empty:
        faults.append(
            Fault(found="there is no row of data", remedy="give at least one", origin=panel.origin)
        )
    if faults:
        raise PanelError(faults)


def _numbers(column: pd.Series, name: str, origin: str) -> npt.NDArray[np.float64]:
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise PanelError(
            [
                Fault(
                    found=f"it holds {column.dtype} values, not numbers",
                    remedy="read the file with innoeval.read_panel, or convert the column",
                    origin=origin,
                    column=name,
                )
            ]
        ) from None
    if np.isinf(values).any():
        raise PanelError(
            [
                Fault(
                    found=f"{int(np.isinf(values).sum())} values are infinite",
                    remedy="leave the cell empty, or give the number",
                    origin=origin,
                    column=name,
                )
            ]
        )
    return values


def _refuse_duplicates(panel: Panel, cells: npt.NDArray[np.int64]) -> None:
    """Refuse a panel that has a cell twice."""
    n = len(panel.units) * panel.calendar.n
    if n <= 8 * len(cells):
        seen = np.zeros(n, dtype=bool)
        seen[cells] = True
        if np.count_nonzero(seen) == len(cells):
            return
    found, count = np.unique(cells, return_counts=True)
    twice = found[count > 1]
    if len(twice):
        pairs: Sequence[str] = [
            f"{panel.units[cell // panel.calendar.n]} in {panel.periods[cell % panel.calendar.n]}"
            for cell in twice[:5].tolist()
        ]
        rest = f" and {len(twice) - 5} more" if len(twice) > 5 else ""
        raise PanelError(
            [
                Fault(
                    found=f"a unit has two rows in one period: {', '.join(pairs)}{rest}",
                    remedy="keep one row for each unit and period",
                    origin=panel.origin,
                )
            ]
        )
