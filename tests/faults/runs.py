"""A run that is half done, and what it must come to in the end."""

from __future__ import annotations

import atexit
import pickle
import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.portfolio.portfolios import own_panels

import innoeval as ie
from innoeval.records import Claim, Panel


class Half(NamedTuple):
    """Four claims, of which two are done, each in a file of its own."""

    claims: list[Claim]
    panels: dict[str, Panel]
    folder: Path

    def go_on(self, **other: bool) -> ie.Portfolio:
        """The rest of the run."""
        return ie.evaluate_all(
            self.claims, self.panels, resume=self.folder, chunk_size=1, progress=False, **other
        )

    def whole(self) -> bool:
        """Whether going on gives every claim once, and the bytes of a run that nothing met."""
        portfolio = self.go_on()
        assert set(Counter(portfolio.ids).values()) == {1}
        assert list(self.folder.glob(".draft-*")) == []
        return tidy(portfolio) == tidy(undisturbed())


def half(folder: Path) -> Half:
    """A run that is half done."""
    shutil.copytree(_made(), folder)
    return Half(*own_panels(4), folder)


@cache
def undisturbed() -> ie.Portfolio:
    """The same claims in a run that nothing met."""
    return ie.evaluate_all(*own_panels(4), progress=False)


@cache
def _made() -> Path:
    claims, panels = own_panels(4)
    folder = Path(tempfile.mkdtemp(), "run.parquet")
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    ie.evaluate_all(claims[:2], panels, resume=folder, chunk_size=1, progress=False)
    return folder


def tidy(portfolio: ie.Portfolio) -> bytes:
    """Every row, byte for byte."""
    return pickle.dumps(portfolio.tidy().to_dict("list"))
