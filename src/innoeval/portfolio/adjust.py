"""Two lists of claims, each with its own false discovery rate, and the denominator of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from innoeval.errors import RunError
from innoeval.records.freeze import Frozen
from innoeval.records.verdict import MARKS
from innoeval.stats.false_discovery import benjamini_hochberg, benjamini_yekutieli, widening

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.freeze import Floats
    from innoeval.records.portfolio import Portfolio

Method = Literal["auto", "bh", "by"]
Families = Literal["each", "all", "any"]

_HOLDS = ("supported",)
_FAILS = tuple(status for status, mark in MARKS.items() if mark == "does not hold up")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lists:
    """What of a portfolio holds up and what does not, when all claims are looked at together.

    Parameters
    ----------
    holds_up, does_not_hold_up
        One row for each listed claim (or family): `id`, `p_value`, `q_value`, and of single claims
        `estimate` with `low` and `high`, the interval that decided, widened so that on average all
        but a share q of the listed intervals cover (FCR).
    q
        False discovery rate of each list.
    method
        "bh" or "by", and why.
    denominator
        Counts: claims announced, dropped, failed, not_evaluable, tested, and listed.
    """

    holds_up: pd.DataFrame = field(repr=False)
    does_not_hold_up: pd.DataFrame = field(repr=False)
    q: float
    method: str
    denominator: Mapping[str, int]


def two_lists(
    portfolio: Portfolio,
    *,
    q: float = 0.05,
    method: Method = "auto",
    families: Families = "each",
    announced: Collection[str] = (),
) -> Lists:
    """Claims that hold up, and claims that do not, each list with its own false discovery rate.

    "Holds up" tests that the improvement is at most what must be shown, "does not hold up" that it
    is at least the bar of an overstated claim. Only claims whose own verdict agrees are listed: a
    claim that is not "supported" by itself enters its list's correction with p = 1.

    Parameters
    ----------
    portfolio
        The claims.
    q
        False discovery rate of each list.
    method
        "bh" (Benjamini-Hochberg) for claims that are independent or move together; "by"
        (Benjamini-Yekutieli) for any dependence. "auto": "by" where two claims share a panel, and
        so comparison units.
    families
        "each" claim for itself; or claims of one `family` together: "all" of its outcomes must
        hold up (the largest p-value), or "any" of them (Holm inside the family).
    announced
        Ids of every claim that was made, to count those that were dropped before the run.

    Raises
    ------
    RunError
        For a rate that is none.

    References
    ----------
    Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini & Yekutieli
    (2001), doi:10.1214/aos/1013699998, and (2005), doi:10.1198/016214504000001907.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> lists = two_lists(ie.evaluate_all([case.claim], case.panel))
    >>> lists.holds_up["id"].tolist(), lists.denominator["tested"]
    (['none'], 1)
    """
    if not 0 < q < 0.5:
        raise RunError(f"q={q} is not a false discovery rate that a list can keep; write 0.05")
    frame = portfolio.tidy()
    chosen, why = _method(frame, method)
    tested = frame if families == "each" else by_family(frame, families)
    holds = _listed(tested, "p_holds_up", "holds", q, chosen)
    fails = _listed(tested, "p_falls_short", "fails", q, chosen)
    ids = set(frame["id"])
    return Lists(
        holds_up=holds,
        does_not_hold_up=fails,
        q=q,
        method=why,
        denominator=Frozen(
            {
                "announced": len(ids | set(announced)),
                "dropped": len(set(announced) - ids),
                "failed": int(frame["error"].notna().sum()),
                "not_evaluable": int((frame["status"] == "not_evaluable").sum()),
                "tested": int(tested[["p_holds_up", "p_falls_short"]].notna().any(axis=1).sum()),
                "holds_up": len(holds),
                "does_not_hold_up": len(fails),
            }
        ),
    )


def by_family(frame: pd.DataFrame, rule: Families) -> pd.DataFrame:
    """One row for each family of claims with several outcomes: its p-values, and what its verdicts say.

    "All of" its outcomes improved: it holds up where every one does (the largest p-value), and does
    not where any falls short (Holm). "Any of" them improved: the other way round. A claim without
    a family is one of its own. An outcome that failed or could not be tested stays in its family.

    Parameters
    ----------
    frame
        `Portfolio.tidy()`.
    rule
        "all" or "any".
    """
    import pandas as pd

    known = _flagged(frame)
    family = known["family"].where(known["family"] != "", known["id"])
    rows = []
    for name, members in known.groupby(family, sort=True):
        holds, fails = members["p_holds_up"], members["p_falls_short"]
        every = rule == "all"
        rows.append(
            {
                "id": name,
                "n_claims": len(members),
                "p_holds_up": _largest(holds) if every else _smallest(holds),
                "p_falls_short": _smallest(fails) if every else _largest(fails),
                "holds": members["holds"].all() if every else members["holds"].any(),
                "fails": members["fails"].any() if every else members["fails"].all(),
            }
        )
    names = ("id", "n_claims", "p_holds_up", "p_falls_short", "holds", "fails")
    return pd.DataFrame(rows, columns=list(names))


def tally(
    portfolio: Portfolio, by: str | Mapping[str, str] = "innovation", *, share: bool = False
) -> pd.DataFrame:
    """How many claims got which mark, by innovation, unit, organisation or anything else.

    Parameters
    ----------
    portfolio
        The claims.
    by
        A column of `tidy()`; "unit", where a claim counts once for each treated unit; or a mapping
        from the id of a claim to its group, such as the organisation that made it.
    share
        Shares of each group instead of counts.

    Returns
    -------
    A row for each group, a column for each mark and one for claims that failed.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> portfolio = ie.evaluate_all([case.claim], case.panel)
    >>> tally(portfolio, by={"none": "City of Northbridge"})["holds up"].to_dict()
    {'City of Northbridge': 1}
    """
    import pandas as pd

    frame = portfolio.tidy()
    if isinstance(by, Mapping):
        frame["group"] = frame["id"].map(dict(by)).fillna("not named")
    elif by == "unit":
        frame = frame.assign(group=frame["units"].str.split("; ")).explode("group")
    elif by in frame.columns:
        frame["group"] = frame[by].astype(object).where(frame[by].notna(), "not known")
    else:
        raise RunError(
            f"there is no column '{by}' to count by; write one of {', '.join(frame.columns)}, "
            "'unit', or a mapping from ids to groups"
        )
    marks = [*dict.fromkeys(MARKS.values()), "failed"]
    counts = pd.crosstab(frame["group"], frame["mark"].fillna("failed"))
    counts = counts.reindex(columns=marks, fill_value=0)
    counts.columns.name = None
    return counts.div(counts.sum(axis=1), axis=0) if share else counts


def _method(frame: pd.DataFrame, method: Method) -> tuple[Method, str]:
    """Which correction, and why."""
    if method != "auto":
        return method, f"{method}: as asked"
    shared = frame["panel"][frame["panel"] != ""].duplicated().any()
    if shared:
        return "by", "by: claims share panels, and so comparison units"
    return "bh", "bh: every claim has a panel of its own"


def _flagged(frame: pd.DataFrame) -> pd.DataFrame:
    """With what each claim's own verdict says."""
    if "holds" in frame.columns:
        return frame
    return frame.assign(holds=frame["status"].isin(_HOLDS), fails=frame["status"].isin(_FAILS))


def _listed(frame: pd.DataFrame, p: str, agrees: str, q: float, method: Method) -> pd.DataFrame:
    """Rows that a false discovery rate of q lets into a list, smallest p-value first."""
    tested = _flagged(frame)
    tested = tested[tested[p].notna()]
    p_values = np.where(tested[agrees], tested[p].to_numpy(dtype=np.float64), 1.0)
    adjust = benjamini_yekutieli if method == "by" else benjamini_hochberg
    found = tested.assign(p_value=p_values, q_value=adjust(p_values))
    found = found[found["q_value"] <= q].sort_values(["p_value", "id"], ignore_index=True)
    columns = ["id", "p_value", "q_value"]
    if "estimate" in found.columns and len(found):
        low, high = _widened(found, len(tested), q)
        found = found.assign(low=low, high=high)
        columns = ["id", "innovation", *columns[1:], "estimate", "low", "high", "scale"]
    return found[columns]


def _widened(listed: pd.DataFrame, of: int, q: float) -> tuple[Floats, Floats]:
    """The intervals that decided, widened about their middle to keep the false coverage rate.

    On the relative scale this is done in outcome units, where intervals are symmetric.
    """
    # A share r of what would have been is r / (1 + r) of what was: that is linear in outcome units.
    raw = np.where(listed["better"] == "lower", -1.0, 1.0)
    relative = (listed["scale"] == "relative").to_numpy()
    ends = [listed[name].to_numpy(dtype=np.float64) * raw for name in ("found_low", "found_high")]
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = (np.where(relative, end / (1 + end), end) for end in ends)
        middle, half = (low + high) / 2, (high - low) / 2
        factor = widening(len(listed), of, q, float(listed["level"].iloc[0]), listed["df"])
        wide = [middle - factor * half, middle + factor * half]
        # Where nothing of the observed average would be left the relative change has no bound.
        back = [np.where(relative, np.where(e < 1, e / (1 - e), np.inf), e) * raw for e in wide]
    low, high = np.minimum(*back), np.maximum(*back)
    # An end without a bound keeps none.
    low = np.where(np.isfinite(listed["found_low"]), low, -np.inf)
    return low, np.where(np.isfinite(listed["found_high"]), high, np.inf)


def _largest(p_values: pd.Series) -> float:
    """P-value of "not all": every one must reject; none where one cannot be tested."""
    return float("nan") if p_values.isna().any() else float(p_values.max())


def _smallest(p_values: pd.Series) -> float:
    """P-value of "none": Holm's first step; none where nothing can be tested."""
    if p_values.isna().all():
        return float("nan")
    return min(1.0, float(p_values.min()) * int(p_values.notna().sum()))
