"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data with published results; it is never committed."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("INNOEVAL_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"the folder of published data is not beside this checkout ({folder.name})")
    return folder
