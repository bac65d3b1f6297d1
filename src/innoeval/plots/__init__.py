"""Plots: axes in, axes out; the only room that knows matplotlib."""

from innoeval.plots.against import claim_against_estimate, describe_claim_against_estimate
from innoeval.plots.answers import describe_findings, findings
from innoeval.plots.curve import describe_specification_curve, specification_curve
from innoeval.plots.forest import describe_forest, forest
from innoeval.plots.lines import counterfactual, describe_counterfactual
from innoeval.plots.tiles import coverage, describe_coverage

__all__ = [
    "claim_against_estimate",
    "counterfactual",
    "coverage",
    "describe_claim_against_estimate",
    "describe_counterfactual",
    "describe_coverage",
    "describe_findings",
    "describe_forest",
    "describe_specification_curve",
    "findings",
    "forest",
    "specification_curve",
]
