"""Shares of right and wrong answers, each with its Monte Carlo error."""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

from innoeval.calibration.cell import QUESTIONS


class Rate(NamedTuple):
    """A share of draws.

    Parameters
    ----------
    share
        From 0 to 1.
    error
        Its Monte Carlo error (Agresti & Coull 1998, doi:10.1080/00031305.1998.10480550: also where
        none or all of the draws say yes).
    n
        Draws.

    Examples
    --------
    >>> Rate.of(5, 200)
    Rate(share=0.025, error=0.0127, n=200)
    """

    share: float
    error: float
    n: int

    @classmethod
    def of(cls, yes: int, n: int) -> Rate:
        """Of a number of draws that said yes."""
        middle = (yes + 2) / (n + 4)
        return cls(yes / n, round(sqrt(middle * (1 - middle) / (n + 4)), 4), n)


Key = tuple[str, str, str]


def rates(rows: Any) -> dict[Key, dict[str, Rate]]:
    """Rates by judge, family and truth; a question that makes no sense there is left out.

    Parameters
    ----------
    rows
        Table of a `Calibration`.
    """
    import pyarrow as pa
    from pyarrow import compute

    keys = ("judge", "family", "truth")
    plain = rows.select([*keys, *QUESTIONS])
    for name in QUESTIONS:
        place = plain.schema.get_field_index(name)
        plain = plain.set_column(place, name, compute.cast(plain.column(name), pa.int64()))
    asked = [(name, how) for name in QUESTIONS for how in ("sum", "count")]
    found: dict[Key, dict[str, Rate]] = {}
    for row in plain.group_by(list(keys)).aggregate(asked).to_pylist():
        found[row["judge"], row["family"], row["truth"]] = {
            name: Rate.of(row[f"{name}_sum"], row[f"{name}_count"])
            for name in QUESTIONS
            if row[f"{name}_count"]
        }
    return found


def failures(rows: Any) -> dict[tuple[str, str], int]:
    """How many answers failed, by judge and reason."""
    found: dict[tuple[str, str], int] = {}
    for judge, error in zip(*(rows.column(n).to_pylist() for n in ("judge", "error")), strict=True):
        if error is not None:
            found[judge, error] = found.get((judge, error), 0) + 1
    return found


def seconds(rows: Any) -> dict[str, float]:
    """Median of the CPU seconds of an answer, by judge."""
    from pyarrow import compute

    return {
        judge: float(
            compute.quantile(rows.filter(compute.equal(rows.column("judge"), judge)).column("cpu"))[
                0
            ].as_py()
            or 0.0
        )
        for judge in compute.unique(rows.column("judge")).to_pylist()
    }
