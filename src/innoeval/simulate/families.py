"""The families of the public benchmark: what can be in a service's numbers when somebody claims success.

Sizes are in standard deviations of one unit's noise in one period, unless its settings say otherwise.
How large a claim has to be for these data to decide: docs/decisions/0018-precision.md.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

from innoeval.simulate.family import Family

#: 10 of 30 units for three years before and one after, and a claim that such data can decide even by
#: a judge that lets the treated units have a linear trend of their own.
_RECORD: dict[str, Any] = {"n_before": 36, "n_after": 12}
_MANY: dict[str, Any] = {**_RECORD, "n_units": 30, "n_treated": 10, "size": 2.0}
_ONE: dict[str, Any] = {"n_units": 1, "n_treated": 1, "shock_sd": 0.0, "size": 2.0}
_LONG: dict[str, Any] = {"n_before": 48, "n_after": 24}
_CITY: dict[str, Any] = {**_MANY, "n_treated": 1}
_NO_COMPARISON = ("no_comparison", "few_units")

_CLEAN = (
    Family(name="clean", says="Ten units got it, many did not; nothing is wrong.", settings=_MANY,
           hoped=(90, 95)),
    Family(name="everything_recorded", says="The same, with all on record that a check can ask for.",
           fault="recorded", settings=_MANY),
    Family(name="strong_noise_memory", says="Each month resembles the one before (ρ = .7).",
           settings={**_MANY, "rho": 0.7}),
    Family(name="one_city", says="One of thirty cities got it.", settings=_CITY,
           also=("few_units",), hoped=(35, 85)),
    Family(name="few_clusters", says="Four units got it, six did not.",
           settings={**_MANY, "n_units": 10, "n_treated": 4}, also=("few_units",),
           hoped=(50, 90)),
    Family(name="short_post", says="Three periods after the start are known.",
           settings={**_MANY, "n_after": 3}, hoped=(40, 90)),
    Family(name="too_little_data", says="One unit, two periods before and two after.",
           settings={**_ONE, "n_before": 2, "n_after": 2}, also=_NO_COMPARISON, decidable=False),
    Family(name="too_noisy", says="Four units a side under noise six times as large as the claim.",
           settings={**_RECORD, "n_units": 8, "n_treated": 4, "noise": 6.0}, also=("few_units",)),
)  # fmt: skip

_HOPED_SERIES = {(72, 0.3): (50, 90), (48, 0.3): (30, 80)}
_SERIES = tuple(
    Family(name=f"single_{n}_rho_{10 * rho:.0f}", says=f"One unit, {n} months, nothing to compare with (ρ = {rho:g}).",
           settings={**_ONE, "n_before": 2 * n // 3, "n_after": n // 3, "rho": rho},
           also=_NO_COMPARISON, hoped=_HOPED_SERIES.get((n, rho)))
    for n, rho in product((24, 48, 72), (0.0, 0.3, 0.6))
)  # fmt: skip

_BEFORE = (
    Family(name="pre_trend", says="The treated units were getting better already, at the pace of the claim.",
           fault="pre_trend", settings=_MANY, seen_by=("pre_trend",), hoped=(65, 90)),
    Family(name="pre_trend_half", says="They were getting better already, at half that pace.",
           fault="pre_trend", settings={**_MANY, "strength": 0.5}, seen_by=("pre_trend",)),
    Family(name="bad_spell", says="The units with the worst last quarter got it.",
           fault="bad_spell", settings=_MANY, seen_by=("mean_reversion", "site_reversion"),
           hoped=(50, 90)),
    Family(name="bad_spell_one", says="One unit got it, right after its worst quarter.",
           fault="bad_spell", settings={**_ONE, **_LONG}, seen_by=("mean_reversion",),
           also=_NO_COMPARISON),
    Family(name="worst_sites", says="The units with the worst last year got it.",
           fault="worst_sites", settings={**_MANY, "unit_sd": 0.2},
           seen_by=("site_reversion", "mean_reversion")),
    Family(name="unlucky_season", says="A bad season is held against a good one.",
           fault="calendar_mismatch", settings=_MANY, seen_by=("calendar_mismatch",)),
    Family(name="unlucky_season_one", says="The same, of one unit without comparison.",
           fault="calendar_mismatch", settings={**_ONE, **_LONG}, seen_by=("calendar_mismatch",),
           also=_NO_COMPARISON),
    Family(name="anticipation", says="Units changed three periods before the announced start.",
           fault="anticipation", settings=_MANY, follows=True, seen_by=("anticipation",),
           hoped=(85, 95)),
    Family(name="early_help", says="Something else helped the treated units, from three periods before the start on, and nothing on record tells of it.",
           fault="early_help", settings=_MANY, decidable=False),
    Family(name="late_trend", says="The treated units began to get better by themselves six periods before the start, and went on.",
           fault="late_trend", settings=_MANY, seen_by=("late_trend", "pre_trend", "anticipation")),
)  # fmt: skip

_BESIDE = (
    Family(name="common_shock", says="Something reached all units at the start, as declared.",
           fault="common_shock", settings=_MANY, also=("comparison_jump",), hoped=(90, 95)),
    Family(name="common_shock_alone", says="The same where all units were treated.",
           fault="common_shock", settings={**_MANY, "n_units": 10, "n_treated": 10},
           seen_by=("concurrent_change",), also=_NO_COMPARISON, decidable=False),
    Family(name="everybody_improves", says="All units got it, and all were getting better anyway.",
           fault="no_comparison", settings={**_MANY, **_LONG}, seen_by=("no_comparison",)),
    Family(name="co_intervention", says="Something else reached the treated units at the start, as declared.",
           fault="co_event", settings=_MANY, seen_by=("concurrent_change",), decidable=False),
    Family(name="co_intervention_hidden", says="The same, and nothing on record tells of it.",
           fault="hidden_change", settings=_MANY, decidable=False),
    Family(name="co_intervention_traced", says="The same; it also moved a metric that the innovation cannot.",
           fault="hidden_event", settings=_MANY, seen_by=("negative_controls",), decidable=False),
    Family(name="comparator_drift", says="The comparison units got worse for reasons of their own.",
           fault="comparator_drift", settings=_MANY, seen_by=("comparator_drift", "comparison_jump"),
           decidable=False),
    Family(name="spillover", says="The units next door moved as well.",
           fault="spillover", settings=_MANY, follows=True, seen_by=("spillover",), hoped=(85, 95)),
    Family(name="displacement", says="The units next door got worse by as much as is claimed.",
           fault="displacement", settings=_MANY, seen_by=("displacement", "spillover")),
    Family(name="harm_elsewhere", says="Another measure of the treated units got worse.",
           fault="harm_elsewhere", settings=_MANY, seen_by=("balancing",)),
)  # fmt: skip

_AFTER = (
    Family(name="staggered_growing", says="Units started at three dates, and effects grow.",
           fault="growing_effects", settings=_MANY, follows=True, also=("forbidden_comparisons",),
           hoped=(95, 95)),
    Family(name="novelty", says="The effect was larger at first, and less later.",
           fault="novelty", settings=_MANY, follows=True, also=("fade_out",), hoped=(90, 95)),
    Family(name="outlier_month", says="One freak month makes an improvement.",
           fault="outlier_month", settings=_MANY, seen_by=("outliers",)),
    Family(name="one_site", says="One treated unit improved enough for all, for its own reasons.",
           fault="one_site", settings=_MANY, seen_by=("carried_by_few", "outliers")),
    Family(name="gain_in_provisional", says="Figures that are not final show a gain.",
           fault="provisional_gain", settings=_MANY, seen_by=("provisional_data",)),
)  # fmt: skip

_CHOSEN = (
    Family(name="cherry_picked_window", says="The most flattering windows are stated.",
           fault="cherry_picked_window", settings=_MANY, seen_by=("window",)),
    Family(name="best_of_36_windows", says="The best of 36 pairs of quarters is stated.",
           fault="best_of_36_windows", settings=_MANY, seen_by=("window",)),
    Family(name="best_of_12_metrics", says="Of twelve metrics one is claimed: the one that moved most, or the one that was meant.",
           fault="best_of_metrics", honest="many_metrics", settings=_MANY, seen_by=("metric",),
           hoped=(65, 90)),
    Family(name="best_sites", says="Of all units that got it those are claimed where it went well.",
           fault="best_sites", honest="all_adopters", settings=_MANY, seen_by=("adopters",)),
    Family(name="lucky_look", says="It was announced at the first lucky look, or looked at often.",
           fault="peeking", honest="looked_at_and_stopped", settings=_MANY, seen_by=("peeking",)),
)  # fmt: skip

_MEASURED = (
    Family(name="definition_flagged", says="All units changed the definition at the start, as recorded.",
           fault="redefined_everywhere", settings=_MANY, also=("comparison_jump",), hoped=(55, 90)),
    Family(name="definition_of_the_treated", says="Only the treated changed it, as recorded.",
           fault="definition_break", settings=_MANY, seen_by=("definition_break",), decidable=False),
    Family(name="definition_quiet", says="The treated no longer count the slowest cases, and say nothing.",
           fault="volume_shift", settings=_MANY, seen_by=("undeclared_break",), decidable=False),
    Family(name="attrition", says="The worst treated units stop reporting.",
           fault="attrition", settings=_MANY, seen_by=("attrition",)),
    Family(name="easier_cases", says="The treated get easier cases.",
           fault="easier_cases", settings=_MANY, seen_by=("case_mix",)),
    Family(name="denominator", says="The rate moves because more cases are counted.",
           fault="denominator_shift", settings={**_MANY, "size": 4.0}, seen_by=("rate_decomposition",)),
    Family(name="gaming", says="Cases that miss a target narrowly are recorded as met.",
           fault="gaming", settings=_MANY, seen_by=("bunching",), decidable=False),
    Family(name="heaping", says="Half of the values are guessed to the next five.",
           fault="heaped", settings={**_MANY, "noise": 6.0, "level": 60.0, "size": 12.0}, also=("heaping",),
           hoped=(85, 95)),
    Family(name="small_counts", says="Six cases a month.", fault="counts",
           settings={**_MANY, "level": 6.0, "unit_sd": 0.8, "noise": 0.4, "shock_sd": 0.2,
                     "season": 0.2},
           hoped=(45, 90)),
    Family(name="rare_zeros", says="One case a month, and often none.", fault="counts",
           settings={**_MANY, "level": 1.2, "size": 0.6, "unit_sd": 0.1, "noise": 0.1, "shock_sd": 0.03,
                     "season": 0.05}),
    Family(name="random_walks", says="Units wander, and keep what they gain or lose.",
           fault="random_walk", settings={**_MANY, "size": 3.3}, hoped=(90, 95)),
    Family(name="random_walk_one", says="One unit of thirty wanders, as all do.",
           fault="random_walk", settings={**_CITY, "size": 4.0}, also=("few_units",)),
)  # fmt: skip

_MIXED = (
    Family(name="bad_spell_and_pre_trend", says="Chosen after a bad quarter, and getting better already.",
           fault="bad_spell+pre_trend", settings={**_MANY, "strength": 0.5},
           seen_by=("pre_trend", "mean_reversion", "site_reversion")),
    Family(name="pre_trend_and_shock", says="Getting better already, and something reached all units.",
           fault="pre_trend+common_shock", settings=_MANY, seen_by=("pre_trend",),
           also=("comparison_jump",)),
    Family(name="outlier_and_heaping", says="One freak month, and half of the values guessed.",
           fault="outlier_month+heaped", settings={**_MANY, "noise": 6.0, "level": 60.0, "size": 12.0},
           seen_by=("outliers",), also=("heaping",)),
    Family(name="attrition_and_windows", says="The worst stop reporting, and the best windows are stated.",
           fault="attrition+best_of_36_windows", settings=_MANY, seen_by=("attrition", "window")),
    Family(name="spillover_and_pre_trend", says="The units next door moved, and all were getting better.",
           fault="spillover+pre_trend", settings={**_MANY, "strength": 0.5},
           seen_by=("spillover", "pre_trend")),
    Family(name="walks_and_shock", says="Units wander, and something reached all of them.",
           fault="random_walk+common_shock", settings={**_MANY, "size": 3.3}, also=("comparison_jump",)),
    Family(name="definition_and_event", says="The treated changed the definition while something else reached them.",
           fault="definition_break+co_event", settings=_MANY,
           seen_by=("definition_break", "concurrent_change"), decidable=False),
)  # fmt: skip

#: Two years before and a claim of 1.5, which no judge can have both that care and that power for.
_SHORT: dict[str, Any] = {"n_units": 40, "n_before": 24, "size": 1.5}
_SHORTER: dict[str, dict[str, Any]] = {
    "clean": _SHORT, "pre_trend": _SHORT, "pre_trend_half": _SHORT, "bad_spell": _SHORT,
    "anticipation": _SHORT, "one_city": {"n_before": 24},
    "few_clusters": {"n_before": 24, "size": 1.5},
}  # fmt: skip


def _with_short_record(family: Family) -> Family:
    """The family with an earlier, harder setting, and hopes as before."""
    return replace(
        family,
        name=f"{family.name}_short_record",
        says=f"{family.says} Two years before are known.",
        settings={**family.settings, **_SHORTER[family.name]},
    )


_STANDARD = (
    *_CLEAN, *_SERIES, *_BEFORE, *_BESIDE, *_AFTER, *_CHOSEN, *_MEASURED, *_MIXED,
)  # fmt: skip

#: Every family, in the order of the table.
FAMILIES: tuple[Family, ...] = (
    *_STANDARD, *(_with_short_record(family) for family in _STANDARD if family.name in _SHORTER),
)  # fmt: skip
