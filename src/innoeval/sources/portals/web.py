"""Plain HTTP with patience: retries, a timeout, whole answers only, and no secret in any log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from innoeval.errors import Fault, SourceError
from innoeval.sources.secrets import plain, scrub, secrets

#: Attempts at one page, and seconds before the second; each further wait is twice as long.
ATTEMPTS = 5
BACKOFF = 0.5
#: Seconds to connect, between two parts of an answer, and at most before a portal is asked again.
CONNECT, READ, LONGEST_WAIT = 10.0, 60.0, 60
_AGAIN = (429, 500, 502, 503, 504)
_TOKEN = "X-App-Token"  # noqa: S105 - the name of a header
_LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Reads from one portal.

    Parameters
    ----------
    url
        The address as it was given, credentials and all.
    base
        The address without query and credentials.
    query
        Parameters that were given with it.
    headers
        What identifies the caller: never part of an address that is logged.
    """

    url: str = field(repr=False)
    base: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Web:
        """A reader for an address; user, password and application token go into headers."""
        import urllib3

        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {"Accept-Encoding": "gzip", "User-Agent": "innoeval"}
        if (token := query.pop("$$app_token", None)) is not None:
            headers[_TOKEN] = token
        user, _, host = parts.netloc.rpartition("@")
        if user:
            headers |= urllib3.util.make_headers(basic_auth=unquote(user))
        base = urlunsplit((parts.scheme, host, parts.path, "", ""))
        return cls(url=url, base=base, query=query, headers=headers)

    @property
    def origin(self) -> str:
        """The address as it may be shown."""
        return plain(self.url)

    def fault(self, found: str, remedy: str) -> SourceError:
        """An error at this portal, without secrets."""
        said = scrub(found, secrets(self.url))
        return SourceError([Fault(found=said, remedy=remedy, origin=self.origin)])

    def get(self, path: str | None = None, **query: str | int) -> Any:
        """A whole answer to a request, asked again where the portal is busy or breaks off.

        Raises
        ------
        SourceError
            Where it stays so, or says no.
        """
        import urllib3

        again = urllib3.Retry(
            total=ATTEMPTS, status_forcelist=_AGAIN, backoff_factor=BACKOFF, raise_on_status=False,
            retry_after_max=LONGEST_WAIT,
            remove_headers_on_redirect={*urllib3.Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT, _TOKEN},
        )  # fmt: skip
        address = f"{path or self.base}?{urlencode({**self.query, **query}, safe='$:,')}"
        with _discreet(secrets(self.url)), urllib3.PoolManager() as pool:
            try:
                answer = pool.request(
                    "GET", address, headers=dict(self.headers), retries=again,
                    timeout=urllib3.Timeout(connect=CONNECT, read=READ),
                )  # fmt: skip
            except urllib3.exceptions.HTTPError as error:
                raise self.fault(f"it does not answer ({_reason(error)})", "check the address and the network, and try again") from None  # fmt: skip
        if answer.status >= 400:
            said = scrub(_told(answer.data), secrets(self.url))
            busy = f" after {ATTEMPTS} further attempts" if answer.status in _AGAIN else ""
            raise self.fault(f"it says {answer.status}{busy}{f': {said}' if said else ''}",
                             "check the address and its parameters, or try again later")  # fmt: skip
        return answer

    def json(self, path: str | None = None, **query: str | int) -> tuple[Any, Mapping[str, str]]:
        """An answer as JSON, and its headers; one that is cut off is asked for again."""
        for attempt in range(ATTEMPTS):
            answer = self.get(path, **query)
            try:
                return json.loads(answer.data), answer.headers
            except ValueError:
                time.sleep(BACKOFF * attempt)
        start = answer.data[:80].decode("utf-8", "replace")
        raise self.fault(f"its answer is not whole JSON, {ATTEMPTS} times over (it begins {start!r})",
                         "check that the address is that of the data, or try again later")  # fmt: skip


def _reason(error: Exception) -> str:
    """What went wrong, without the address that was asked."""
    return str(getattr(error, "reason", None) or type(error).__name__).rpartition(": ")[2]


def _told(body: bytes) -> str:
    """What a portal says of an error: its message, or the beginning of its answer."""
    text = body[:2000].decode("utf-8", "replace")
    try:
        told: Any = json.loads(body)
    except ValueError:
        return "" if "<" in text else " ".join(text.split())[:200]
    told = told[0] if isinstance(told, list) and told else told
    told = told.get("error", told) if isinstance(told, dict) else told
    if isinstance(told, dict):
        told = told.get("message") or told.get("description") or told
    return " ".join(str(told).split())[:300]


@contextmanager
def _discreet(hidden: tuple[str, ...]) -> Iterator[None]:
    """Keeps secrets out of the log of the library that asks."""

    def clean(record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage(), hidden), ()
        return True

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(clean)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(clean)
