"""Checks: every way in which a claim can be untrue though its numbers are real."""

from innoeval.checks.base import Case, Check, Measurement
from innoeval.checks.suite import CHECKS, examine

__all__ = ["CHECKS", "Case", "Check", "Measurement", "examine"]
