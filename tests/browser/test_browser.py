"""Pages in Debian's Chromium: used by mouse and keys, examined by axe-core, and timed.

`make browser` brings the two packages that drive it; the tests themselves are in the .mjs files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.browser.pages import write

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
    pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "playwright-core").is_dir(),
        reason="Playwright and axe-core are not installed; `make browser` installs them",
    ),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    write(folder)
    return folder


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_in_a_browser(name: str, pages: Path) -> None:
    environment = {**os.environ, "INNOEVAL_PAGES": str(pages), "CHROMIUM": str(CHROMIUM)}
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", HERE / name],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        if "median" in line or "judged by" in line:
            sys.stdout.write(f"{line}\n")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
