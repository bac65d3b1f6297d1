"""Valid files of every kind that innoeval reads, small, in the dialects that people write."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zlib
from functools import cache

import numpy as np
import pandas as pd
from tests.evaluations import build

from innoeval.claims import read_claims
from innoeval.claims.ledger import Ledger, entered
from innoeval.records.saved import dump

_UNITS = ("North", "East", "South", "W\u00e4st", "Ward 5")
_MONTHS = tuple(f"2023-{month:02d}" for month in range(1, 7))


def _frame() -> pd.DataFrame:
    noise = np.random.default_rng(5).normal(20, 3, (len(_UNITS), len(_MONTHS))).round(2)
    return pd.DataFrame(
        {"ward": unit, "month": month, "days": noise[i, t], "done": float(90 + t), "all": 100.0 + i}
        for i, unit in enumerate(_UNITS) for t, month in enumerate(_MONTHS)
    )  # fmt: skip


def csvs() -> list[bytes]:
    """Panels as delimited text."""
    frame = _frame()
    plain = frame.to_csv(index=False)
    german = frame.to_csv(index=False, sep=";", decimal=",")
    spoken = frame.assign(month=[pd.Timestamp(m).strftime("%b %Y") for m in frame["month"]])
    dated = frame.assign(month=[f"01/{m[5:]}/{m[:4]}" for m in frame["month"]])
    marked = frame.astype({"days": str})
    marked.loc[[1, 7], "days"] = ["<5", "*"]
    quarters = frame.assign(month=[f"{2019 + i % 6} Q{i % 4 + 1}" for i in range(len(frame))])
    percent = frame.assign(days=[f"{v:.1f} %" for v in frame["days"]])
    total = plain + ",,,,\nTotal,,1 234.5,99,100\n"
    return [
        plain.encode(), german.encode("cp1252"), spoken.to_csv(index=False, sep="\t").encode("utf-16"),
        dated.to_csv(index=False).encode("utf-8-sig"), marked.to_csv(index=False).encode(),
        quarters.to_csv(index=False).encode(), percent.to_csv(index=False).encode(), total.encode(),
        f"sep=;\n{german}".encode(), f"A title\n\nSource: x\n{plain}".encode(),
        frame.to_csv(index=False, quoting=1, lineterminator="\r\n").encode(),
    ]  # fmt: skip


@cache
def workbooks() -> list[bytes]:
    """Panels as workbooks."""
    found = []
    dated = _frame().assign(month=lambda f: pd.to_datetime(f["month"]))
    for frame in (_frame(), dated, _frame().head(6)):
        out = io.BytesIO()
        with pd.ExcelWriter(out, engine="openpyxl") as writer:
            frame.to_excel(writer, index=False, sheet_name="Data")
            pd.DataFrame({"note": ["read me"]}).to_excel(writer, index=False, sheet_name="Notes")
        found.append(out.getvalue())
    return found


@cache
def parquets() -> list[bytes]:
    """Panels as Parquet files."""
    found = []
    dated = _frame().assign(month=lambda f: pd.to_datetime(f["month"]))
    odd = _frame().astype({"ward": "category", "all": "int64"}).set_index("ward")
    for frame in (_frame(), dated, odd, _frame().assign(days=_frame()["days"].astype(object))):
        for compression in ("none", "snappy"):
            out = io.BytesIO()
            frame.to_parquet(out, compression=compression)
            found.append(out.getvalue())
    return found


_CLAIMS = [
    {"id": "desk", "innovation": "One-stop desk", "outcome": "days", "better": "lower", "treated": ["North", "East"],
     "start": "2023-04", "size": 0.15, "smallest_effect": "5 %", "windows": [["2023-01", "2023-03"], ["2023-04", "2023-06"]],
     "events": [{"period": "2023-03", "scope": "all", "what": "new law"}], "looks": ["2023-05"], "cost": 120000},
    {"id": "night", "innovation": "Open at night", "outcome": "days", "better": "lower", "treated": {"South": "2023-03"},
     "size": "4 points", "scale": "percentage_points", "definition_changes": ["2023-02"], "adopters": {"East": "2023-05"},
     "registered_on": "2023-01-01", "statement": "It is <b>better</b>"},
]  # fmt: skip
_CLAIM_CSV = """id,innovation,outcome,better,treated,start,size,scale,windows,events,looks,adopters
desk,One-stop desk,days,lower,North; East,2023-04,15 %,relative,2023-01 to 2023-03; 2023-04 to 2023-06,"2023-03 | all | new law; 2023-02 | North, East | works",2023-05,
night,Open at night,days,lower,South: 2023-03; North: 2023-05,,5 points,percentage_points,,,,North; East
"""
_CLAIM_YAML = """# claims
- id: desk
  innovation: "One-stop desk"
  outcome: days
  better: lower
  treated: [North, East]
  start: 2023-04
  size: 15 %
  windows: {before: [2023-01, 2023-03], after: [2023-04, 2023-06]}
  events:
    - {period: 2023-03, scope: all, what: new law}
- id: night
  innovation: &name Open at night
  statement: *name
  outcome: days
  better: lower
  treated: {South: 2023-03, North: 2023-05}
  scale: absolute
  size: 4
"""


def claim_csvs() -> list[bytes]:
    """Registers as delimited text."""
    return [_CLAIM_CSV.encode(), _CLAIM_CSV.replace(",", "\t").encode("utf-16")]


def claim_yamls() -> list[bytes]:
    """Registers as YAML."""
    return [_CLAIM_YAML.encode(), json.dumps(_CLAIMS).encode()]


def claim_jsons() -> list[bytes]:
    """Registers as JSON."""
    return [json.dumps(_CLAIMS).encode(), json.dumps(_CLAIMS, indent=1).encode()]


def panel_lists() -> list[bytes]:
    """Lists of panels."""
    return [(b"wards: {file: panel.csv, claims: [desk, night], unit: ward, period: month, outcomes: [days],\n"
            b"  balancing: {done: higher}, suppressed: {'*': null, '-': 0}, dayfirst: true}\n"
            b"other:\n  file: other.xlsx\n  claims: more\n  unit: ward\n  period: [year, month]\n"
            b"  outcomes: days\n  sheet: 2\n")]  # fmt: skip


def ledgers() -> list[bytes]:
    """Append-only registers."""
    plain = {"id": "desk", "innovation": "One-stop desk", "outcome": "days", "better": "lower", "treated": "North; East",
             "start": "2023-04", "size": "15 %", "windows": "2023-01 to 2023-03; 2023-04 to 2023-06",
             "events": "2023-03 | all | new law"}  # fmt: skip
    claims = tuple(read_claims(pd.DataFrame([plain])))
    ledger = entered(Ledger(), claims, "2023-01-15T09:30:00Z")
    ledger = entered(ledger, claims, "2023-02-15T09:30:00Z")
    lines = [entry.line for entry in ledger.entries]
    return [lines[0].encode(), "".join(lines).encode()]


@cache
def evaluations() -> list[bytes]:
    """Evaluations as JSON: one with its series, and one without an estimate."""
    from dataclasses import replace

    whole = build("overstated", n_units=14)
    bare = replace(
        whole,
        estimate=None,
        stressed=None,
        announced=None,
        alternatives=(),
        findings=whole.findings[:1],
    )
    return [dump(whole, indent=None).encode(), dump(bare, indent=None).encode()]


def pdf_of(record: bytes, *, packed: bool = True) -> bytes:
    """As much of a PDF as carries a file."""
    held = zlib.compress(record) if packed else record
    head = f"%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile /Filter /FlateDecode /Length {len(held)}>>\nstream\n"
    tail = b"\nendstream\nendobj\n2 0 obj\n<</Type /EmbeddedFile>>\nstream\nx,y\nendstream\n%%EOF\n"
    return head.encode() + held + tail


def page_of(record: bytes) -> bytes:
    """As much of a web page as carries a file."""
    packed = base64.b64encode(gzip.compress(record, 1))
    plain = base64.b64encode(b"period,observed\n")
    return (b'<html><a href="data:application/json;base64,' + plain + b'">x</a><a href="data:application/gzip;base64,'
            + packed + b'">y</a></html>')  # fmt: skip


def record_files() -> list[bytes]:
    """Service records, one row for each case."""
    rows = ["ward,opened,closed,cost"] + [
        f"{_UNITS[i % 5]},2023-0{i % 6 + 1}-{i % 27 + 1:02d},2023-0{i % 6 + 1}-28,{i}.5" for i in range(40)
    ]  # fmt: skip
    return ["\n".join(rows).encode()]


def record_lines() -> list[bytes]:
    """Service records as JSON lines."""
    return [
        "\n".join(
            json.dumps({"ward": _UNITS[i % 5], "opened": f"2023-0{i % 6 + 1}-{i % 27 + 1:02d}T08:00:00", "closed": None, "cost": i})
            for i in range(40)
        ).encode()
    ]  # fmt: skip


@cache
def stores() -> list[bytes]:
    """One file of a finished run."""
    from innoeval.portfolio.rows import row
    from innoeval.portfolio.store import packed

    found = {**row(build("overstated", n_units=14))}
    return [packed([found])]
