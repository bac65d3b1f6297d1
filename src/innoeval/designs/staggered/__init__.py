"""Staggered adoption: group-time effects of units that start at different dates."""

from innoeval.designs.staggered.callaway_santanna import CallawaySantAnna

__all__ = ["CallawaySantAnna"]
