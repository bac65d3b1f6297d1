"""Schemas of a panel and of a claim register, and their failures as faults with rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from innoeval.errors import Fault

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandera.pandas import DataFrameSchema

#: Checks by name, as a schema reports them: what was found, and what to do.
_SAYS = {
    "not_nullable": ("it is empty", "every row needs one"),
    "finite": ("the value is infinite", "leave the cell empty, or give the number"),
    "some_value": (
        "every value is missing",
        "supply the values, or take the column out of the outcomes",
    ),
}
_UNIQUE = "multiple_fields_uniqueness"


def panel_schema(
    unit: str, period: str, outcomes: Collection[str], metrics: Collection[str]
) -> DataFrameSchema:
    """Schema of a panel's frame: keys filled and unique, metrics finite numbers.

    Parameters
    ----------
    unit, period
        Key columns, as text.
    outcomes
        Metrics that must have some value.
    metrics
        Every column of numbers, the outcomes too; single values may be missing.
    """
    import pandera.pandas as pa

    finite = pa.Check(np.isfinite, name="finite")
    some = pa.Check(lambda values: values.notna().any(), name="some_value", ignore_na=False)
    columns = {
        name: pa.Column(
            float, checks=[finite, some] if name in outcomes else [finite], nullable=True
        )
        for name in metrics
    }
    columns |= {name: pa.Column(nullable=False) for name in (unit, period)}
    return pa.DataFrameSchema(columns, unique=[unit, period], report_duplicates="all")


def register_schema(required: Collection[str]) -> DataFrameSchema:
    """Schema of a register's frame: required cells filled, ids unique.

    Parameters
    ----------
    required
        Columns that every claim fills.
    """
    import pandera.pandas as pa

    columns = {name: pa.Column(nullable=False) for name in required}
    return pa.DataFrameSchema(columns, unique=["id"], report_duplicates="all")


def schema_faults(
    schema: DataFrameSchema, frame: pd.DataFrame, rows: npt.NDArray[np.int64], origin: str
) -> list[Fault]:
    """Every fault of a frame under a schema, each with its rows.

    Parameters
    ----------
    schema
        From `panel_schema` or `register_schema`.
    frame
        The frame; its index is not looked at.
    rows
        Row number of each row as a spreadsheet shows it, shape (rows,).
    origin
        Where the frame came from.
    """
    import pandera.errors

    # Duplicate keys together with a duplicate index make pandas 3 raise a bare ValueError.
    frame = frame.reset_index(drop=True)
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    # Uniqueness is reported once for each of its columns; the keys themselves are told here.
    faults = _twice(frame, schema.unique or [], rows, origin)
    cases = cases[~cases["check"].astype("str").str.startswith(_UNIQUE)]
    for (column, check), group in cases.groupby(["column", "check"], sort=False, dropna=False):
        at = sorted({int(i) for i in group["index"].dropna()})
        found, remedy = _SAYS.get(str(check), (f"the rule '{check}' is broken", "mend the cells"))
        faults.append(Fault(found=found, remedy=remedy, origin=origin, column=str(column),
                            rows=tuple(int(rows[i]) for i in at)))  # fmt: skip
    return faults


def _twice(
    frame: pd.DataFrame, keys: Sequence[str], rows: npt.NDArray[np.int64], origin: str
) -> list[Fault]:
    """One fault for each key that stands in more than one row."""
    filled = frame[keys].notna().all(axis=1)
    twice = frame[filled & frame.duplicated(keys, keep=False)]
    faults = []
    for values, group in twice.groupby(list(keys), sort=False):
        at = tuple(int(rows[i]) for i in group.index)
        if len(keys) == 1:
            found, remedy = f"'{values[0]}' stands there {len(at)} times", "give each its own"
        else:
            found = f"'{values[0]}' has {len(at)} rows in {values[1]}"
            remedy = "keep one row for each unit and period, or add them up"
        faults.append(Fault(found=found, remedy=remedy, origin=origin, rows=at,
                            column=keys[0] if len(keys) == 1 else ""))  # fmt: skip
    return faults
