"""Test, learn, tweak, test again: versions of an innovation, and looks at one claim, as a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import DesignError, Fault, RunError, nearest
from innoeval.records.claim import Claim
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.sequential import (
    Spending,
    always_valid,
    boundaries,
    share_of_version,
    spent,
)

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.freeze import Floats
    from innoeval.records.portfolio import Portfolio

GO_ON = "go on: these data cannot tell yet"
SHOWN = "stop: an improvement is shown"
RULED_OUT = "stop: an improvement that matters is ruled out"
WORSE = "stop: it got worse"


def versions(
    portfolio: Portfolio, *, planned: int | None = None, alpha: float = 0.05
) -> pd.DataFrame:
    """Claims linked by `version_of`, each judged with what trying again costs.

    A sequence of versions of one innovation without effect shows an effect in any of them at most
    with probability `alpha`, however versions share units, periods and noise.

    Parameters
    ----------
    portfolio
        The claims; those that stand alone are left out.
    planned
        Number of versions fixed beforehand: each may spend as much. None: there may be any number;
        the k-th may spend 1 / (k (k + 1)) of `alpha`.
    alpha
        Error rate of a whole sequence, two-sided.

    Returns
    -------
    One row for each version, in order: `sequence` (id of the first), `version`, `id`, `estimate`,
    `spends`, `conf_low`, `conf_high` (the interval that decided, widened to 1 − what the version
    spends) and `suggestion`.

    Raises
    ------
    RunError
        Where a claim is a version of one that is not there, or of itself.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> first = case.claim
    >>> again = ie.Claim(id="again", version_of="none", innovation="desk", outcome="outcome",
    ...                  better="lower", treated=dict(first.treated), size=2, scale="absolute")
    >>> found = versions(ie.evaluate_all([first, again], case.panel))
    >>> found[["sequence", "version", "spends"]].round(4).values.tolist()
    [['none', 1, 0.025], ['none', 2, 0.0083]]
    """
    frame = portfolio.tidy().set_index("id", drop=False)
    order = _in_order(dict(zip(frame["id"], frame["version_of"], strict=True)))
    found = frame.loc[[name for _, _, name in order]]
    number = np.array([version for _, version, _ in order], dtype=np.int64)
    spends = np.array([alpha * share_of_version(int(k), planned) for k in number])
    low, high = _widened(found, spends)
    smallest = found["smallest"].to_numpy(dtype=np.float64)
    table = found[["id", "innovation", "estimate", "scale"]].reset_index(drop=True)
    table.insert(0, "version", number)
    table.insert(0, "sequence", [root for root, _, _ in order])
    return table.assign(
        spends=spends,
        conf_low=low,
        conf_high=high,
        suggestion=[_suggested(a, b, s) for a, b, s in zip(low, high, smallest, strict=True)],
    )


def watch(
    claim: Claim,
    panel: Panel,
    looks: Sequence[str],
    *,
    until: str | None = None,
    kind: Spending = "obrien_fleming",
    alpha: float = 0.05,
    policy: Policy = Policy(),
) -> pd.DataFrame:
    """A claim looked at several times while data come in, without turning noise into a win.

    Each look sees the panel up to its period. Two answers stand side by side: an interval for
    looks that were planned (alpha spending), and one that is valid at every look at once, planned
    or not. Both take successive estimates to be those of a growing sample.

    Parameters
    ----------
    claim, panel
        The claim, and all data that there are.
    looks
        Period of each look, the last of them at `until` at the latest.
    until
        Period of the last planned look; by default the last of `looks`.
    kind
        How the error rate is spent: "obrien_fleming" (little at first) or "pocock" (evenly).
    alpha
        Error rate of all looks together, two-sided.
    policy
        The other thresholds.

    Returns
    -------
    One row for each look: `look, design, estimate, std_error` (improvement in outcome units),
    `spent`, `critical`, `conf_low, conf_high` (planned looks), `always_low, always_high` (any
    looks), and a `suggestion` by the planned looks.

    Raises
    ------
    RunError
        For looks out of order, or before the claim's start.
    DesignError
        Where no design fits at a look.

    References
    ----------
    Lan & DeMets (1983), doi:10.1093/biomet/70.3.659; Robbins (1970), doi:10.1214/aoms/1177696786.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=20, size=2.0)
    >>> found = watch(case.claim, case.panel, ["2023-03", "2023-06", "2023-12"])
    >>> found["suggestion"].iloc[-1]
    'stop: an improvement is shown'
    """
    import pandas as pd
    from scipy.special import ndtr, ndtri, stdtrit

    launch = min(panel.calendar.position(start) for start in claim.treated.values())
    at = [_place(panel, look) for look in looks]
    end = _place(panel, until) if until is not None else max(at, default=launch)
    _refuse_looks(at, launch, end, looks)
    if at[-1] >= panel.calendar.n:
        raise RunError(f"the data end in {panel.periods[-1]}; look at what there is")
    # Of a mean over s periods less one over n earlier ones, with equal noise in every period.
    information = 1 / (1 / launch + 1 / (np.array([*at, end]) - launch + 1))
    share = information[:-1] / information[-1]
    critical = boundaries(share, alpha, kind)
    rows = [_looked(claim, panel.window(panel.periods[0], look), policy) for look in looks]
    table = pd.DataFrame(rows, columns=["design", "estimate", "std_error", "df", "smallest"])
    error, df = (table[name].to_numpy(dtype=np.float64) for name in ("std_error", "df"))
    # Standard errors are estimated: the same tail of the t distribution.
    safe = np.where(np.isfinite(df), df, 1.0)
    tail = ndtr(critical)
    student = np.where(np.isfinite(df), stdtrit(safe, tail), critical)
    wide = np.where(np.isfinite(df), stdtrit(safe, 1 - alpha / 2) / ndtri(1 - alpha / 2), 1.0)
    always = wide * always_valid(error, float(error[0] * np.sqrt(share[0])), alpha)
    estimate = table["estimate"].to_numpy(dtype=np.float64)
    low, high = estimate - student * error, estimate + student * error
    smallest = table["smallest"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "look": list(looks),
            "design": table["design"],
            "estimate": estimate,
            "std_error": error,
            "spent": spent(share, alpha, kind),
            "critical": student,
            "conf_low": low,
            "conf_high": high,
            "always_low": estimate - always,
            "always_high": estimate + always,
            "suggestion": [_suggested(*ends) for ends in zip(low, high, smallest, strict=True)],
        }
    )


def _looked(claim: Claim, panel: Panel, policy: Policy) -> tuple[str, float, float, float, float]:
    """What the first design that fits shows at a look, as improvement in outcome units."""
    from innoeval.decide import bar
    from innoeval.designs import choose

    choice = choose(panel, claim, policy)
    if choice.design is None:
        raise DesignError(f"no design fits the data up to {panel.periods[-1]}; begin to look later")
    found = choice.design.fit(panel, claim, policy=policy)
    if not found.std_error:
        raise DesignError(
            f"{found.design} gives no standard error, which looking again and again needs; "
            "judge the claim once, at its end"
        )
    unit = {"relative": abs(found.baseline), "percentage_points": found.whole / 100}
    smallest = bar(claim, policy).smallest
    matters = np.nan if smallest is None else smallest * unit.get(claim.scale, 1.0)
    df = np.nan if found.df is None else found.df
    return found.design, found.improvement, found.std_error, df, matters


def _place(panel: Panel, look: str) -> int:
    try:
        return panel.calendar.position(look)
    except (ValueError, TypeError) as error:
        raise RunError(f"the look '{look}' is no period of the panel ({error})") from None


def _refuse_looks(at: list[int], launch: int, end: int, looks: Sequence[str]) -> None:
    if launch < 1:
        raise RunError(
            "there is no period before the claim's start; take a panel that begins earlier"
        )
    if not at or at != sorted(set(at)) or at[0] < launch or at[-1] > end:
        raise RunError(
            f"the looks {', '.join(map(str, looks)) or '(none)'} must rise, begin at the claim's "
            "start and end with the last planned look at the latest; mend looks= or until="
        )


def _in_order(version_of: dict[str, str]) -> list[tuple[str, int, str]]:
    """Sequence, number and id of every claim that is a version of another, or has one."""
    faults = [
        Fault(
            found=f"claim '{name}' is a version of '{parent}', which is not in the portfolio",
            remedy=f"add it, for a version that is left out is spent too; "
            f"{nearest(parent, version_of, 'the claims are')}",
            origin="version_of",
        )
        for name, parent in version_of.items()
        if parent and parent not in version_of
    ]
    if faults:
        raise RunError(faults)
    placed: list[tuple[str, int, str]] = []
    for name in version_of:
        steps = [name]
        while parent := version_of[steps[-1]]:
            if parent in steps:
                raise RunError(
                    f"claim '{name}' is a version of itself by way of {', '.join(steps[1:])}; "
                    "mend version_of"
                )
            steps.append(parent)
        placed.append((steps[-1], len(steps), name))
    parents = set(version_of.values())
    linked = sorted(row for row in placed if row[1] > 1 or row[2] in parents)
    # Two versions of one parent are two tries: they are numbered one after the other.
    numbers: dict[str, int] = {}
    out = []
    for root, _, name in linked:
        numbers[root] = numbers.get(root, 0) + 1
        out.append((root, numbers[root], name))
    return out


def _widened(found: pd.DataFrame, spends: Floats) -> tuple[Floats, Floats]:
    """The intervals that decided, widened about their middle to 1 − what each version spends."""
    from scipy.special import ndtri, stdtrit

    low, high, df, level = (
        found[name].to_numpy(dtype=np.float64)
        for name in ("found_low", "found_high", "df", "level")
    )
    known, wanted, had = np.isfinite(df), 1 - spends / 2, (1 + level) / 2
    safe = np.where(known, df, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(
            known, stdtrit(safe, wanted) / stdtrit(safe, had), ndtri(wanted) / ndtri(had)
        )
        middle, half = (low + high) / 2, np.maximum(factor, 1.0) * (high - low) / 2
        # A version beyond those that were planned has nothing left to spend.
        half = np.where(spends > 0, half, np.inf)
        wide = middle - half, middle + half
    return np.where(np.isfinite(low), wide[0], low), np.where(np.isfinite(high), wide[1], high)


def _suggested(low: float, high: float, smallest: float) -> str:
    """Whether to stop, from an interval that counts every look."""
    if low > 0:
        return SHOWN
    if high < 0:
        return WORSE
    return RULED_OUT if high < smallest else GO_ON
