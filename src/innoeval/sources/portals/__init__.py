"""Open-data portals: a table behind an address, page by page, to a file that is kept."""

from innoeval.sources.portals.store import Download, download

__all__ = ["Download", "download"]
