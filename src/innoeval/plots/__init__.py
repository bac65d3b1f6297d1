"""Plots: axes in, axes out; the only room that knows matplotlib."""

from innoeval.plots.against import claim_against_estimate, describe_claim_against_estimate
from innoeval.plots.answers import describe_findings, findings
from innoeval.plots.claims_map import describe_portfolio_map, portfolio_map
from innoeval.plots.control import control_chart, describe_control_chart
from innoeval.plots.curve import describe_specification_curve, specification_curve
from innoeval.plots.decomposition import bacon_decomposition, describe_bacon_decomposition
from innoeval.plots.donors import describe_donor_weights, donor_weights
from innoeval.plots.event_times import describe_event_study, event_study
from innoeval.plots.forest import describe_forest, forest
from innoeval.plots.lines import counterfactual, describe_counterfactual
from innoeval.plots.placebos import describe_placebo_distribution, placebo_distribution
from innoeval.plots.severity import describe_severity_curve, severity_curve
from innoeval.plots.steps import describe_sequence, sequence
from innoeval.plots.tiles import coverage, describe_coverage
from innoeval.plots.windows import describe_window_multiverse, window_multiverse

__all__ = [
    "bacon_decomposition",
    "claim_against_estimate",
    "control_chart",
    "counterfactual",
    "coverage",
    "describe_bacon_decomposition",
    "describe_claim_against_estimate",
    "describe_control_chart",
    "describe_counterfactual",
    "describe_coverage",
    "describe_donor_weights",
    "describe_event_study",
    "describe_findings",
    "describe_forest",
    "describe_placebo_distribution",
    "describe_portfolio_map",
    "describe_sequence",
    "describe_severity_curve",
    "describe_specification_curve",
    "describe_window_multiverse",
    "donor_weights",
    "event_study",
    "findings",
    "forest",
    "placebo_distribution",
    "portfolio_map",
    "sequence",
    "severity_curve",
    "specification_curve",
    "window_multiverse",
]
