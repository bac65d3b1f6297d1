"""Claim registers: read, validated, frozen under a digest, and held against a panel."""

from innoeval.claims.append import read_ledger, register_claims
from innoeval.claims.ledger import Breach, Entry, Ledger, held_against
from innoeval.claims.read import read_claims
from innoeval.claims.register import ClaimRegister, hold_against

__all__ = [
    "Breach",
    "ClaimRegister",
    "Entry",
    "Ledger",
    "held_against",
    "hold_against",
    "read_claims",
    "read_ledger",
    "register_claims",
]
