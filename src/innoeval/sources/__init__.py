"""Sources: where panels are read from, and everything that dirty exports need."""

from innoeval.sources.read import read_panel

__all__ = ["read_panel"]
