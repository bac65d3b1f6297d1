"""What a screen reader meets in a PDF: its structure tree, walked element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject


@dataclass(slots=True)
class Element:
    """One element of the tree: its kind, its own attributes, its text, and what is inside."""

    kind: str
    alt: str
    lang: str
    scope: str
    depth: int
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def every(self) -> Iterator[Element]:
        """This element and all below it, in reading order."""
        yield self
        for element in self.inside:
            yield from element.every()

    @property
    def words(self) -> str:
        """All text in reading order; elements stand apart, spaces that do not break are plain."""
        parts = (f" {e.text}" if e.kind else e.text for e in self.every())
        return " ".join("".join(parts).replace("\u200b", "").split())


def examined(content: bytes) -> tuple[Element, list[str]]:
    """The structure tree of a PDF, and what in it would stop somebody who cannot see it.

    Each element has the text that is marked as its own.
    """
    reader = PdfReader(BytesIO(content))
    root, texts, loose = reader.trailer["/Root"], {}, []
    for page in reader.pages:
        marked, outside = _texts(page, reader)
        if page.indirect_reference:
            texts[page.indirect_reference.idnum] = marked
        loose.append(outside)
    top = Element("Root", "", "", "", 0)
    _walk(root["/StructTreeRoot"].get("/K"), top, texts, None)
    elements, found = list(top.every()), []
    if not root.get("/Lang"):
        found.append("the document has no language")
    if not (reader.metadata and reader.metadata.title):
        found.append("the document has no title")
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        found.append("its title is not what a window shows")
    found += _heading_faults([e for e in elements if re.fullmatch(r"H[1-6]", e.kind)])
    found += [
        f"a {e.kind} has no alternative text" for e in elements if e.kind == "Figure" and not e.alt
    ]
    for table in (element for element in elements if element.kind == "Table"):
        found += _table_faults(table)
    for number, (page, outside) in enumerate(zip(reader.pages, loose, strict=True), 1):
        if page.get("/Tabs") != "/S":
            found.append(f"page {number}: tabs do not follow the structure")
        if outside:
            found.append(f"page {number}: text outside of any mark: {outside[:40]!r}")
    return top, found


def _heading_faults(headings: list[Element]) -> list[str]:
    levels = [int(heading.kind[1]) for heading in headings]
    found = (
        [] if levels.count(1) == 1 and levels[:1] == [1] else ["there is not one H1, at the start"]
    )
    found += [
        f"'{heading.words}' skips a level"
        for before, level, heading in zip(levels, levels[1:], headings[1:], strict=False)
        if level > before + 1
    ]
    return found + [f"an empty {heading.kind}" for heading in headings if not heading.words.strip()]


def _table_faults(table: Element) -> list[str]:
    cells = [element for element in table.every() if element.kind in {"TH", "TD"}]
    heads = [cell for cell in cells if cell.kind == "TH"]
    found = [] if heads else ["a table has no header"]
    found += [
        f"header '{h.words}' has no scope"
        for h in heads
        if h.scope not in {"Column", "Row", "Both"}
    ]
    return found + [f"an empty {cell.kind}" for cell in heads if not cell.words.strip()]


def _walk(
    node: Any, parent: Element, texts: Mapping[int, Mapping[int, str]], page: int | None
) -> None:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            _walk(child, parent, texts, page)
    elif isinstance(node, int):
        parent.inside.append(
            Element("", "", "", "", parent.depth + 1, texts[page or 0].get(int(node), ""))
        )
    elif isinstance(node, DictionaryObject):
        here = node.raw_get("/Pg").idnum if "/Pg" in node else page
        if node.get("/Type") == "/MCR":
            _walk(node["/MCID"], parent, texts, here)
            return
        element = Element(
            str(node.get("/S", "")).lstrip("/"), str(node.get("/Alt", "")), str(node.get("/Lang", "")),
            _scope(node), parent.depth + 1,
        )  # fmt: skip
        parent.inside.append(element)
        if "/K" in node:
            _walk(node["/K"], element, texts, here)


def _scope(node: DictionaryObject) -> str:
    attributes = node.get("/A", [])
    attributes = attributes if isinstance(attributes, list) else [attributes]
    return next(
        (str(a.get_object()["/Scope"])[1:] for a in attributes if "/Scope" in a.get_object()), ""
    )


def _operations(page: Any, reader: PdfReader) -> Iterator[tuple[str, Any, tuple[int | None, bool]]]:
    """Operators of a page, each with the mark around it: its number, and whether it is decoration."""
    stream = ContentStream(page.get_contents(), reader)
    marks: list[tuple[int | None, bool]] = []
    for operands, operator in stream.operations:
        name = operator.decode() if isinstance(operator, bytes) else str(operator)
        if name in {"BDC", "BMC"}:
            named = (
                operands[1]
                if len(operands) > 1 and isinstance(operands[1], DictionaryObject)
                else {}
            )
            outer = marks[-1] if marks else (None, False)
            number = named.get("/MCID")
            marks.append(
                (
                    int(number) if number is not None else outer[0],
                    outer[1] or operands[0] == "/Artifact",
                )
            )
        elif name == "EMC":
            marks.pop()
        else:
            yield name, operands, marks[-1] if marks else (None, False)


def _texts(page: Any, reader: PdfReader) -> tuple[dict[int, str], str]:
    """Number of each mark on a page to the text within; and text that is neither marked nor decoration."""
    fonts = page["/Resources"].get("/Font", {})
    letters = {name: _letters(font.get_object()) for name, font in fonts.items()}
    face: dict[int, str] = {}
    found: dict[int, str] = {}
    outside = ""
    for name, operands, (mark, decoration) in _operations(page, reader):
        if name == "Tf":
            face = letters[operands[0]]
        elif name in {"Tj", "TJ"}:
            text = "".join(face.get(code, "\ufffd") for code in _codes(operands))
            if mark is not None:
                found[mark] = found.get(mark, "") + text
            elif not decoration:
                outside += text
    return found, outside


def _codes(operands: Any) -> Iterator[int]:
    first = operands[0]
    for part in first if isinstance(first, list) else [first]:
        raw = getattr(part, "original_bytes", None)
        if raw is None and isinstance(part, bytes):
            raw = part
        if raw is not None:
            yield from (int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))


def _letters(font: DictionaryObject) -> dict[int, str]:
    """Glyph number to text, from the table that a font carries for that."""
    table = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(text, 16)
            for place in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + place] = chr(start + place)
    return found
