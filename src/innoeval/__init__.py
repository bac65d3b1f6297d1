"""innoeval tells whether the improvements claimed for public-service innovations hold up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from innoeval import errors
from innoeval.assess import assess  # loaded at once: its module has the same name
from innoeval.evaluate import evaluate  # loaded at once: its module has the same name
from innoeval.plan import plan  # likewise
from innoeval.records import Claim, Estimate, Evaluation, Event, Finding, Panel, Policy, Verdict
from innoeval.sources.service_records import records  # likewise, after the room of that name

if TYPE_CHECKING:
    from innoeval import (
        calibration,
        checks,
        designs,
        inference,
        plots,
        portfolio,
        sensitivity,
        simulate,
    )
    from innoeval.briefs import write_brief
    from innoeval.briefs.read import read_evaluation
    from innoeval.calibration import calibrate
    from innoeval.claims import ClaimRegister, Ledger, read_claims, read_ledger, register_claims
    from innoeval.portfolio import Portfolio, evaluate_all, pool, read_portfolio, write_briefs
    from innoeval.portfolio.report import write_portfolio
    from innoeval.records.verification import Verification
    from innoeval.sources import metrics, profile, read_panel
    from innoeval.verification import verify

__version__ = "0.1.0"

#: Name -> module that holds it; loaded when first asked for, so that importing innoeval costs
#: little more than importing pandas.
_LATER = {
    "read_panel": "innoeval.sources",
    "metrics": "innoeval.sources",
    "profile": "innoeval.sources",
    "read_claims": "innoeval.claims",
    "ClaimRegister": "innoeval.claims",
    "Ledger": "innoeval.claims",
    "read_ledger": "innoeval.claims",
    "register_claims": "innoeval.claims",
    "read_evaluation": "innoeval.briefs.read",
    "Verification": "innoeval.records.verification",
    "verify": "innoeval.verification",
    "write_brief": "innoeval.briefs",
    "calibrate": "innoeval.calibration",
    "Portfolio": "innoeval.portfolio",
    "evaluate_all": "innoeval.portfolio",
    "pool": "innoeval.portfolio",
    "read_portfolio": "innoeval.portfolio",
    "write_briefs": "innoeval.portfolio",
    "write_portfolio": "innoeval.portfolio.report",
}
_ROOMS = (
    "calibration",
    "checks",
    "designs",
    "inference",
    "plots",
    "portfolio",
    "sensitivity",
    "simulate",
)

__all__ = [
    "Claim",
    "ClaimRegister",
    "Estimate",
    "Evaluation",
    "Event",
    "Finding",
    "Ledger",
    "Panel",
    "Policy",
    "Portfolio",
    "Verdict",
    "Verification",
    "assess",
    "calibrate",
    "calibration",
    "checks",
    "designs",
    "errors",
    "evaluate",
    "evaluate_all",
    "inference",
    "metrics",
    "plan",
    "plots",
    "pool",
    "portfolio",
    "profile",
    "read_claims",
    "read_evaluation",
    "read_ledger",
    "read_panel",
    "read_portfolio",
    "records",
    "register_claims",
    "sensitivity",
    "simulate",
    "verify",
    "write_brief",
    "write_briefs",
    "write_portfolio",
]


def __getattr__(name: str) -> object:
    if name in _LATER:
        value = getattr(import_module(_LATER[name]), name)
    elif name in _ROOMS:
        value = import_module(f"innoeval.{name}")
    else:
        raise AttributeError(f"module 'innoeval' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
