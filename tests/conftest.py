"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from runpy import run_path

import pytest

from innoeval.records import Evaluation


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: looking through them for garbage again and again is vain."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data with published results; it is never committed."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("INNOEVAL_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"the folder of published data is not beside this checkout ({folder.name})")
    return folder


@pytest.fixture(scope="session")
def build() -> Callable[..., Evaluation]:
    """Makes an evaluation by hand: see tests/evaluations.py."""
    made: Callable[..., Evaluation] = run_path(str(Path(__file__).with_name("evaluations.py")))[
        "build"
    ]
    return made
