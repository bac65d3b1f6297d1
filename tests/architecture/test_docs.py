"""The documentation: its links lead somewhere, and every design and check has its page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from innoeval.checks import CHECKS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if not {"_build", "made", "registry", "notebooks", "data"} & set(path.relative_to(ROOT).parts)
)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)")
#: Pages that only exist in the site: made from the code, or brought under its roof.
_MADE = ("registry/", "notebooks/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        where = (page.parent / target).resolve()
        inside = (
            where.relative_to(ROOT / "docs").as_posix()
            if where.is_relative_to(ROOT / "docs")
            else ""
        )
        if inside.startswith("notebooks/"):
            where = ROOT / inside
        if not where.exists() and not inside.startswith("registry/"):
            broken.append(target)
    assert not broken


def registry_pages() -> object:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import registry_pages as made
    finally:
        sys.path.pop(0)
    return made


def test_every_design_has_a_page_that_leads_to_its_method_and_its_errors(tmp_path: Path) -> None:
    made = registry_pages()
    designs = made.designs()
    assert set(designs) == set(made.DESIGNS), (
        "name the method and the calibration page of each design"
    )
    for name, (method, calibration) in made.DESIGNS.items():
        assert name in (ROOT / f"docs/methods/{method}.md").read_text(encoding="utf-8"), name
        assert (ROOT / f"docs/calibration/{calibration}.md").is_file(), name
    made.write(tmp_path)
    written = {path.stem for path in tmp_path.glob("*.md")}
    assert written == {*designs, *(check.name for check in CHECKS), "index"}


def test_the_figure_of_designs_is_what_its_command_draws() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import make_decision_figure
    finally:
        sys.path.pop(0)
    drawn = (ROOT / "docs/images/which-design.svg").read_text(encoding="utf-8")
    assert drawn == make_decision_figure.draw()
