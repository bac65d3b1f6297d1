"""Families of simulated claims for the calibration of checks: a fault, its size, and who should see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Target = Literal["structural", "statistical", ""]

#: Smallest share of draws in which a fault of each kind has to be found.
TARGETS: dict[Target, float] = {"structural": 0.9, "statistical": 0.6}


@dataclass(frozen=True, kw_only=True)
class Family:
    """Scenarios of one kind, and the check that should see their fault.

    `stated`: whether a claim without windows is given the natural ones. `clean`: no check should
    find a problem, so that every problem is a false alarm. `target`: how often the fault has to
    be found. `draws`: share of the asked draws that are made, for families that take long.
    """

    name: str
    fault: str = "none"
    seen_by: str = ""
    target: Target = ""
    clean: bool = False
    settings: dict[str, object] = field(default_factory=dict)
    stated: bool = True
    draws: float = 1.0


LONG = {"n_before": 48, "n_after": 24}
ONE = {"n_units": 1, "n_treated": 1, "shock_sd": 0.0, "size": 2.0, **LONG}
DONORS = {"n_treated": 1, "n_units": 30, "size": 2.0}

GENERAL = (
    Family(name="clean: 10 of 40 units, true", clean=True),
    Family(name="clean: 10 of 40 units, half true", settings={"true_share": 0.5}, clean=True),
    Family(name="clean: 10 of 40 units, null", fault="null", clean=True),
    Family(name="clean: 10 of 40 units, harmful", fault="harmful", clean=True),
    Family(name="clean: twice the size, true", settings={"size": 2.0}, clean=True),
    Family(name="clean: 4 of 30 units, true", settings={"n_treated": 4, "n_units": 30}, clean=True),
    Family(name="one unit of 30, true", settings=DONORS, clean=True, draws=0.5),
    Family(name="one unit of 30, null", fault="few_units", settings={"n_units": 30, "size": 2.0},
           clean=True, draws=0.5),
    Family(name="one unit of 30, null, ρ = .8", fault="few_units", seen_by="few_units",
           settings={"n_units": 30, "size": 2.0, "rho": 0.8}, draws=0.5),
    Family(name="single series of 72, true", seen_by="no_comparison", settings=ONE, draws=0.5),
    Family(name="single series of 72, null", fault="null", seen_by="no_comparison", settings=ONE,
           draws=0.5),
    Family(name="pre-trend", fault="pre_trend", seen_by="pre_trend"),
    Family(name="pre-trend worth half the claim", fault="pre_trend", seen_by="pre_trend",
           settings={"strength": 0.5}, target="statistical"),
    Family(name="pre-trend worth half a claim of 2 SD", fault="pre_trend", seen_by="pre_trend",
           settings={"strength": 0.5, "size": 2.0}, target="statistical"),
    Family(name="bad spell of 1.5 SD, 10 of 40", fault="bad_spell", seen_by="mean_reversion",
           target="statistical"),
    Family(name="bad spell, 5 periods before", fault="bad_spell", seen_by="mean_reversion",
           settings={"n_before": 5}),
    Family(name="bad spell of 6 periods", fault="bad_spell", seen_by="mean_reversion",
           settings={"spell": 6}),
    Family(name="bad spell of 6, 12 + 12, ρ = .7", fault="bad_spell", seen_by="mean_reversion",
           settings={"spell": 6, "rho": 0.7, "n_before": 12, "size": 0.6}),
    Family(name="bad spell, single series", fault="bad_spell", seen_by="mean_reversion",
           settings=ONE, draws=0.5),
    Family(name="cherry-picked window", fault="cherry_picked_window", seen_by="window",
           target="statistical"),
    Family(name="calendar mismatch", fault="calendar_mismatch", seen_by="calendar_mismatch",
           target="structural"),
    Family(name="definition break", fault="definition_break", seen_by="definition_break",
           target="structural"),
    Family(name="co-event of the treated", fault="co_event", seen_by="concurrent_change",
           target="structural"),
    Family(name="shock shared by all", fault="common_shock", seen_by="comparison_jump"),
    Family(name="everybody treated, trend", fault="no_comparison", seen_by="no_comparison",
           settings=LONG, draws=0.5),
)  # fmt: skip

TIMING = (
    Family(name="anticipation of 3 periods", fault="anticipation", seen_by="anticipation",
           target="statistical"),
    Family(name="fade to zero", fault="fade_out", seen_by="fade_out", target="statistical"),
    Family(name="fade to zero over 24 periods", fault="fade_out", seen_by="fade_out",
           settings={"n_after": 24}, target="statistical"),
    Family(name="outlier month", fault="outlier_month", seen_by="outliers", target="structural"),
    Family(name="best of 36 windows", fault="best_of_36_windows", seen_by="window",
           target="statistical"),
    Family(name="comparison units get worse", fault="comparator_drift",
           seen_by="comparator_drift"),
    Family(name="comparison units get worse by 2 SD", fault="comparator_drift",
           seen_by="comparator_drift", target="structural", settings={"size": 2.0}),
    Family(name="forbidden comparisons, growing effects", fault="growing_effects",
           seen_by="forbidden_comparisons", draws=0.5),
    Family(name="forbidden comparisons, effects of 2 SD", fault="growing_effects",
           seen_by="forbidden_comparisons", target="structural", settings={"size": 2.0}, draws=0.5),
)  # fmt: skip

SITES = (
    Family(name="everything recorded, true", fault="recorded", clean=True),
    Family(name="everything recorded, null", fault="recorded", settings={"true_share": 0.0},
           clean=True),
    Family(name="twelve metrics, one meant to move", fault="many_metrics", clean=True),
    Family(name="twelve metrics, null", fault="many_metrics", settings={"true_share": 0.0},
           clean=True),
    Family(name="twelve metrics, half true", fault="many_metrics", settings={"true_share": 0.5},
           clean=True),
    Family(name="all adopters claimed, null", fault="all_adopters", clean=True),
    Family(name="best of 12 metrics", fault="best_of_metrics", seen_by="metric",
           target="statistical"),
    Family(name="best sites claimed", fault="best_sites", seen_by="adopters", target="structural"),
    Family(name="one site carries it", fault="one_site", seen_by="carried_by_few"),
    Family(name="worst sites chosen", fault="worst_sites", seen_by="site_reversion",
           settings={"unit_sd": 0.2}),
    Family(name="spillover to neighbours", fault="spillover", seen_by="spillover",
           target="structural"),
    Family(name="displacement to neighbours", fault="displacement", seen_by="displacement",
           target="structural"),
    Family(name="attrition of the worst", fault="attrition", seen_by="attrition",
           target="structural"),
    Family(name="easier cases", fault="easier_cases", seen_by="case_mix", target="structural"),
    Family(name="harm elsewhere", fault="harm_elsewhere", seen_by="balancing"),
    Family(name="hidden event, negative control", fault="hidden_event",
           seen_by="negative_controls"),
)  # fmt: skip

SHARE = {"level": 60.0, "size": 5.0, "better": "higher"}
MEASURES = (
    Family(name="cases counted, true", fault="with_cases", clean=True),
    Family(name="cases counted, one unit of 30", fault="with_cases", settings=DONORS, clean=True,
           draws=0.3),
    Family(name="cases counted, single series", fault="with_cases", settings=ONE, clean=True,
           seen_by="no_comparison", draws=0.3),
    Family(name="a rate, true", fault="rate", settings={"size": 2.0}, clean=True),
    Family(name="a rate, null", fault="rate", settings={"true_share": 0.0}, clean=True),
    Family(name="whole numbers, true, ρ = .8", fault="rounded", settings={"rho": 0.8}, clean=True),
    Family(name="tenths, true", fault="tenths", clean=True),
    Family(name="cases near a target, true", fault="with_near_target", clean=True),
    Family(name="provisional figures, true", fault="with_provisional", clean=True),
    Family(name="looked at before, true", fault="looked_at", clean=True),
    Family(name="looked at before, null", fault="looked_at", settings={"true_share": 0.0},
           clean=True),
    Family(name="a share in points, true", fault="share", settings=SHARE, clean=True),
    Family(name="in per cent, true", fault="in_per_cent", clean=True),
    Family(name="registered, true", fault="registered", clean=True, draws=0.3),
    Family(name="volume falls by a quarter", fault="volume_shift", seen_by="undeclared_break",
           target="structural"),
    Family(name="volume falls by a quarter, one unit of 30", fault="volume_shift",
           seen_by="undeclared_break", settings=DONORS, target="structural", draws=0.3),
    Family(name="volume falls by a quarter, single series", fault="volume_shift",
           seen_by="undeclared_break", settings=ONE, target="structural", draws=0.3),
    Family(name="decimals left off", fault="rounded_down", seen_by="undeclared_break",
           target="structural"),
    Family(name="denominator grows by a quarter", fault="denominator_shift",
           seen_by="rate_decomposition", settings={"size": 4.0}, target="structural"),
    Family(name="cases moved over a target", fault="gaming", seen_by="bunching",
           target="structural"),
    Family(name="cases moved over a target, one unit of 30", fault="gaming", seen_by="bunching",
           settings=DONORS, target="structural", draws=0.3),
    Family(name="gain in provisional figures", fault="provisional_gain",
           seen_by="provisional_data", target="structural"),
    Family(name="late records are missing", fault="late_records", seen_by="provisional_data",
           target="structural"),
    Family(name="announced at the first lucky look", fault="peeking", seen_by="peeking",
           target="statistical"),
    Family(name="per cent announced as points", fault="percent_for_points",
           seen_by="percent_points", settings=SHARE, target="structural"),
    Family(name="a third of two cases", fault="tiny_baseline", seen_by="absolute_size",
           settings={"level": 2.0, "size": 2 / 3, "unit_sd": 0.1}, target="structural"),
    Family(name="registered afterwards", fault="registered_late", seen_by="registration",
           target="structural", draws=0.3),
    Family(name="half of the values guessed", fault="heaped", seen_by="heaping",
           settings={"noise": 6.0, "level": 60.0}, target="structural"),
    Family(name="half a year copied", fault="copied_rows", seen_by="repeated_numbers",
           target="structural"),
)  # fmt: skip

#: Every family; a theme's families stand in a tuple of their own and are added here in one line.
FAMILIES: tuple[Family, ...] = (
    *GENERAL,
    *TIMING,
    *SITES,
    *MEASURES,
)
