"""Claim registers: read, validated, frozen under a digest, and held against a panel."""

from innoeval.claims.read import read_claims
from innoeval.claims.register import ClaimRegister, hold_against

__all__ = ["ClaimRegister", "hold_against", "read_claims"]
