"""Arithmetic on arrays only: no pandas, no record."""
