"""Portfolios: many claims at once, resumable, on one machine or a cluster."""

from innoeval.portfolio.panels import PanelDataset, PanelSource
from innoeval.portfolio.run import evaluate_all, read_portfolio
from innoeval.records.portfolio import Portfolio

__all__ = ["PanelDataset", "PanelSource", "Portfolio", "evaluate_all", "read_portfolio"]
