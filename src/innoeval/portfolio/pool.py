"""Would it work here? What the sites of one innovation say about a site that has not tried it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import Fault, RunError
from innoeval.portfolio.shared import ALONE, errors_together, sharing
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Frozen
from innoeval.records.pooled import Pooled
from innoeval.stats.random_effects import (
    Mixed,
    leave_one_out,
    prediction,
    predictive,
    random_effects,
)

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.freeze import Floats
    from innoeval.records.portfolio import Portfolio

#: Fewest sites that say anything about how sites differ.
_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pools:
    """Innovations whose sites were pooled, and why others were not.

    Parameters
    ----------
    pooled
        Innovation -> its sites together.
    left_out
        Innovation -> why its sites cannot be pooled.
    """

    pooled: Mapping[str, Pooled]
    left_out: Mapping[str, str]

    def __getitem__(self, group: str) -> Pooled:
        """The sites of one innovation.

        Raises
        ------
        RunError
            Saying why they were not pooled.
        """
        if group in self.pooled:
            return self.pooled[group]
        why = self.left_out.get(group, f"there is none; there are {', '.join(self.pooled)}")
        raise RunError(f"'{group}' was not pooled: {why}")

    def __iter__(self) -> Iterator[Pooled]:
        return iter(self.pooled.values())

    def __len__(self) -> int:
        return len(self.pooled)

    def tidy(self) -> pd.DataFrame:
        """One row for each innovation."""
        import pandas as pd

        names = ("estimate", "std_error", "p_value", "df", "chance_better", "tau", "i2", "q",
                 "q_p_value")  # fmt: skip
        return pd.DataFrame(
            [
                {
                    "group": pool.group, "scale": pool.scale, "n_sites": len(pool.sites),
                    **{name: getattr(pool, name) for name in names},
                    "conf_low": pool.conf_int.low, "conf_high": pool.conf_int.high,
                    "new_site_low": pool.new_site.low, "new_site_high": pool.new_site.high,
                }
                for pool in self
            ]
        )  # fmt: skip


def pool(
    portfolio: Portfolio,
    by: str | Mapping[str, str] = "innovation",
    *,
    moderators: Mapping[str, Mapping[str, float]] | None = None,
    level: float = 0.95,
) -> Pools:
    r"""Average the sites of each innovation, and say where a new site's improvement will lie.

    Estimand: mean and standard deviation of :math:`\theta_i`, the true improvements at the sites of
    one innovation, taken as a sample of those that could adopt it:
    :math:`\hat\theta_i\sim N(\theta_i,s_i^2)`, :math:`\theta_i\sim N(\mu,\tau^2)`. It leans on
    estimates without bias (those that enter are the base estimates), and on every site being
    reported. Sites of one panel share comparison units, and so errors: how alike these are is taken
    from the influence of every unit on both estimates, and enters all that is told.

    Parameters
    ----------
    portfolio
        Claims, one for each site.
    by
        A column of `tidy()`, or a mapping from the id of a claim to its group.
    moderators
        Name -> (id of a claim -> value): what might explain why sites differ.
    level
        Level of the intervals.

    Returns
    -------
    Groups of at least three sites with one outcome and one scale; why others are left out.

    References
    ----------
    IntHout, Ioannidis & Borm (2014), BMC Medical Research Methodology 14:25,
    doi:10.1186/1471-2288-14-25; Viechtbauer (2010), Journal of Statistical Software 36(3),
    doi:10.18637/jss.v036.i03.

    Examples
    --------
    >>> import innoeval as ie
    >>> drawn = [ie.simulate.draw(seed=s, n_units=14, n_treated=7, size=1.0) for s in range(4)]
    >>> panels = {f"site {i}": case.panel for i, case in enumerate(drawn)}
    >>> claims = [ie.Claim(id=name, innovation="desk", outcome="outcome", better="lower",
    ...                    treated=dict(drawn[0].claim.treated), size=1, scale="absolute")
    ...           for name in panels]
    >>> found = pool(ie.evaluate_all(claims, panels))["desk"]
    >>> len(found.sites), found.conf_int.low < 1 < found.conf_int.high
    (4, True)
    """
    frame = portfolio.tidy()
    if isinstance(by, Mapping):
        group = frame["id"].map(dict(by))
    elif by in frame.columns:
        group = frame[by]
    else:
        raise RunError(f"there is no column '{by}' to pool by; write 'innovation' or 'family'")
    _refuse_moderators(moderators or {}, set(frame["id"]))
    pooled, left_out = {}, {}
    for name, members in frame.groupby(group, sort=True):
        usable = members[members["std_error"] > 0]
        if why := _why_not(members, usable):
            left_out[str(name)] = why
            continue
        errors = errors_together(portfolio, usable)
        if isinstance(errors, str):
            left_out[str(name)] = errors
        else:
            pooled[str(name)] = _pooled(str(name), usable, errors, moderators or {}, level)
    return Pools(pooled=Frozen(pooled), left_out=Frozen(left_out))


def _why_not(members: pd.DataFrame, usable: pd.DataFrame) -> str:
    """Why the sites of a group cannot be pooled; "" if they can."""
    scales, outcomes = sorted(usable["scale"].unique()), sorted(usable["outcome"].unique())
    if len(usable) < _FEWEST:
        return (
            f"{len(usable)} of {len(members)} claims have an estimate with a standard error, and "
            f"it takes {_FEWEST} to see how sites differ"
        )
    if len(scales) > 1:
        return f"its claims are on the scales {' and '.join(scales)}; state them on one"
    if len(outcomes) > 1:
        return f"its claims are about {', '.join(outcomes)}; group them by outcome with by="
    if len(usable["better"].unique()) > 1:
        return f"for some of its claims lower {outcomes[0]} is better, for others higher; state one"
    return ""


def _refuse_moderators(moderators: Mapping[str, Mapping[str, float]], ids: set[str]) -> None:
    """Refuse a moderator that is not known for a claim."""
    faults = [
        Fault(
            found=f"moderator '{name}' has no value for {', '.join(sorted(ids - set(values))[:5])}",
            remedy="give a value for every claim",
            origin="moderators",
        )
        for name, values in moderators.items()
        if ids - set(values)
    ]
    if faults:
        raise RunError(faults)


def _pooled(
    group: str,
    sites: pd.DataFrame,
    errors: Floats,
    moderators: Mapping[str, Mapping[str, float]],
    level: float,
) -> Pooled:
    from scipy.special import chdtrc, stdtr, stdtrit

    y = sites["estimate"].to_numpy(dtype=np.float64)
    fit = random_effects(y, errors)
    mean, error = float(fit.coefficients[0]), float(np.sqrt(fit.covariance[0, 0]))
    half = float(stdtrit(fit.df, (1 + level) / 2)) * error
    law = predictive(y, errors)
    weight = np.linalg.inv(errors + fit.tau2 * np.eye(len(y))).sum(axis=1)
    without = leave_one_out(y, errors)
    return Pooled(
        group=group,
        scale=str(sites["scale"].iloc[0]),
        estimate=mean,
        std_error=error,
        conf_int=Interval(mean - half, mean + half),
        p_value=float(2 * stdtr(fit.df, -abs(mean) / error)) if error > 0 else 1.0,
        df=fit.df,
        new_site=Interval(*law.interval(level)),
        plug_in=Interval(*prediction(fit, np.ones(1), level)),
        chance_better=1 - law.below(0.0),
        tau=float(np.sqrt(fit.tau2)),
        i2=fit.i2,
        q=fit.q,
        q_p_value=float(chdtrc(fit.df, fit.q)),
        sites=sites[["id", "estimate", "std_error", "conf_low", "conf_high"]]
        .assign(weight=weight / weight.sum(), without=without[:, 0], without_error=without[:, 1])
        .reset_index(drop=True),
        moderators=_moderated(sites["id"].tolist(), y, errors, moderators, level),
        level=level,
        notes=tuple(_notes(sites, half, weight.sum(), level)),
    )


def _notes(sites: pd.DataFrame, half: float, weight: float, level: float) -> Iterator[str]:
    """Why the intervals of a group may be too short; `half` is that of the average's own."""
    from scipy.special import ndtri

    shared = sharing(sites)
    if n := int((shared & ~sites["design"].isin(ALONE)).sum()):
        yield (
            f"{n} of {len(sites)} sites share a panel, and so comparison units; how alike their "
            "errors are is taken from each unit's influence on their estimates, and counted in"
        )
    if n := int((shared & sites["design"].isin(ALONE)).sum()):
        yield (
            f"{n} of {len(sites)} sites of one panel are each held against their own past alone: "
            "what happened to all of them at once would make their errors alike, and these "
            "intervals too short"
        )
    if half < float(ndtri((1 + level) / 2)) / np.sqrt(weight):
        yield (
            "Sites differ by less than their own errors would have them, which makes the interval "
            "of the average by Hartung and Knapp shorter than those errors allow"
        )


def _moderated(
    ids: Sequence[str],
    y: Floats,
    errors: Floats,
    moderators: Mapping[str, Mapping[str, float]],
    level: float,
) -> pd.DataFrame | None:
    """What each moderator explains; None without one, or with too few sites for so many."""
    import pandas as pd
    from scipy.special import stdtr, stdtrit

    if not moderators or len(ids) < len(moderators) + _FEWEST:
        return None
    values = [[float(by_id[name]) for name in ids] for by_id in moderators.values()]
    X = np.column_stack([np.ones(len(ids)), *values])
    if np.linalg.matrix_rank(X) < X.shape[1]:
        return None
    fit: Mixed = random_effects(y, errors, X)
    error = np.sqrt(np.diag(fit.covariance))
    half = float(stdtrit(fit.df, (1 + level) / 2)) * error
    frame = pd.DataFrame(
        {
            "term": ["average", *moderators],
            "estimate": fit.coefficients,
            "std_error": error,
            "p_value": 2 * stdtr(fit.df, -np.abs(fit.coefficients) / error),
            "conf_low": fit.coefficients - half,
            "conf_high": fit.coefficients + half,
        }
    )
    frame.attrs |= {"tau": float(np.sqrt(fit.tau2)), "i2": fit.i2}
    return frame
