"""Reports of a portfolio for people: a page to sort and search, and a PDF to hand out."""

from innoeval.portfolio.report.write import write_portfolio

__all__ = ["write_portfolio"]
