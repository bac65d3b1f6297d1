"""The portfolio: every claim of a run with what was found, in one record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innoeval.errors import ClaimError, Fault, RecordError, nearest
from innoeval.records.display import counts_html, counts_text
from innoeval.records.evaluation import Evaluation
from innoeval.records.policy import Policy

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portfolio:
    """Claims that were evaluated together, whatever became of them.

    Rows stay where they are, in memory or in files, and are read when they are asked for: a
    portfolio of 100,000 claims is as light as one of ten.

    Parameters
    ----------
    parts
        Parquet files, or their bytes; each claim stands in one of them once.
    columns
        Columns of `tidy()`, in order.
    policy
        The thresholds that every claim was judged by.
    origin
        Folder that holds the run; "memory" where none was named.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> portfolio = ie.evaluate_all([case.claim], case.panel)
    >>> portfolio.tidy()[["id", "status", "error"]].values.tolist()
    [['none', 'supported', None]]
    >>> portfolio["none"].verdict.status
    'supported'
    """

    parts: tuple[Path | bytes, ...] = field(repr=False)
    columns: tuple[str, ...] = field(repr=False)
    policy: Policy = field(repr=False)
    origin: str = "memory"

    def __len__(self) -> int:
        return sum(_rows(part, ["id"], self.origin).num_rows for part in self.parts)

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of each claim, in order of the ids."""
        return tuple(sorted(self._read(["id"]).column("id").to_pylist()))

    def tidy(self) -> pd.DataFrame:
        """One row for each claim, in order of the ids; the same claims give the same bytes.

        `estimate`, `std_error`, `conf_low` and `conf_high` are the base estimate as improvement on
        the claim's scale, `found_low` and `found_high` the interval that decided. `p_holds_up` and
        `p_falls_short` are one-sided p-values of "at most what must be shown" and of "at least the
        bar of an overstated claim". `error` says why a claim has no result; elsewhere it is None.
        """
        table = self._read(list(self.columns)).sort_by("id")
        frame: pd.DataFrame = table.to_pandas()
        for name in ("error", "error_kind"):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
        return frame

    def __getitem__(self, id: str) -> Evaluation:  # noqa: A002 - a claim's own word for it
        """The evaluation of one claim.

        Raises
        ------
        ClaimError
            Where there is no such claim, or it could not be evaluated.
        """
        for part in self.parts:
            found = _rows(part, ["evaluation", "error"], self.origin, [("id", "=", id)])
            for row in found.to_pylist():
                if row["evaluation"] is None:
                    raise ClaimError(
                        f"claim '{id}' has no evaluation, because it failed: {row['error']}"
                    )
                return Evaluation.from_json(row["evaluation"])
        remedy = nearest(str(id), self.ids, "the claims are")
        raise ClaimError(
            [Fault(found=f"there is no claim '{id}'", remedy=remedy, origin="portfolio")]
        )

    def __iter__(self) -> Iterator[Evaluation]:
        """Evaluations part by part, one at a time in memory; claims that failed have none."""
        for _, text, _ in self.texts():
            if text is not None:
                yield Evaluation.from_json(text)

    def texts(self, ids: Collection[str] | None = None) -> Iterator[tuple[str, str | None, str]]:
        """Id of each claim, its evaluation as JSON text, None where it has none, and why not.

        Parameters
        ----------
        ids
            Only these claims.
        """
        wanted = None if ids is None else [("id", "in", list(ids))]

        names = ["id", "evaluation", "error"]
        for part in self.parts:
            table = _rows(part, names, self.origin, wanted)
            for id, text, error in zip(*(table.column(name) for name in names), strict=True):  # noqa: A001
                yield id.as_py(), text.as_py(), error.as_py() or ""

    def _read(self, columns: list[str]) -> pa.Table:
        """Some columns of every part."""
        import pyarrow as pa

        if not self.parts:
            raise RecordError("this portfolio holds no claim; evaluate at least one")
        return pa.concat_tables(_rows(part, columns, self.origin) for part in self.parts)

    def _counts(self) -> tuple[int, dict[str, int]]:
        """How many claims there are, and how many have each status; those that failed have none."""
        status = self._read(["status"]).column("status").to_pandas().fillna("failed")
        return len(status), {str(name): int(n) for name, n in status.value_counts().items()}

    def _repr_html_(self) -> str:
        if not self.parts:
            return "<p>Portfolio of no claims</p>"
        return counts_html(*self._counts(), self.origin)

    def __str__(self) -> str:
        if not self.parts:
            return "Portfolio of no claims"
        return counts_text(*self._counts(), self.origin)

    __repr__ = __str__


def _rows(
    part: Path | bytes,
    columns: list[str],
    origin: str,
    filters: list[Any] | None = None,
) -> pa.Table:
    """Some columns of a part, each of the type that a run writes."""
    from pyarrow import ArrowException, parquet

    source = BytesIO(part) if isinstance(part, bytes) else part
    try:
        table = parquet.read_table(source, columns=columns, filters=filters, partitioning=None)
        table.validate(full=True)  # a damaged text is no UTF-8
    except (ArrowException, OSError, KeyError) as error:
        place = f"'{part}'" if isinstance(part, Path) else f"a part of '{origin}'"
        raise RecordError(
            f"{place} cannot be read ({error!s:.200}); move it away, and its claims are done again"
        ) from None
    return table
