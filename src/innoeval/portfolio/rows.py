"""One row for each claim: what its evaluation says, flat, in columns that never change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from innoeval.records.claim import Claim
from innoeval.records.evaluation import Evaluation
from innoeval.records.saved import dump

if TYPE_CHECKING:
    import pyarrow as pa

    from innoeval.records.estimate import Estimate

#: Columns of text, and of numbers; `evaluation` is the whole record as JSON.
TEXTS = (
    "id", "innovation", "family", "version_of", "outcome", "better", "scale", "units", "status",
    "mark", "certainty", "deciding", "design", "inference", "error", "error_kind", "digest",
    "panel", "evaluation",
)  # fmt: skip
NUMBERS = (
    "announced", "smallest", "must_show", "overstated_below", "estimate", "std_error", "statistic",
    "p_value", "conf_low", "conf_high", "df", "found_low", "found_high", "p_holds_up",
    "p_falls_short", "observed", "level", "resolution", "breakdown", "n_units", "n_treated",
    "n_problems", "cost",
)  # fmt: skip

#: The order in which a reader meets them.
TIDY = (
    "id", "innovation", "outcome", "status", "mark", "certainty", "announced", "smallest",
    "must_show", "overstated_below", "scale", "better", "estimate", "std_error", "statistic",
    "p_value", "conf_low", "conf_high", "df", "found_low", "found_high", "deciding",
    "p_holds_up", "p_falls_short", "design", "inference", "observed", "level", "resolution",
    "breakdown", "n_units", "n_treated", "n_problems", "family", "version_of", "units", "cost",
    "digest", "panel", "error", "error_kind",
)  # fmt: skip

Row = Mapping[str, str | float | None]


def row(ev: Evaluation) -> dict[str, str | float | None]:
    """An evaluation as one row.

    `estimate` with its error and interval is the base estimate as improvement on the claim's scale;
    `found_low` and `found_high` are the interval that decided. An end that the data do not set is
    infinite.

    Parameters
    ----------
    ev
        The evaluation.
    """
    from innoeval.decide import bar

    held, verdict = bar(ev.claim, ev.policy), ev.verdict
    found = verdict.interval
    return {
        **_of_claim(ev.claim),
        "smallest": held.smallest,
        "must_show": held.shown if math.isfinite(held.shown) else None,
        "overstated_below": held.overstated,
        "status": verdict.status,
        "mark": verdict.mark,
        "certainty": verdict.certainty,
        "deciding": verdict.deciding,
        "design": ev.design,
        **_of_estimate(ev.estimate, ev.claim),
        "found_low": found.low if found else None,
        "found_high": found.high if found else None,
        "p_holds_up": verdict.p_holds_up,
        "p_falls_short": verdict.p_falls_short,
        "resolution": verdict.resolution,
        "breakdown": verdict.breakdown,
        "n_units": float(ev.measured.n_units),
        "n_problems": float(sum(finding.status == "problem" for finding in ev.findings)),
        "panel": ev.panel_fingerprint,
        "evaluation": dump(ev, indent=None),
    }


def failed(claim: Claim, error: Exception, where: str, panel: str) -> dict[str, str | float | None]:
    """The row of a claim that could not be evaluated.

    Parameters
    ----------
    claim
        The claim.
    error
        What was raised: an `InnoevalError` speaks for itself, any other is named by its type.
    where
        File and line of an error that nobody expected; "" otherwise.
    panel
        Fingerprint of the panel; "" where it could not be read.
    """
    kind, text = type(error).__name__, str(error)
    return {
        **_of_claim(claim),
        "error": f"{kind}: {text} ({where})" if where else text or kind,
        "error_kind": kind,
        "panel": panel,
    }


def _of_claim(claim: Claim) -> dict[str, str | float | None]:
    return {
        "id": claim.id,
        "innovation": claim.innovation,
        "family": claim.family,
        "version_of": claim.version_of,
        "outcome": claim.outcome,
        "better": claim.better,
        "scale": claim.scale,
        "units": "; ".join(claim.units),
        "announced": claim.size,
        "cost": claim.cost,
        "n_treated": float(len(claim.treated)),
        "digest": claim.digest,
    }


def _of_estimate(estimate: Estimate | None, claim: Claim) -> dict[str, str | float | None]:
    """The base estimate on the claim's scale."""
    if estimate is None:
        return {}
    improvement, interval = estimate.on_scale(claim.scale)
    error = None
    if estimate.std_error is not None:
        error = estimate.std_error * _slope(estimate, claim)
    return {
        "estimate": improvement,
        "std_error": error,
        "statistic": improvement / error if error else None,
        "p_value": estimate.p_value,
        "conf_low": interval.low,
        "conf_high": interval.high,
        "df": estimate.df,
        "inference": estimate.inference,
        "observed": estimate.observed,
        "level": estimate.level,
    }


def _slope(estimate: Estimate, claim: Claim) -> float:
    """What one outcome unit is on the claim's scale, at the estimate (delta method)."""
    if claim.scale == "percentage_points":
        return 100 / estimate.whole
    if claim.scale == "relative":
        return estimate.observed / (estimate.observed - estimate.effect) ** 2
    return 1.0


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Rows as an Arrow table with every column, whichever of them a row has."""
    import pyarrow as pa

    columns: dict[str, Iterable[object]] = {
        n: [_storable(r.get(n)) for r in rows] for n in (*TEXTS, *NUMBERS)
    }
    return pa.table(columns, schema=schema())


def _storable(value: str | float | None) -> str | float | None:
    """Half a surrogate pair, which UTF-8 cannot hold, is written as JSON writes it."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def schema() -> pa.Schema:
    """Names and types of the columns."""
    import pyarrow as pa

    return pa.schema(
        [*((name, pa.large_string()) for name in TEXTS), *((n, pa.float64()) for n in NUMBERS)]
    )
