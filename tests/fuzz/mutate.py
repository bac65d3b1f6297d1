"""Valid files made odd: bytes flipped, cells swapped, values replaced, encodings, deep nesting."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

#: What stands in a cell where nobody expects it.
ODD = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        "", " ", "\t", "0", "-0", "-1", "1e999", "-1e999", "1e-999", "9" * 400, "0x1F", "1_000", "nan", "NaN",
        "inf", "-inf", "Infinity", "missing", "null", "None", "true", "no", "~", "\u0661\u0662\u0663", "\u00b2", "\u2212 5",
        "\u221e", "1,234", "1.234,5", "1 234", "1'234", "15 %", "%", "<5", "*", "[c]", "..", "-", "#REF!", "#N/A",
        "=1+1", "+1", "@x", "=cmd|' /C calc'!A0", "2023-13", "2023-00", "0000-01", "9999-12-31", "99999-01", "2023-02-30",
        "2023-W54", "2023-Q5", "FY2023", "2009-10", "01/02/2023", "Jan 2023", "1900", "-5000", "1" * 30,
        "\ud800", "\u200b", "\u202e", "\ufeff", "\0", "\x1b[31m", "\u0130", "\u00df", "\U0001f680", "a" * 5000, "'", '"', '""', "\\",
        "\\ud800", "{", "}", "[", "]", "[]", "{}", ":", "- ", "? ", "&a", "*a", "<<", "<<: *a", "!!python/object:os.system", "!!int x",
        "!!float x", "!!timestamp x", "!!binary x", "!!set {a, b}", "!!omap [a]", "!!null x", "!!bool x", "!x", "%YAML 9.9", "---", "...",
        "| ", "> ", "../../x", "/etc/passwd", "C:\\x", "con", "NUL", "<script>", "#import", "&lol;", "all", "treated", "lower",
        "North: 2023-01; North: 2023-02", "a | b | c | d", ";;;", "| |", "to", "x to y; z",
    )
)  # fmt: skip
_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[^\s,;|:{}\[\]"]+')
_ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "cp037", "utf-7", "shift_jis")


@dataclass(slots=True)
class Seed:
    """A valid file, and where its values stand."""

    content: bytes
    tokens: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = [match.span() for match in _TOKEN.finditer(self.content)] or [(0, 0)]


def of_text(seed: Seed, random: Random, others: list[Seed]) -> bytes:
    """A text file made odd in one to four places."""
    content = _values(seed, random)
    if random.random() < 0.5:
        for _ in range(random.choice((1, 1, 2, 4))):
            content = random.choice(_CHANGES)(content, random, others)
    return content


def of_bytes(seed: Seed, random: Random, others: list[Seed]) -> bytes:
    """A binary file made odd in one to four places."""
    content = seed.content
    for _ in range(random.choice((1, 1, 2, 4))):
        content = random.choice(_BINARY)(content, random, others)
    return content


def of_zip(seed: Seed, random: Random, others: list[Seed]) -> bytes:
    """A zip file, such as a workbook, with a part of it made odd; or its bytes."""
    if random.random() < 0.25:
        return of_bytes(seed, random, others)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(seed.content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new,
    ):
        names = old.namelist()
        sheets = [name for name in names if "sheet" in name or "Strings" in name]
        hit = random.choice(sheets if random.random() < 0.7 and sheets else names)
        for name in names:
            content = old.read(name)
            if name == hit:
                if random.random() < 0.05:
                    continue
                content = _xml(content, random, others)
            new.writestr(name, content)
    return out.getvalue()


_ATTRIBUTE = re.compile(rb'"[^"<>]*"|(?<=>)[^<>]+(?=<)')


def _xml(content: bytes, random: Random, others: list[Seed]) -> bytes:
    places = [match.span() for match in _ATTRIBUTE.finditer(content)]
    for _ in range(random.choice((1, 2, 3))):
        if not places or random.random() < 0.15:
            content = random.choice(_BINARY)(content, random, others)
            places = []
            continue
        begin, end = random.choice(places)
        odd = random.choice(_ODD_XML if random.random() < 0.5 else ODD)
        odd = odd.replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        quoted = content[begin:end].startswith(b'"')
        content = content[:begin] + (b'"' + odd.replace(b'"', b"") + b'"' if quoted else odd) + content[end:]  # fmt: skip
        places = [match.span() for match in _ATTRIBUTE.finditer(content)]
    return content


#: Values that mean something to a workbook.
_ODD_XML = (b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr", b"A1", b"XFD1", b"ZZZ9", b"1048577", b"99999999", b"A0", b"1E400",
            b"2958466", b"-1", b"45000.5", b"-693594", b"A1:XFD9", b"hidden")  # fmt: skip


def _values(seed: Seed, random: Random) -> bytes:
    """One to six values replaced by odd ones, or by others of the file."""
    content = seed.content
    places = sorted(random.choices(seed.tokens, k=random.choice((1, 1, 2, 3, 6))), reverse=True)
    before = len(content) + 1
    for begin, end in places:
        if end > before:
            continue
        before = begin
        if random.random() < 0.35:
            other = random.choice(seed.tokens)
            odd = seed.content[slice(*other)]
        else:
            odd = random.choice(ODD)
            if content[begin : begin + 1] == b'"' and random.random() < 0.6:
                odd = b'"' + odd.replace(b'"', b"") + b'"'
        content = content[:begin] + odd + content[end:]
    return content


def _flip(content: bytes, random: Random, _: list[Seed]) -> bytes:
    if not content:
        return b"\xff"
    place = random.randrange(len(content))
    return content[:place] + bytes((content[place] ^ (1 << random.randrange(8)),)) + content[place + 1 :]  # fmt: skip


def _overwrite(content: bytes, random: Random, _: list[Seed]) -> bytes:
    place = random.randrange(len(content) + 1)
    new = random.choice(
        (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", random.randbytes(4))
    )
    return content[:place] + new + content[place + 4 :]


def _insert(content: bytes, random: Random, _: list[Seed]) -> bytes:
    place = random.randrange(len(content) + 1)
    new = random.choice(ODD) if random.random() < 0.7 else random.randbytes(random.randrange(1, 9))
    return content[:place] + new + content[place:]


def _delete(content: bytes, random: Random, _: list[Seed]) -> bytes:
    begin = random.randrange(len(content) + 1)
    return content[:begin] + content[begin + random.choice((1, 2, 8, 40, 400)) :]


def _repeat(content: bytes, random: Random, _: list[Seed]) -> bytes:
    begin = random.randrange(len(content) + 1)
    part = content[begin : begin + random.choice((1, 3, 20, 200))]
    return content[:begin] + part * random.choice((2, 3, 10)) + content[begin:]


def _cut(content: bytes, random: Random, _: list[Seed]) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _splice(content: bytes, random: Random, others: list[Seed]) -> bytes:
    other = random.choice(others).content
    return content[: random.randrange(len(content) + 1)] + other[random.randrange(len(other) + 1) :]


def _lines(content: bytes, random: Random, _: list[Seed]) -> bytes:
    lines = content.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            del lines[one]
        case _:
            lines[one] = lines[one][: len(lines[one]) // 2]
    return b"\n".join(lines)


def _encode(content: bytes, random: Random, _: list[Seed]) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(random.choice(_ENCODINGS), "replace")


def _delimit(content: bytes, random: Random, _: list[Seed]) -> bytes:
    one, other = random.choice(((b",", b";"), (b",", b"\t"), (b"\n", b"\r"), (b"\n", b"\r\n"), (b'"', b"'"),
                                (b",", b"|"), (b".", b","), (b"\n", b"\n\n"), (b":", b"="), (b" ", b"\t")))  # fmt: skip
    return content.replace(one, other)


def _nest(content: bytes, random: Random, _: list[Seed]) -> bytes:
    """Deep nesting, at a value or around everything."""
    begin, end = random.choice(((b"[", b"]"), (b"{", b"}"), (b'{"a":', b"}"), (b"- ", b""), (b"((", b"))"), (b"<a>", b"</a>")))  # fmt: skip
    depth = random.choice((3, 60, 300, 1500))
    place = random.randrange(len(content) + 1) if random.random() < 0.5 else 0
    return content[:place] + begin * depth + content[place:] + end * depth


Change = Callable[[bytes, Random, list[Seed]], bytes]
_CHANGES: tuple[Change, ...] = (_flip, _insert, _delete, _repeat, _cut, _splice, _lines, _lines, _encode, _delimit, _nest)  # fmt: skip
_BINARY: tuple[Change, ...] = (_flip, _flip, _overwrite, _overwrite, _insert, _delete, _repeat, _cut, _splice)  # fmt: skip
