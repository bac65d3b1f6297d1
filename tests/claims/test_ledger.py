"""The append-only register: what was done to it afterwards, and to the claims, is named."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from innoeval.claims import append, held_against, read_ledger, register_claims
from innoeval.claims.append import _put
from innoeval.claims.ledger import Entry, Ledger, entered, ledger_of
from innoeval.errors import ClaimError, RecordError
from innoeval.records import Claim

WHEN = "2023-01-15T09:30:00Z"


def claim(name: str = "desk", **more: object) -> Claim:
    fields = {
        "innovation": "One-stop desk", "outcome": "days", "better": "lower", "size": 0.15,
        "treated": {"North": "2023-02", "East": "2023-02"},
        "windows": (("2022-07", "2022-12"), ("2023-07", "2023-12")),
    }  # fmt: skip
    return Claim(id=name, **{**fields, **more})


def written(*claims: Claim, on: str = WHEN) -> str:
    return "".join(entry.line for entry in entered(Ledger(), claims, on).entries)


def kinds(text: str, *now: Claim, head: str = "") -> list[str]:
    return [breach.kind for breach in held_against(ledger_of(text), now, head)]


THREE = (claim("a"), claim("b"), claim("c"))


def test_an_untouched_ledger_shows_nothing() -> None:
    assert kinds(written(*THREE), *THREE) == []
    assert ledger_of(written(*THREE)).entries == entered(Ledger(), THREE, WHEN).entries


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"size": 0.1}, "size was 0.15 and is 0.1"),
        ({"windows": (("2022-07", "2022-12"), ("2023-08", "2023-12"))},
         "windows was 2022-07 to 2022-12 and 2023-07 to 2023-12 and is 2022-07 to 2022-12 and 2023-08 to 2023-12"),
        ({"outcome": "backlog"}, "outcome was 'days' and is 'backlog'"),
        ({"treated": {"North": "2023-02"}}, "treated units: left out: East"),
        ({"treated": {"North": "2023-03", "East": "2023-02", "West": "2023-02"}},
         "treated units: added: West, North starts in 2023-03 and started in 2023-02"),
        ({"size": None}, "size was 0.15 and is not said"),
    ],
)  # fmt: skip
def test_a_later_edit_of_a_claim_is_named(edit: dict[str, object], told: str) -> None:
    (breach,) = held_against(ledger_of(written(claim())), [claim(**edit)])
    assert breach.kind == "changed"
    assert breach.breaks
    assert told in breach.says
    assert "2023-01-15" in breach.says


def test_an_edited_line_is_named() -> None:
    text = written(*THREE).replace('"size": 0.15', '"size": 0.1', 1)
    assert kinds(text, claim("a", size=0.1), *THREE[1:]) == ["edited"]


def test_a_line_that_was_forged_with_its_own_hash_breaks_the_next() -> None:
    lines = written(*THREE).splitlines(keepends=True)
    forged = Entry(place=1, added_on=WHEN, claim=claim("a", size=0.1), previous="0" * 64).line
    assert kinds(forged + lines[1] + lines[2], claim("a", size=0.1), *THREE[1:]) == ["removed"]


def test_removed_reordered_and_unreadable_lines_are_named() -> None:
    one, two, three = written(*THREE).splitlines(keepends=True)
    assert kinds(one + three, *THREE) == ["removed", "unregistered"]
    assert kinds(two + three, *THREE) == ["removed", "unregistered"]
    assert "reordered" in kinds(one + three + two, *THREE)
    assert kinds(one + "{}\n" + three, *THREE) == ["unreadable", "removed", "unregistered"]
    assert "removed" in kinds(one + one + two + three, *THREE) or "reordered" in kinds(
        one + one + two + three, *THREE
    )


def test_a_rewritten_or_shortened_ledger_shows_by_its_published_hash() -> None:
    head = ledger_of(written(*THREE)).head
    one, two, _ = written(*THREE).splitlines(keepends=True)
    assert kinds(written(*THREE, claim("d")), *THREE, claim("d"), head=head) == []
    assert kinds(one + two, *THREE[:2]) == []
    assert kinds(one + two, *THREE[:2], head=head) == ["rewritten"]
    anew = written(claim("a", size=0.1), *THREE[1:])
    assert kinds(anew, claim("a", size=0.1), *THREE[1:], head=head) == ["rewritten"]


def test_claims_that_were_dropped_are_named() -> None:
    (breach,) = held_against(ledger_of(written(*THREE)), THREE[1:])
    assert breach.kind == "dropped"
    assert "Claim 'a', put on record on 2023-01-15" in breach.says


@pytest.mark.parametrize(
    ("said", "named"),
    [("2023-01-15", False), ("2023-01-15T08:00", False), ("2023-01", False), ("2023", False),
     ("", False), ("spring", False), ("2022-01-15", True), ("2022-12", True), ("2022", True),
     ("2023-02-01", True)],
)  # fmt: skip
def test_backdated_registrations_are_named(said: str, named: bool) -> None:
    own = claim(registered_on=said)
    found = held_against(ledger_of(written(own)), [own])
    assert [b.kind for b in found] == ["backdated"] * named
    assert all(not b.breaks and said in b.says for b in found)


def test_a_clock_that_went_back_is_named() -> None:
    first = entered(Ledger(), [claim("a")], WHEN)
    later = entered(first, [claim("b")], "2023-01-14T09:30:00Z")
    text = "".join(entry.line for entry in later.entries)
    assert kinds(text, claim("a"), claim("b")) == ["clock"]


def test_amendments_show_and_stand(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    register_claims([claim()], path)
    edited = claim(size=0.1)
    with pytest.raises(ClaimError, match=r"size was 0\.15 and is 0\.1; .*amend"):
        register_claims([edited], path)
    ledger, added = register_claims([edited], path, amend=True)
    assert added == (edited,)
    assert ledger.stands
    (breach,) = held_against(ledger, [edited])
    assert breach.kind == "amended"
    assert "size was 0.15 and is 0.1" in breach.says


def test_nothing_is_added_to_a_ledger_that_does_not_stand(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(written(*THREE).replace("0.15", "0.2", 1))
    before = path.read_bytes()
    with pytest.raises(RecordError, match=r"Line 1 .* was edited"):
        register_claims([claim("d")], path)
    assert path.read_bytes() == before


def test_a_line_that_a_kill_cut_off_is_no_entry_and_gives_way(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(written(*THREE)[:-40])
    assert [b.kind for b in read_ledger(path).breaches] == ["cut_off"]
    ledger, added = register_claims(THREE, path)
    assert [c.id for c in added] == ["c"]
    assert ledger.breaches == ()
    assert read_ledger(path) == ledger


def test_a_full_disk_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    register_claims([claim("a")], path)
    before = path.read_bytes()
    turns = iter([OSError(28, "No space left on device"), None])

    def fails_once(descriptor: int) -> None:
        if error := next(turns):
            raise error

    monkeypatch.setattr("innoeval.claims.append.os.fsync", fails_once)
    with pytest.raises(OSError, match="No space"):
        register_claims([claim("b")], path)
    assert path.read_bytes() == before


def test_short_writes_are_finished(tmp_path: Path) -> None:
    class Slow:
        def __init__(self, file: object) -> None:
            self.file = file

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

        def write(self, content: bytes) -> int:
            return self.file.write(content[:3])

    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    with path.open("r+b", buffering=0) as file:
        _put(Slow(file), 4, b"abcdefgh")
    assert path.read_bytes() == b"0123abcdefgh"


@pytest.mark.skipif(os.name != "posix", reason="locks are POSIX's")
def test_processes_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    threads = [
        threading.Thread(target=register_claims, args=([claim(f"c{i}")], path)) for i in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = read_ledger(path)
    assert ledger.breaches == ()
    assert {e.claim.id for e in ledger.entries} == {f"c{i}" for i in range(12)}


def test_other_formats_and_files_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(written(claim()).replace('{"format": 1', '{"format": 9', 1))
    with pytest.raises(RecordError, match=r"ledger\.jsonl has format 9 and this innoeval reads"):
        read_ledger(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecordError, match="is no text"):
        read_ledger(path)
    with pytest.raises(RecordError, match="cannot be read"):
        read_ledger(tmp_path / "absent.jsonl")


def test_entries_are_canonical_json() -> None:
    (line,) = written(claim(innovation="Bürgeramt 书")).splitlines()
    plain = json.loads(line)
    assert line.isascii()
    assert list(plain)[:2] == ["format", "entry"]
    assert ledger_of(line + "\n").entries[0].claim == claim(innovation="Bürgeramt 书")
    assert replace(ledger_of(line + "\n").entries[0], place=2).hash != plain["hash"]


def test_folders_are_not_flushed_where_no_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(FileNotFoundError):
        append._flush_folder(gone)
    monkeypatch.setattr(append, "os", SimpleNamespace(name="nt"))
    append._flush_folder(gone)
