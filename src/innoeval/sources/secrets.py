"""Credentials in addresses: known by where they stand, and taken out of everything that is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import (
    parse_qsl,
    quote,
    quote_plus,
    unquote,
    unquote_plus,
    urlencode,
    urlsplit,
    urlunsplit,
)

#: Names of parameters that carry a secret.
_SECRET = re.compile(
    r"passw|passphrase|^pass$|pwd|^pw$|secret|token|jwt|key$|credential|auth(?!or(?:s|_|$|it))|"
    r"signature|^sig$|session_?id|^sid$|^code$|^user(?:_?name|_?id)?$|^uid$|^login$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?P<scheme>[\w+.-]+://)(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_IN_TEXT = re.compile(r"(?<=://)[^/?#\s@]+@")
_PARAMETER = re.compile(
    r"(?P<name>[\w$.-]*(?:pass|pwd|secret|token|key|credential|auth|signature)[\w$.-]*)=[^&\s'\",;)]+",
    re.IGNORECASE,
)  # fmt: skip
HIDDEN = "..."


def is_secret(name: str) -> bool:
    """Whether a parameter of that name carries a secret.

    Examples
    --------
    >>> is_secret("$$app_token"), is_secret("api_key"), is_secret("resource_id")
    (True, True, False)
    >>> is_secret("authority"), is_secret("passengers"), is_secret("keyword")
    (False, False, False)
    """
    return _SECRET.search(name) is not None


def mended(url: str) -> str:
    """An address whose user and password are written so that they end where they should.

    Examples
    --------
    >>> mended("postgres://ann:p/w#1@db.example/city")
    'postgres://ann:p%2Fw%231@db.example/city'
    >>> mended("https://host:8080/report@2.csv")
    'https://host:8080/report@2.csv'
    """
    found = _ADDRESS.fullmatch(url)
    if found is None or "@" in found["host"] or "@" not in found["rest"]:
        return url
    _, colon, port = found["host"].partition(":")
    if not colon or port.isdigit():
        return url
    user, _, rest = f"{found['host']}{found['rest']}".rpartition("@")
    return f"{found['scheme']}{quote(user, safe=':%')}@{rest}"


def plain(url: str) -> str:
    """An address without user, password and secret parameters.

    Examples
    --------
    >>> plain("postgres://ann:s3cret@db.example/city?sslpassword=x&table=requests")
    'postgres://db.example/city?table=requests'
    """
    try:
        parts = urlsplit(mended(url))
        netloc = parts.netloc.rpartition("@")[2]
        query = [
            (n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if not is_secret(n)
        ]
        return urlunsplit((parts.scheme, netloc, parts.path, urlencode(query, safe="$:,'()* "), ""))
    except ValueError:
        return HIDDEN


def secrets(url: str) -> tuple[str, ...]:
    """Every secret in an address, as it stands there and decoded."""
    try:
        parts = urlsplit(mended(url))
        found = [v for n, v in parse_qsl(parts.query, keep_blank_values=True) if is_secret(n)]
    except ValueError:
        return (url,)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    found += [password] if password else [user]
    return tuple(dict.fromkeys(text for item in found for text in _spellings(item) if text))


def scrub(text: str, hidden: Iterable[str] = ()) -> str:
    """A message without secrets: those named, and whatever looks like one in an address.

    Examples
    --------
    >>> scrub("cannot reach https://ann:pw@host/x?api_key=abc&page=2")
    'cannot reach https://host/x?api_key=...&page=2'
    """
    for secret in sorted(hidden, key=len, reverse=True):
        if len(secret) > 3:
            text = text.replace(secret, HIDDEN)
        else:  # a short one may be part of any word
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    text = _IN_TEXT.sub("", text)
    return _PARAMETER.sub(rf"\g<name>={HIDDEN}", text)


def _spellings(secret: str) -> tuple[str, ...]:
    return (
        secret,
        unquote(secret),
        unquote_plus(secret),
        quote(secret, safe=""),
        quote_plus(secret),
    )
