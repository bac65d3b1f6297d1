"""Metrics of a service, declared once and computed where its records are kept.

A metric is a plain record: it says what is wanted. `Records.panel` turns all of them into one
query of the database that holds the records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from innoeval.errors import SourceError

if TYPE_CHECKING:
    import ibis

#: Which records count: column -> value or values, or a condition on the ibis table.
Where = Mapping[str, object | Collection[object]] | Callable[["ibis.Table"], Any]

#: What a duration is counted in: days with their fractions, or working days that began.
DURATIONS = ("duration", "business_days")


@dataclass(frozen=True, slots=True)
class Count:
    """Number of records opened in a period.

    Parameters
    ----------
    where
        Which records count: column -> value or values, or a condition on the ibis table.

    Examples
    --------
    >>> Count(where={"channel": ["web", "app"]})
    Count(where={'channel': ['web', 'app']})
    """

    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Number of records per so many of a denominator, such as residents.

    Parameters
    ----------
    per
        So many of the denominator: 1000 for "per 1,000 residents".
    over
        Column of the table of denominators; not needed where it has only one.
    where
        Which records count.
    """

    per: float = 1.0
    over: str | None = None
    where: Where | None = None

    def __post_init__(self) -> None:
        if not self.per > 0:
            raise SourceError(f"per= is {self.per!r}; give a number above 0, such as 1000")


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the records that meet a condition, from 0 to 1; missing where there are none.

    Parameters
    ----------
    where
        The condition.
    among
        Which records are looked at; all of them where not given.
    """

    where: Where
    among: Where | None = None


@dataclass(frozen=True, slots=True)
class Median:
    """Median of a duration or of a column of numbers.

    For a duration, a case still open is known to take longer than its age: the median is that of
    the Kaplan-Meier curve, which is the ordinary one where no case is open. Where the curve runs
    level at one half, the middle of the level part is taken. Estimand: the median time to closing
    of the cases opened in a period, if what closes cases does not depend on when the extract was
    made. Kaplan and Meier (1958), https://doi.org/10.1080/01621459.1958.10501452

    Parameters
    ----------
    of
        "duration" (days from opening to closing), "business_days", or a column of numbers.
    where
        Which records count.
    """

    of: str = "duration"
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Quantile:
    """Quantile of a duration or of a column of numbers; open cases as in `Median`.

    Parameters
    ----------
    q
        Share of the cases below, between 0 and 1. Without open cases younger than the answer it
        is interpolated between two cases, as databases do.
    of, where
        As in `Median`.
    """

    q: float
    of: str = "duration"
    where: Where | None = None

    def __post_init__(self) -> None:
        if not 0 < self.q < 1:
            raise SourceError(f"q= is {self.q!r}; give a share between 0 and 1, such as 0.9")


@dataclass(frozen=True, slots=True)
class ShareWithin:
    """Share of the cases closed within so many days, from 0 to 1.

    A case that is open and older than that is not within; where a younger one is open, the share
    is that of the Kaplan-Meier curve.

    Parameters
    ----------
    days
        The target in days, or in working days with of="business_days".
    of, where
        As in `Median`, durations only.
    """

    days: float
    of: str = "duration"
    where: Where | None = None

    def __post_init__(self) -> None:
        if not self.days >= 0:
            raise SourceError(f"days= is {self.days!r}; give a number of days, 0 or more")
        if self.of not in DURATIONS:
            raise SourceError(f"of= is {self.of!r}; say 'duration' or 'business_days'")


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean of a duration or of a column of numbers.

    The mean time of cases that are partly open is not known: no curve shows its end.

    Parameters
    ----------
    of, where
        As in `Median`.
    open_cases
        "missing" leaves out the cells with an open case; "left_out" takes the closed cases only,
        which are the quick ones.
    """

    of: str = "duration"
    where: Where | None = None
    open_cases: Literal["missing", "left_out"] = "missing"

    def __post_init__(self) -> None:
        if self.open_cases not in {"missing", "left_out"}:
            raise SourceError(f"open_cases= is {self.open_cases!r}; say 'missing' or 'left_out'")


@dataclass(frozen=True, slots=True)
class Distinct:
    """Number of different values of a column, such as persons served.

    Parameters
    ----------
    of
        The column.
    where
        Which records count.
    """

    of: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Sum of a column of money, or its mean for a case.

    Parameters
    ----------
    of
        The column.
    per
        "case" for the mean cost of the records with a cost; the sum where not given.
    where
        Which records count.
    """

    of: str
    per: Literal["case"] | None = None
    where: Where | None = None

    def __post_init__(self) -> None:
        if self.per not in {None, "case"}:
            raise SourceError(f"per= is {self.per!r}; say 'case', or leave it out for the sum")


Metric = Count | Rate | Share | Median | Quantile | ShareWithin | Mean | Distinct | Cost

__all__ = [
    "Cost",
    "Count",
    "Distinct",
    "Mean",
    "Median",
    "Metric",
    "Quantile",
    "Rate",
    "Share",
    "ShareWithin",
]
