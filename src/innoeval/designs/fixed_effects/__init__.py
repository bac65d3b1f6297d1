"""Regressions with unit and period effects, and what repairs them under staggered adoption."""
