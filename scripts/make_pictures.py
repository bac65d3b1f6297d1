"""Redraws the pictures of the README from what the library really shows.

Needs pdftoppm (poppler-utils) and Chromium on the path; run it with `make pictures`.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbclient
import nbformat
from PIL import Image

import innoeval as ie

REPO = Path(__file__).resolve().parents[1]
IMAGES = REPO / "docs" / "images"
WIDTH = 1000
PAGE = f"""<!doctype html><meta charset="utf-8"><style>
body {{ font: 15px/1.45 "DejaVu Sans", sans-serif; margin: 16px 24px; width: {WIDTH - 48}px; color: #1d2733;
       background: #fff; }}
pre {{ font: 13px/1.4 "DejaVu Sans Mono", monospace; background: #f4f6f8; border-left: 3px solid #27598a;
      padding: 8px 12px; margin: 14px 0 8px; }}
td, th {{ padding: 4px 14px 4px 0; vertical-align: top; font-size: 13px; }}
caption {{ font-weight: bold; padding: 4px 0; }} img {{ max-width: 100%; }}
</style>"""


def tool(*names: str) -> str:
    """Path of the first command that is there."""
    for name in names:
        if found := shutil.which(name):
            return found
    sys.exit(f"{' or '.join(names)} is needed and was not found; install it first")


def save(picture: Image.Image, name: str) -> None:
    """Write a picture with few colours, so that it stays small."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    target = IMAGES / name
    picture.convert("RGB").quantize(128).save(target, optimize=True)
    print(f"{target.relative_to(REPO)}: {target.stat().st_size // 1024} kB")


def brief(folder: Path) -> None:
    """The first page of the brief about the one-stop desk."""
    panel = ie.read_panel(
        REPO / "data/sample/permits.csv", unit="district", period="month",
        outcomes=["median_days", "backlog"], balancing={"reopened_share": "lower"},
        denominator="applications",
    )  # fmt: skip
    claim = ie.read_claims(REPO / "data/sample/claims.csv")["one-stop-desk"]
    file = ie.write_brief(ie.evaluate(claim, panel), folder / "brief.pdf")
    command = [tool("pdftoppm"), "-r", "90", "-png", "-singlefile", "-f", "1", str(file)]
    subprocess.run([*command, str(folder / "brief")], check=True, capture_output=True)
    save(Image.open(folder / "brief.png"), "brief.png")


def notebook(folder: Path) -> None:
    """The notebook's card and its first figure, as it was executed just now."""
    path = REPO / "notebooks" / "01-first-evaluation.ipynb"
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(book, resources={"metadata": {"path": path.parent}}).execute()
    parts = [PAGE]
    for cell in book.cells[1:6]:
        if cell.cell_type == "code":
            parts.append(f"<pre>{html.escape(cell.source)}</pre>")
            parts += [_shown(output) for output in cell.outputs]
    page = folder / "notebook.html"
    page.write_text("\n".join(parts), encoding="utf-8")
    shot = folder / "notebook.png"
    subprocess.run(
        [tool("chromium", "chromium-browser", "google-chrome"), "--headless", "--no-sandbox",
         "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run",
         f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},2600",
         f"--screenshot={shot}", page.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
    save(_trimmed(Image.open(shot)), "notebook.png")


def _shown(output: nbformat.NotebookNode) -> str:
    """An output as a notebook shows it: the richest form that it has."""
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    if "image/png" in data:
        return f'<img src="data:image/png;base64,{data["image/png"].strip()}">'
    return f"<div>{html.escape(output.get('text', '')).replace(chr(10), '<br>')}</div>"


def _trimmed(picture: Image.Image) -> Image.Image:
    """The picture without the white below its content."""
    grey = picture.convert("L").point(lambda value: 255 if value < 250 else 0)
    box = grey.getbbox() or (0, 0, *picture.size)
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + 16)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        brief(Path(place))
        notebook(Path(place))
