"""Tables: a file or a data frame as columns of cells, with the row numbers that people see."""

from innoeval.tables.figures import Reading, figure_like, read_figures
from innoeval.tables.files import read_table
from innoeval.tables.table import Table, nearest, squash, table_of_frame

__all__ = [
    "Reading",
    "Table",
    "figure_like",
    "figure_like, read_figures",
    "nearest",
    "read_figures",
    "read_table",
    "squash",
    "table_of_frame",
]
