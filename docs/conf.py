"""How the documentation site is made: `make site`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

import innoeval

HERE = Path(__file__).parent

project = "innoeval"
author = "The innoeval developers"
project_copyright = author
release = metadata.version("innoeval")
html_title = "innoeval"

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]

# `make site` shows the notebooks as they run; the gate runs them by themselves, and here reads only their words.
nb_execution_mode = os.environ.get("INNOEVAL_NOTEBOOKS", "off")
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"
#: What stands at the top is not told twice.
autosummary_context = {"top": innoeval.__all__}
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_static_path = ["images"]
html_show_sourcelink = False
html_copy_source = False


def notebooks(*_: object) -> None:
    """Bring the notebooks under the documentation's roof, and the sample that they read beside them."""
    for source, shown in (("notebooks", "notebooks"), ("data/sample", "data/sample")):
        shutil.rmtree(HERE / shown, ignore_errors=True)
        shutil.copytree(HERE.parent / source, HERE / shown, ignore=shutil.ignore_patterns(".*"))


def registry(*_: object) -> None:
    """Write a page for each design and check."""
    sys.path.insert(0, str(HERE))
    from registry_pages import write

    shutil.rmtree(HERE / "reference" / "made", ignore_errors=True)
    shutil.rmtree(HERE / "registry", ignore_errors=True)
    write(HERE / "registry")


_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(((?:\.\./)+[^)#\s]*)(#[^)]*)?\)")


def relink(_app: object, name: str, source: list[str]) -> None:
    """Lead links to notebooks to where the site has them; files that it has not are only named."""
    folder = (HERE / name).parent
    origin = HERE.parent / "notebooks" if name.startswith("notebooks/") else folder

    def placed(found: re.Match[str]) -> str:
        words, target, rest = found.group(1), found.group(2), found.group(3) or ""
        where = Path(os.path.normpath(origin / target))
        if where.is_relative_to(HERE):
            return f"[{words}]({os.path.relpath(where, folder)}{rest})"
        inside = where.relative_to(HERE.parent) if where.is_relative_to(HERE.parent) else where
        if inside.parts[:1] == ("notebooks",):
            return f"[{words}]({os.path.relpath(HERE / inside, folder)}{rest})"
        return words

    source[0] = _LINK.sub(placed, source[0])


def setup(app: object) -> None:
    """Sphinx asks for this by name."""
    app.connect("builder-inited", registry, priority=100)  # type: ignore[attr-defined] - likewise
    app.connect("source-read", relink)  # type: ignore[attr-defined] - likewise
    app.connect("builder-inited", notebooks, priority=100)  # type: ignore[attr-defined] - Sphinx is not a dependency of the types
