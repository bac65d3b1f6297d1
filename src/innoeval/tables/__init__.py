"""Tables: a file or a data frame as columns of cells, with the row numbers that people see."""

from innoeval.tables.columns import Reading, Suppressed, read_figures
from innoeval.tables.figures import Decimal, figure_like
from innoeval.tables.files import read_table
from innoeval.tables.harmless import csv_text
from innoeval.tables.table import Table, distinct, is_blank, quoted, squash, table_of_frame

__all__ = [
    "Decimal",
    "Reading",
    "Suppressed",
    "Table",
    "csv_text",
    "distinct",
    "figure_like",
    "is_blank",
    "quoted",
    "read_figures",
    "read_table",
    "squash",
    "table_of_frame",
]
