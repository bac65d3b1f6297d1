"""Which findings choose the interval that decides, and which interval that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from innoeval.records.assumption import Assumption


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A check that lets a stressed analysis into the decision.

    Parameters
    ----------
    check
        The check that opens the gate.
    relaxes
        Assumption that the stressed analysis gives up. Its interval is what the finding says is
        left, else that of the design's stressed estimate; with neither it is unbounded.
    problem
        What a shown problem does: the stressed analysis "replaces" the base one, "joins" it (the
        hull of both decides), or "corrects" it: it stands for the base one in everything, and may
        be kinder to the claim, as this fault can make an improvement look smaller than it is.
    unsure
        What a check does that cannot tell or could not run: the stressed analysis "joins", joins
        if the finding says what is left ("if_known"), or the gate stays shut ("ignored").
    clear
        What a clear check does: the gate stays shut ("ignored"), the stressed analysis "joins" all
        the same, because the check does not see everything that it gives up, or joins "if_doubtful":
        where a violation that cannot change the verdict is likelier than not, so that the interval
        holds the truth and not only the verdict does.
    shared
        Whether the design's other stressed analyses hold the fault of a gate that corrects as well,
        and are moved by as much as the base one.
    interval
        What the stressed interval is, in plain words.
    """

    check: str
    relaxes: Assumption
    problem: Literal["replaces", "joins", "corrects"] = "joins"
    unsure: Literal["joins", "if_known", "ignored"] = "joins"
    clear: Literal["joins", "if_doubtful", "ignored"] = "ignored"
    shared: bool = False
    interval: str = ""


#: The gates in the order in which their reasons are told. `replaces` stands where what is known
#: shows the base analysis to be wrong and by how much; `joins` where the stressed analysis leans on
#: more than the base one does, or over-corrects: there both must agree.
GATES = (
    Gate(check="pre_trend", relaxes=Assumption.parallel_trends, problem="replaces", clear="if_doubtful",
         interval="each unit's earlier linear trend is taken to go on"),
    Gate(check="pre_fit", relaxes=Assumption.donor_fit, interval="the earlier drift is taken to go on"),
    Gate(check="leave_one_out", relaxes=Assumption.donor_fit, unsure="ignored",
         interval="without each donor in turn"),
    Gate(check="placebo_in_time", relaxes=Assumption.trend_form, clear="joins",
         interval="the hull of every other trend form and error model that the data admit"),
    Gate(check="mean_reversion", relaxes=Assumption.no_mean_reversion,
         interval="the last periods before the start are left out of the baseline"),
    Gate(check="anticipation", relaxes=Assumption.no_anticipation, problem="corrects",
         unsure="ignored",
         interval="over a baseline that ends before the head start, where it lies beyond the earlier trend "
         "too; else the hull of that and the base interval"),
    Gate(check="late_trend", relaxes=Assumption.parallel_trends, unsure="if_known",
         interval="beyond a line through the last periods before the start, with the slope after it"),
    Gate(check="outliers", relaxes=Assumption.prespecified_window, unsure="ignored",
         interval="without the odd period"),
    Gate(check="undeclared_break", relaxes=Assumption.stable_measure, unsure="ignored",
         interval="nothing known where other cases are counted; widened by the coarser step where "
         "only precision changed"),
    Gate(check="rate_decomposition", relaxes=Assumption.stable_composition, unsure="ignored",
         interval="with the denominator held at its average before the start"),
    Gate(check="bunching", relaxes=Assumption.stable_measure, unsure="ignored",
         interval="without the cases that were moved over the line, where the outcome is their share"),
    Gate(check="provisional_data", relaxes=Assumption.stable_measure, unsure="ignored",
         interval="in settled periods alone"),
    Gate(check="peeking", relaxes=Assumption.prespecified_window, unsure="if_known",
         interval="widened so that it stays valid over all looks"),
    Gate(check="spillover", relaxes=Assumption.no_spillover, problem="corrects", unsure="ignored",
         shared=True, interval="without the neighbours"),
    Gate(check="adopters", relaxes=Assumption.all_sites_reported, problem="replaces",
         unsure="if_known", interval="of all units that got it, against those that never did"),
    Gate(check="attrition", relaxes=Assumption.stable_composition, problem="replaces",
         unsure="ignored", interval="from the lower to the upper trimming bound, with their errors"),
    Gate(check="case_mix", relaxes=Assumption.stable_composition, problem="replaces",
         unsure="ignored", interval="with the mix of cases held fixed"),
    Gate(check="comparator_drift", relaxes=Assumption.no_concurrent_change, unsure="ignored",
         interval="nothing known: it may have been on its way to the treated units too"),
    Gate(check="negative_controls", relaxes=Assumption.no_concurrent_change, unsure="ignored",
         interval="nothing known: what moved the control may have moved the outcome by any amount"),
    Gate(check="site_reversion", relaxes=Assumption.no_mean_reversion, unsure="ignored",
         interval="less the expected return to the average"),
    Gate(check="displacement", relaxes=Assumption.no_harm_elsewhere, unsure="ignored",
         interval="of the total effect, neighbours included"),
    Gate(check="carried_by_few", relaxes=Assumption.not_one_unit, problem="corrects",
         unsure="ignored",
         interval="from the lower end without the sites that improved most up to the higher of both"),
    Gate(check="metric", relaxes=Assumption.prespecified_outcome, unsure="ignored",
         interval="the one that holds for all recorded metrics at once"),
)  # fmt: skip

#: Weights in the correction for many checks: docs/decisions/0010-weighted-checks.md.
#: A fault that is hard to see weighs more; one that leaves no doubt where it is there weighs little.
WEIGHTS: tuple[tuple[str, float], ...] = (
    ("window", 4.0),
    ("pre_fit", 2.0),
    ("pre_trend", 0.75),
    ("anticipation", 0.75),
    ("fade_out", 2.0),
    ("forbidden_comparisons", 1.0),
    ("rate_decomposition", 1.0),
    ("site_reversion", 0.5),
    ("balancing", 0.5),
    ("mean_reversion", 0.25),
    ("adopters", 0.25),
    ("comparison_jump", 0.1),
    ("displacement", 0.25),
    ("negative_controls", 0.25),
    ("spillover", 0.25),
    ("placebo_in_time", 0.1),
    ("calendar_mismatch", 0.1),
    ("carried_by_few", 0.1),
    ("case_mix", 0.1),
    ("outliers", 0.1),
    ("undeclared_break", 0.4),
    ("bunching", 0.1),
    ("provisional_data", 0.1),
    ("heaping", 0.05),
    ("repeated_numbers", 0.05),
)
