"""Robust intervals for event studies whose trends may have parted (Rambachan & Roth 2023)."""

from innoeval.stats.honest.folded import folded_normal_quantile
from innoeval.stats.honest.relative import relative_breakdown, relative_magnitudes
from innoeval.stats.honest.smooth import smoothness, smoothness_breakdown

__all__ = [
    "folded_normal_quantile",
    "relative_breakdown",
    "relative_magnitudes",
    "smoothness",
    "smoothness_breakdown",
]
