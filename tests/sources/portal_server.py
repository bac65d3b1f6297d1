"""A portal on loopback that speaks the published formats, and misbehaves when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]


class Portal(ThreadingHTTPServer):
    """What it holds, what it was asked, and what goes wrong next.

    `trouble` is a list of faults, one for each request: "" (none), "429", "500", "cut" (the body
    ends before its length), "half" (half of the JSON, properly sent), "drop" (no answer).
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows: list[Row] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers_seen: list[dict[str, str]] = []
        self.trouble: list[str] = []
        self.repeats = False  # every page is the first
        self.claims_total: int | None = None
        self.knows_pages = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, query))
        self.server.headers_seen.append(
            {name.lower(): value for name, value in self.headers.items()}
        )
        trouble = self.server.trouble.pop(0) if self.server.trouble else ""
        if trouble == "drop":
            self.close_connection = True
            return
        if trouble in {"429", "500", "403"}:
            said = json.dumps(
                {"error": True, "message": f"no, key {query.get('api_key')}"}
            ).encode()
            self.send(int(trouble), said, {"Retry-After": "0"} if trouble == "429" else {})
            return
        body, headers = self.answer(parts.path, query)
        if trouble == "half":
            body = body[: len(body) // 2]
        self.send(200, body, headers, cut=trouble == "cut")

    def send(self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + 100 * cut))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def answer(self, path: str, query: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        if path.endswith(".csv"):
            lines = ["ward,opened", *(f"{row['ward']},{row['opened']}" for row in self.server.rows)]
            return "\n".join(lines).encode(), {}
        if path.startswith("/resource/"):
            return self.socrata(query)
        return self.open311(query) if "requests.json" in path else self.ckan(query)

    def paged(self, offset: int, limit: int) -> list[Row]:
        return self.server.rows[0 if self.server.repeats else offset :][:limit]

    def socrata(self, query: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        """SODA 2: numbers as text, empty cells left out, types in headers; at most 7 rows."""
        rows = self.paged(int(query.get("$offset", 0)), min(7, int(query.get("$limit", 1000))))
        written = [
            {name: str(value) for name, value in row.items() if value is not None} for row in rows
        ]
        return json.dumps(written).encode(), {
            "X-SODA2-Fields": json.dumps(["ward", "opened", "closed", "fee"]),
            "X-SODA2-Types": json.dumps(
                ["text", "floating_timestamp", "floating_timestamp", "number"]
            ),
        }

    def ckan(self, query: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        rows = self.paged(int(query.get("offset", 0)), min(5, int(query.get("limit", 100))))
        numbered = [
            {"_id": i, **row} for i, row in enumerate(rows, start=int(query.get("offset", 0)) + 1)
        ]
        total = (
            len(self.server.rows) if self.server.claims_total is None else self.server.claims_total
        )
        result = {"resource_id": query["resource_id"], "total": total, "records": numbered,
                  "fields": [{"id": "_id", "type": "int"}, {"id": "ward", "type": "text"},
                             {"id": "opened", "type": "timestamp"}, {"id": "fee", "type": "numeric"}]}  # fmt: skip
        return json.dumps({"help": "", "success": True, "result": result}).encode(), {}

    def open311(self, query: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        """GeoReport v2: spans of at most 90 days, at most 1000 requests; pages of 6 if it knows them."""
        low, high = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        assert (high - low).days <= 90
        inside = [
            row
            for row in self.server.rows
            if low <= datetime.fromisoformat(row["requested_datetime"]) <= high
        ]
        size = 6 if self.server.knows_pages else 1000
        start = (int(query.get("page", 1)) - 1) * size if self.server.knows_pages else 0
        return json.dumps(inside[start : start + size]).encode(), {}


@contextmanager
def portal() -> Iterator[Portal]:
    """A portal that runs, and is gone afterwards."""
    server = Portal()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
