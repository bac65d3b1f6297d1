"""Published standards of evidence, item by item, each with the rule that gave its answer."""

from __future__ import annotations

from collections.abc import Callable

from innoeval.decide.standards.eef import padlocks
from innoeval.decide.standards.epoc import interrupted_series, minimum
from innoeval.decide.standards.evidence import Evidence
from innoeval.decide.standards.maryland import maryland
from innoeval.decide.standards.nesta import nesta
from innoeval.decide.standards.robins import robins
from innoeval.decide.standards.tidier import tidier
from innoeval.decide.standards.wwc import baseline_equivalence
from innoeval.records.verdict import Standard

__all__ = ["STANDARDS", "Evidence", "standards"]

#: Every standard; each gives none, one or several scores.
STANDARDS: tuple[Callable[[Evidence], tuple[Standard, ...]], ...] = (
    maryland,
    nesta,
    baseline_equivalence,
    padlocks,
    interrupted_series,
    minimum,
    tidier,
    robins,
)


def standards(evidence: Evidence) -> tuple[Standard, ...]:
    """Scores on every standard that applies.

    Parameters
    ----------
    evidence
        The claim and what was found about it.
    """
    return tuple(score for of in STANDARDS for score in of(evidence))
