"""Every door through which a stranger's file comes in, as a function of bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz import mutate, seeds
from tests.fuzz.mutate import Seed

Mutate = Callable[[Seed, Random, list[Seed]], bytes]


@dataclass(frozen=True, slots=True)
class Reader:
    """One door: what goes in, how it is made odd, what reads it, and how many for the record."""

    name: str
    suffix: str
    seeds: Callable[[], list[bytes]]
    mutate: Mutate
    read: Callable[[Path], object]
    share: float


def _table(path: Path) -> object:
    from innoeval.tables import read_table

    return read_table(path, wanted=("ward", "month", "days"))


def _panel(path: Path) -> object:
    from innoeval.sources import read_panel

    return read_panel(path, unit="ward", period="month", outcomes=["days"], numerator="done",
                      denominator="all").fingerprint  # fmt: skip


def _hidden(path: Path) -> object:
    """With answers to all that it could ask."""
    from innoeval.sources import read_panel

    return read_panel(path, unit="ward", period="month", outcomes=["days", "done"], suppressed="bounds",
                      decimal=".", dayfirst=True, covariates=["all"]).fingerprint  # fmt: skip


def _claims(path: Path) -> object:
    from innoeval.claims import read_claims

    return read_claims(path).digest


def _entries(path: Path) -> object:
    from innoeval.cli.panels import read_entries

    return read_entries(path)


def _ledger(path: Path) -> object:
    from innoeval.claims import read_ledger
    from innoeval.claims.ledger import held_against

    ledger = read_ledger(path)
    return held_against(ledger, [entry.claim for entry in ledger.entries[:1]])


def _evaluation(path: Path) -> object:
    from innoeval.briefs.read import read_evaluation

    return read_evaluation(path).to_json()


def _records(path: Path) -> object:
    from innoeval.sources import metrics, records

    return records(path, unit="ward", opened="opened", closed="closed").panel(
        period="month", metrics={"n": metrics.Count(), "days": metrics.Median("duration")},
        silent="missing").fingerprint  # fmt: skip


def _store(path: Path) -> object:
    """A run's folder: its record is as it should be, or is the odd one."""
    from innoeval.portfolio import read_portfolio
    from innoeval.portfolio.store import Store

    folder = path.parent / "run"
    if not folder.exists():
        from innoeval import Policy

        Store(folder).open(Policy())
    for part in folder.glob("part-*"):
        part.unlink()
    path.replace(folder / "part-1.parquet")
    try:
        Store(folder).done()
    finally:
        portfolio = read_portfolio(folder)
        portfolio.tidy()
        list(portfolio)
    return None


def _run_record(path: Path) -> object:
    from innoeval import Policy
    from innoeval.portfolio import read_portfolio
    from innoeval.portfolio.store import Store

    folder = path.parent / "begun"
    folder.mkdir(exist_ok=True)
    path.replace(folder / "_run.json")
    try:
        Store(folder).open(Policy())
    finally:
        read_portfolio(folder)
    return None


def _run_records() -> list[bytes]:
    from innoeval import Policy
    from innoeval.records.saved import dump

    record = {"format": 1, "versions": {"innoeval": "0.1.0"}, "policy": json.loads(dump(Policy())),
              "choice": {"designs": "auto"}}  # fmt: skip
    return [json.dumps(record).encode()]


def _in_pdf(seed: Seed, random: Random, others: list[Seed]) -> bytes:
    """A record made odd and packed; or a sound one in an odd PDF."""
    if random.random() < 0.4:
        return seeds.pdf_of(mutate.of_text(seed, random, others))
    whole = seeds.pdf_of(seed.content, packed=random.random() < 0.9)
    content = mutate.of_bytes(Seed(whole, [(0, 0)]), random, others)
    if random.random() < 0.1:
        content += b"/EmbeddedFile stream\n" * random.choice((1, 50))
    return content + zlib.compress(b"x" * 99) if random.random() < 0.1 else content


def _in_page(seed: Seed, random: Random, others: list[Seed]) -> bytes:
    if random.random() < 0.4:
        return seeds.page_of(mutate.of_text(seed, random, others))
    return mutate.of_bytes(Seed(seeds.page_of(seed.content), [(0, 0)]), random, others)


READERS = {
    reader.name: reader
    for reader in (
        Reader("delimited text", ".csv", seeds.csvs, mutate.of_text, _table, 0.12),
        Reader("claims in JSON", ".json", seeds.claim_jsons, mutate.of_text, _claims, 0.14),
        Reader("evaluation", ".json", seeds.evaluations, mutate.of_text, _evaluation, 0.2),
        Reader("brief in PDF", ".pdf", seeds.evaluations, _in_pdf, _evaluation, 0.17),
        Reader("brief as page", ".html", seeds.evaluations, _in_page, _evaluation, 0.16),
        Reader("ledger", ".jsonl", seeds.ledgers, mutate.of_text, _ledger, 0.13),
        Reader("run record", ".json", _run_records, mutate.of_text, _run_record, 0.01),
        Reader("claims in YAML", ".yaml", seeds.claim_yamls, mutate.of_text, _claims, 0.03),
        Reader("claims as table", ".csv", seeds.claim_csvs, mutate.of_text, _claims, 0.01),
        Reader("list of panels", ".yaml", seeds.panel_lists, mutate.of_text, _entries, 0.02),
        Reader("panel as text", ".csv", seeds.csvs, mutate.of_text, _panel, 0.008),
        Reader("panel with marks", ".csv", seeds.csvs, mutate.of_text, _hidden, 0.004),
        Reader("panel in Parquet", ".parquet", seeds.parquets, mutate.of_bytes, _panel, 0.012),
        Reader("run in Parquet", ".parquet", seeds.stores, mutate.of_bytes, _store, 0.005),
        Reader("panel in Excel", ".xlsx", seeds.workbooks, mutate.of_zip, _panel, 0.004),
        Reader("service records", ".csv", seeds.record_files, mutate.of_text, _records, 0.0005),
        Reader("records as lines", ".jsonl", seeds.record_lines, mutate.of_text, _records, 0.0005),
    )
}  # fmt: skip
