"""Portfolios: many claims at once, resumable, on one machine or a cluster."""

from innoeval.portfolio.adjust import Lists, tally, two_lists
from innoeval.portfolio.briefs import Briefs, write_briefs
from innoeval.portfolio.equity import Equity, Gap, who_gained
from innoeval.portfolio.panels import PanelDataset, PanelSource, PanelTable
from innoeval.portfolio.pool import Pools, pool
from innoeval.portfolio.ranking import rank
from innoeval.portfolio.run import evaluate_all, read_portfolio
from innoeval.portfolio.sequence import versions, watch
from innoeval.records.pooled import Pooled
from innoeval.records.portfolio import Portfolio

__all__ = [
    "Briefs",
    "Equity",
    "Gap",
    "Lists",
    "PanelDataset",
    "PanelSource",
    "PanelTable",
    "Pooled",
    "Pools",
    "Portfolio",
    "evaluate_all",
    "pool",
    "rank",
    "read_portfolio",
    "tally",
    "two_lists",
    "versions",
    "watch",
    "who_gained",
    "write_briefs",
]
