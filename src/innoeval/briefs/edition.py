"""The edition of a brief: its language, whom it is for, and whose name stands at its head."""

from __future__ import annotations

import os
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from innoeval.briefs.language import language
from innoeval.briefs.words import shown
from innoeval.errors import BriefError, nearest

Audience = Literal["public", "technical"]
LogoKind = Literal["png", "svg"]
#: A logo is inside every brief: it must leave room for the rest.
_MOST_BYTES = 60_000
_MOST_PIXELS = 4000
_PNG = b"\x89PNG\r\n\x1a\n"
#: What in an SVG acts, or reaches outside of it.
_ACTS = re.compile(
    r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|<\s*(?:[\w.-]+:)?(?:script|foreignObject|iframe|image|feImage|audio|video|use\s[^>]*href\s*=\s*"
    r"[\"'](?!#))|\son\w+\s*=|javascript:|@import|url\(\s*[\"']?(?!#)|href\s*=\s*[\"']\s*(?!#)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How a brief is told.

    Parameters
    ----------
    language
        Code of a catalogue, such as "en" or "de".
    audience
        "public": one page in plain words. "technical": the same page, and an annex with every
        check, the method and the sources.
    organisation
        Whose brief it is; "" for none.
    logo, logo_kind
        The organisation's logo as the content of a PNG or SVG file; b"" for none.
    """

    language: str = "en"
    audience: Audience = "technical"
    organisation: str = ""
    logo: bytes = b""
    logo_kind: LogoKind = "png"

    def __post_init__(self) -> None:
        language(self.language)
        known = get_args(Audience)
        if self.audience not in known:
            near = nearest(str(self.audience), known, "the audiences are")
            raise BriefError(f"there is no audience '{shown(str(self.audience), 40)}'; {near}")
        if self.logo and not self.organisation.strip():
            raise BriefError(
                "a logo needs organisation=, the name that is read out to those who cannot see it"
            )

    @property
    def technical(self) -> bool:
        """Whether there is an annex."""
        return self.audience == "technical"


#: What a brief is where nothing else is asked for.
USUAL = Edition()


def edition(
    language: str = "en",
    audience: Audience = "technical",
    organisation: str = "",
    logo: str | os.PathLike[str] | None = None,
) -> Edition:
    """An edition, with the logo read from its file and looked at.

    Parameters
    ----------
    language, audience, organisation
        As in `Edition`.
    logo
        A PNG or SVG file of at most 60 kB.

    Raises
    ------
    BriefError
        Where there is no such language or audience; or where the logo is absent, too large, of
        another type than it says, or an SVG that runs or loads something.
    """
    content, kind = (b"", "png") if logo is None else _read(Path(logo))
    return Edition(
        language=language, audience=audience, organisation=organisation, logo=content,
        logo_kind="svg" if kind == "svg" else "png",
    )  # fmt: skip


def _read(path: Path) -> tuple[bytes, str]:
    try:
        if not path.is_file():
            raise BriefError(f"the logo '{path}' is no file; name a PNG or SVG file")
        if (size := path.stat().st_size) > _MOST_BYTES:
            raise BriefError(
                f"the logo '{path}' has {size / 1000:,.0f} kB, and {_MOST_BYTES / 1000:.0f} kB is "
                "the most, as it is inside every brief; make it smaller"
            )
        content = path.read_bytes()
    except OSError as error:
        raise BriefError(
            f"the logo '{path}' cannot be read ({error.strerror or error}); name another file"
        ) from error
    kind = path.suffix.lower().lstrip(".")
    fault = {"png": _png_fault, "svg": _svg_fault}.get(kind, _no_kind)(content)
    if fault:
        raise BriefError(f"the logo '{path}' {fault}")
    return content, kind


def _no_kind(_: bytes) -> str:
    return "is neither .png nor .svg by its name; save it as one of them"


def _png_fault(content: bytes) -> str:
    if not _whole(content):
        return "is called .png and is no whole PNG; export it anew"
    width, height = struct.unpack(">II", content[16:24])
    if not 0 < width <= _MOST_PIXELS or not 0 < height <= _MOST_PIXELS:
        return (
            f"has {width:,} × {height:,} pixels, and {_MOST_PIXELS:,} is the most; make it smaller"
        )
    return ""


def _whole(content: bytes) -> bool:
    """Whether every part of a PNG is there and as it was written: a broken one would be left out silently."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return False
    at = len(_PNG)
    while at + 12 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        end = at + 8 + size
        if content[end : end + 4] != struct.pack(">I", zlib.crc32(content[at + 4 : end])):
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _svg_fault(content: bytes) -> str:
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "is not in UTF-8; export it anew"
    if acts := _ACTS.search(_without_names(text)):
        return (
            f"runs or loads something ('{shown(acts[0], 30)}'), which a brief must not; export it as a "
            "plain drawing, or as PNG"
        )
    try:
        root = fromstring(text)  # noqa: S314 - entities are refused before
    except ParseError as error:
        return f"is no SVG that can be read ({error}); export it anew"
    return "" if root.tag.rpartition("}")[2] == "svg" else "holds no <svg>; export it anew"


def _without_names(text: str) -> str:
    """The text without what names its format: those addresses are never visited."""
    return re.sub(r"\sxmlns(:\w+)?\s*=\s*(\"[^\"]*\"|'[^']*')", "", text)
