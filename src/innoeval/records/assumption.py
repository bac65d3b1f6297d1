"""What a design leans on: the meeting point of designs and checks."""

from __future__ import annotations

from enum import StrEnum


class Assumption(StrEnum):
    """Something that must be true for a design's number to be the effect of the innovation.

    A design declares the assumptions that it leans on, a check those that it probes; what a
    design leans on and no check could probe is printed as "not examined".

    Examples
    --------
    >>> Assumption.parallel_trends.plain
    'both groups would have moved together without the innovation'
    """

    parallel_trends = "parallel_trends"
    no_anticipation = "no_anticipation"
    no_spillover = "no_spillover"
    no_mean_reversion = "no_mean_reversion"
    stable_measure = "stable_measure"
    stable_composition = "stable_composition"
    no_concurrent_change = "no_concurrent_change"
    trend_form = "trend_form"
    autocorrelation_modelled = "autocorrelation_modelled"
    donor_fit = "donor_fit"
    prespecified_window = "prespecified_window"
    prespecified_outcome = "prespecified_outcome"
    all_sites_reported = "all_sites_reported"
    no_harm_elsewhere = "no_harm_elsewhere"
    not_one_unit = "not_one_unit"

    @property
    def plain(self) -> str:
        """The assumption in plain words."""
        return _PLAIN[self]


_PLAIN = {
    Assumption.parallel_trends: "both groups would have moved together without the innovation",
    Assumption.no_anticipation: "nothing changed before the start because the start was expected",
    Assumption.no_spillover: "the innovation did not change the comparison units",
    Assumption.no_mean_reversion: "the innovation was not launched after an unusually bad spell",
    Assumption.stable_measure: "the measure was recorded in the same way throughout",
    Assumption.stable_composition: "the same kinds of cases and units were counted throughout",
    Assumption.no_concurrent_change: "nothing else changed for the treated units at the same time",
    Assumption.trend_form: "the earlier trend and seasons would have gone on as they were",
    Assumption.autocorrelation_modelled: "the way one period resembles the last is modelled well",
    Assumption.donor_fit: "the comparison units can imitate the treated unit",
    Assumption.prespecified_window: "the periods compared were not chosen for their result",
    Assumption.prespecified_outcome: "the metric was not chosen for its result",
    Assumption.all_sites_reported: "no site was left out because of its result",
    Assumption.no_harm_elsewhere: "no other measure of the service got worse in exchange",
    Assumption.not_one_unit: "there are enough units to tell chance from effect",
}
