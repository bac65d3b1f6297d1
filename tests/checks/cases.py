"""Cases for checks, made the way `evaluate` makes them."""

from __future__ import annotations

from innoeval.evaluate import evaluate
from innoeval.records import Claim, Finding, Panel


def finding(check: str, claim: Claim, panel: Panel) -> Finding:
    """The answer of one check on a claim and panel."""
    found = {f.check: f for f in evaluate(claim, panel).findings}
    return found[check]
