"""Interrupted time series: one series, its own past as the comparison."""

from innoeval.designs.its.segmented import SegmentedRegression

__all__ = ["SegmentedRegression"]
