"""The sites of one innovation taken together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from innoeval.records.card import likely
from innoeval.records.estimate import Interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """The sites of one innovation together, all as improvement on one scale.

    Parameters
    ----------
    group, scale
        The innovation, and the scale of every number here.
    estimate, std_error, conf_int, p_value, df
        Average improvement over sites, by Hartung and Knapp.
    new_site
        Prediction interval: where the improvement at a new site will lie; the spread between sites
        is known no better in it than it is.
    plug_in
        The usual prediction interval (as R's metafor prints it), which takes the estimated spread
        for the true one and is too short where sites are few.
    chance_better
        Probability that a new site improves at all, by the law of `new_site`.
    tau, i2
        Standard deviation of true improvements between sites; share of all variance that is such.
    q, q_p_value
        Cochran's test that all sites are alike.
    sites
        One row for each: `id, estimate, std_error, conf_low, conf_high, weight`, and the mean and
        its error without that site (`without`, `without_error`).
    moderators
        One row for each moderator: `term, estimate, std_error, p_value, conf_low, conf_high`; None
        where none was named.
    level
        Level of the intervals.
    notes
        What makes these intervals shorter than what is known, in words.
    """

    group: str
    scale: str
    estimate: float
    std_error: float
    conf_int: Interval
    p_value: float
    df: int
    new_site: Interval
    plug_in: Interval
    chance_better: float
    tau: float
    i2: float
    q: float
    q_p_value: float
    sites: pd.DataFrame = field(repr=False)
    moderators: pd.DataFrame | None = field(default=None, repr=False)
    level: float = 0.95
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        low, high = self.new_site
        return (
            f"{self.group}: {len(self.sites)} sites improved by {self.estimate:.3g} on average "
            f"({self.conf_int.low:.3g} to {self.conf_int.high:.3g}); a new site can expect between "
            f"{low:.3g} and {high:.3g}, and to improve at all with a chance of "
            f"{likely(self.chance_better)}" + "".join(f". {note}" for note in self.notes)
        )
