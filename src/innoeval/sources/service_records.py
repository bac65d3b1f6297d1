"""The door for records: events of a service where they are kept, to a panel of metrics.

Loaded with `import innoeval`; what does the work is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from innoeval.errors import Fault, SourceError
from innoeval.records.calendar import FREQUENCIES, Frequency, ordinal

if TYPE_CHECKING:
    import os

    import ibis
    import pandas as pd

    from innoeval.records.claim import Better
    from innoeval.records.panel import Panel
    from innoeval.sources.crosswalk import Crosswalk
    from innoeval.sources.metrics import Metric
    from innoeval.sources.moments import Terms
    from innoeval.sources.place import Place
    from innoeval.sources.query import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records of a service, where they are kept; nothing is read before a panel is asked for.

    Made by `innoeval.records`.
    """

    place: Place
    layout: Layout
    notes: tuple[str, ...] = field(default=(), repr=False)

    def panel(
        self,
        *,
        metrics: Mapping[str, Metric],
        period: Frequency | Terms = "month",
        window: tuple[str, str] | None = None,
        silent: Literal["missing", "zero"] | None = None,
        complete_after: int | Literal["learned"] = 0,
        suppress_below: int = 0,
        denominators: str | os.PathLike[str] | pd.DataFrame | ibis.Table | None = None,
        ratio: str | None = None,
        balancing: Mapping[str, Better] | None = None,
    ) -> Panel:
        """Count and measure by unit and period, in the database; only the panel leaves it.

        Parameters
        ----------
        metrics
            Name of a column of the panel -> what it holds, from `innoeval.metrics`.
        period
            "day", "week" (from Monday), "month", "quarter", "year", "financial_year" (from
            April); or terms by name with first and last day, such as
            ``{"autumn 2023": ("2023-09-04", "2023-12-15")}``: numbered from 1 on, records
            between them left out.
        window
            First and last period, such as ("2021-01", "2023-12"); all where not given.
        silent
            What a unit without a record in a period means: "zero" (nothing happened) or
            "missing" (nothing was recorded). Asked for where there is such a cell.
        complete_after
            Days after the end of a period by which its records are there; until then the period
            is provisional. "learned": from how late earlier records came (`recorded=`).
        suppress_below
            Counts from 1 up to below this are not shown: the cell is missing, and columns
            NAME_low and NAME_high keep what it can be. Other metrics are missing where they rest
            on so few records, shares also where so few meet or miss the condition.
        denominators
            Table with a row for each unit (and period, or a longer one such as the year), for
            `Rate`.
        ratio
            The rate or share whose numerator and denominator the panel carries; not needed where
            it is the only metric.
        balancing
            Metric -> "lower" or "higher", whichever is better: what must not get worse.

        Returns
        -------
        Panel
            With what was left out or assumed in `notes`, the query and counts in `provenance`,
            and rows that may still change marked in the column `provisional`.

        Raises
        ------
        SourceError
            Saying what was found and which argument settles it; never half a panel.

        Examples
        --------
        >>> import pandas as pd
        >>> import innoeval as ie
        >>> requests = pd.DataFrame({
        ...     "ward": ["A", "A", "A", "B", "B"],
        ...     "opened": pd.to_datetime(["2023-01-02", "2023-01-09", "2023-02-01", "2023-01-05",
        ...                               "2023-02-10"]),
        ...     "closed": pd.to_datetime(["2023-01-04", "2023-01-19", "2023-02-02", "2023-01-08",
        ...                               "2023-02-12"])})
        >>> panel = ie.records(requests, unit="ward", opened="opened", closed="closed",
        ...                    as_of="2023-06-01").panel(period="month", metrics={
        ...     "requests": ie.metrics.Count(), "median_days": ie.metrics.Median("duration")})
        >>> panel.matrix("median_days")
        array([[6., 1.],
               [3., 2.]])
        """
        from innoeval.sources.assemble import Wishes, assemble
        from innoeval.sources.query import run

        _check(metrics, period, self.layout, balancing)
        _check_choices(period, window, silent, complete_after, suppress_below)
        result = run(self.place, self.layout, period, metrics, window)
        lags = None
        if complete_after == "learned":
            from innoeval.sources.lateness import learn

            lags = learn(self.place, self.layout, result.now)
        wishes = Wishes(
            period=period, metrics=metrics, window=window, silent=silent, suppress_below=suppress_below,
            complete_after=lags.days if lags else int(complete_after), ratio=ratio,
            balancing=dict(balancing or {}),
        )  # fmt: skip
        return assemble(self, result, wishes, denominators, lags)


def records(
    source: object,
    *,
    unit: str,
    opened: str,
    closed: str | None = None,
    table: str | None = None,
    as_of: str | date | datetime | None = None,
    time_zone: str | None = None,
    date_format: str | None = None,
    recorded: str | None = None,
    version: str | None = None,
    holidays: Sequence[str | date] = (),
    crosswalk: Crosswalk | None = None,
    sheet: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    refresh: bool = False,
) -> Records:
    """Records of a service: requests, permits, repairs, loans, visits.

    Parameters
    ----------
    source
        A file (.csv, .tsv, .jsonl, .parquet, .arrow, .xlsx; text may be packed as .gz or .zst), a
        pattern, a list or a folder of files; a pandas DataFrame; an ibis table; the address of a
        database ("postgres://user@host/city", "sqlite:///city.db") or of an open-data portal
        (Socrata, CKAN, Open311).
    unit
        Column with the unit: a ward, a school, an office.
    opened, closed
        Columns with the moments at which a case was opened and closed; a case that is not closed
        is open, and its duration is known to be longer than its age.
    table
        Table of a database, where it has several.
    as_of
        When the records were taken out of their system; the last moment in them where not given.
    time_zone
        Where the service is, such as "Europe/London"; asked for where the moments have a time
        zone of their own.
    date_format
        How dates in text are written, if not as 2023-01-31: "%d/%m/%Y".
    recorded
        Column with the moment at which a record entered the system, to learn how late they come.
    version
        Column with the version of the definition under which a record was made.
    holidays
        Days on which nobody works, for "business_days".
    crosswalk
        Units that were merged, renamed or split: old name -> new name, or names. The parts of a
        unit that was split are joined for all time, because nobody knows to which an old record
        would belong.
    sheet
        Sheet of a workbook.
    folder
        Where downloads from a portal are kept; a folder of the user's cache where not given.
    refresh
        Whether to read again from a portal what is kept.

    Returns
    -------
    Records

    Raises
    ------
    SourceError
        Saying what is there instead; never with a password in it.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": ["A"], "opened": pd.to_datetime(["2023-01-02"])})
    >>> records(frame, unit="ward", opened="opened").place.origin
    'the data frame'
    """
    from innoeval.sources.connect import open_place
    from innoeval.sources.crosswalk import followed
    from innoeval.sources.moments import check_zone
    from innoeval.sources.query import Layout

    check_zone(time_zone)
    layout = Layout(
        unit=unit, opened=opened, closed=closed, recorded=recorded, version=version,
        time_zone=time_zone, date_format=date_format, as_of=_when(as_of),
        holidays=tuple(_day(day) for day in holidays), units=followed(crosswalk),
    )  # fmt: skip
    texts = [name for name in (unit, opened, closed, recorded, version) if name is not None]
    place = open_place(source, table=table, texts=texts, sheet=sheet,
                       folder=None if folder is None else Path(folder), refresh=refresh)  # fmt: skip
    return Records(place=place, layout=layout, notes=place.notes)


def _when(as_of: str | date | datetime | None) -> datetime | None:
    """A day counts to its end."""
    if as_of is None:
        return None
    try:
        when = as_of if isinstance(as_of, datetime) else datetime.fromisoformat(str(as_of))
    except ValueError:
        raise SourceError(f"as_of= is {as_of!r}; write a date such as 2024-01-31") from None
    if when.tzinfo is not None:
        raise SourceError("as_of= names a time zone; write it as the clock of the service shows it")
    if not isinstance(as_of, datetime) and len(str(as_of).strip()) <= 10:
        return when.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return when


def _day(day: str | date) -> date:
    try:
        return date.fromisoformat(str(day)[:10])
    except ValueError:
        raise SourceError(f"holidays= holds {day!r}; write dates such as 2023-12-25") from None


def _check(
    metrics: Mapping[str, Metric],
    period: Frequency | Terms,
    layout: Layout,
    balancing: Mapping[str, Better] | None,
) -> None:
    """Refuse what no table could satisfy."""
    from innoeval.sources.metrics import Metric
    from innoeval.sources.moments import check_terms

    faults = []
    if not metrics:
        faults.append(
            Fault(
                found="no metric is named",
                remedy='say metrics={"requests": innoeval.metrics.Count()}',
            )
        )
    given: Mapping[str, object] = metrics
    for name, metric in given.items():
        if not isinstance(metric, Metric):
            faults.append(
                Fault(
                    found=f"the metric '{name}' is {metric!r}",
                    remedy="give one of innoeval.metrics, such as Count()",
                )
            )
        if name.startswith("_"):
            faults.append(
                Fault(
                    found=f"a metric is named '{name}'", remedy="let its name begin with a letter"
                )
            )
        if name in {layout.unit, "period", "provisional", layout.version}:
            faults.append(
                Fault(
                    found=f"a metric is named '{name}', as another column of the panel is",
                    remedy="give it another name",
                )
            )
    faults += [
        Fault(found=f"balancing= names '{name}', which is no metric", remedy="name one of them")
        for name in balancing or {}
        if name not in metrics
    ]
    if isinstance(period, Mapping):
        check_terms(period)
    elif period not in FREQUENCIES or period == "integer":
        known = ", ".join(name for name in FREQUENCIES if name != "integer")
        faults.append(
            Fault(found=f"period= is {period!r}", remedy=f"say one of {known}, or give terms")
        )
    if faults:
        raise SourceError(faults)


def _check_choices(
    period: Frequency | Terms,
    window: tuple[str, str] | None,
    silent: object,
    complete_after: object,
    suppress_below: object,
) -> None:
    """Refuse choices that are none, and windows that no period fits."""
    faults = []
    if silent not in {None, "missing", "zero"}:
        faults.append(Fault(found=f"silent= is {silent!r}", remedy="say 'missing' or 'zero'"))
    if complete_after != "learned" and (not isinstance(complete_after, int) or complete_after < 0):
        faults.append(
            Fault(found=f"complete_after= is {complete_after!r}",
                  remedy="give a number of days, 0 or more, or 'learned'")
        )  # fmt: skip
    if not isinstance(suppress_below, int) or suppress_below < 0:
        faults.append(Fault(found=f"suppress_below= is {suppress_below!r}",
                            remedy="give a whole number, such as 5"))  # fmt: skip
    if window is not None and isinstance(period, Mapping):
        faults.append(
            Fault(found="window= stands beside terms", remedy="leave terms out of period=")
        )
    elif window is not None and not isinstance(period, Mapping):
        try:
            first, last = (ordinal(end, period) for end in window)
        except ValueError as error:
            faults.append(Fault(found=f"window= is {window!r} ({error})",
                                remedy="name the first and the last period"))  # fmt: skip
        else:
            if first > last:
                faults.append(Fault(found=f"window= is {window!r}, which ends before it begins",
                                    remedy="name the earlier period first"))  # fmt: skip
    if faults:
        raise SourceError(faults)
