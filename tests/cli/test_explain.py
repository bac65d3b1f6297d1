"""`innoeval explain`: every name there is, however it is spelt, and what a shell completes."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from innoeval.checks import CHECKS
from innoeval.cli.explain import KINDS, complete, entries, find
from innoeval.designs import CallawaySantAnna
from innoeval.records.assumption import Assumption
from innoeval.records.finding import FindingStatus
from innoeval.records.verdict import Status

KNOWN = entries()


def test_nothing_that_a_brief_names_is_left_out() -> None:
    names = {entry.name for entry in KNOWN}
    assert names >= {check.name for check in CHECKS}
    assert names >= {one.value for one in Assumption}
    assert names >= {*get_args(Status), *get_args(FindingStatus)}
    assert {CallawaySantAnna.__name__, "SegmentedRegression", "robins_i", "maryland_sms"} <= names
    assert {entry.kind for entry in KNOWN} == set(KINDS)


@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: entry.name)
def test_each_has_plain_words_and_a_place_to_go_on(entry: Any) -> None:
    assert entry.plain.strip().endswith((".", "?", ")"))
    assert len(entry.plain) < 160
    assert entry.more
    told = " ".join((entry.plain, *entry.text, entry.source))
    assert ":math:" not in told
    assert ">>>" not in told
    if entry.kind in {"check", "design", "standard"}:
        assert entry.source, "no source"


@pytest.mark.parametrize("spelt", ["pre_trend", "pre-trend", "PreTrend", "Pre trend"])
def test_a_name_is_found_however_it_is_spelt(spelt: str, run: Any) -> None:
    done = run("explain", spelt)
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    for words in ("Did both groups move together before the start?", "Roth (2022)", "10.1257/aeri.20210236",
                  "docs/methods/checks.md", "both groups would have moved together"):  # fmt: skip
        assert words in text


def test_a_near_name_is_suggested_and_a_far_one_is_helped(run: Any) -> None:
    near = run("explain", "mean_revresion")
    assert (near.code, near.out) == (1, "")
    assert "did you mean 'mean_reversion'?" in near.err
    far = run("explain", "xyzzy\x1b[31m")
    assert far.code == 1
    assert "'innoeval explain' lists all names" in far.err
    assert "\x1b" not in far.err


def test_all_names_are_listed_at_any_width(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in ("80", "120"):
        monkeypatch.setenv("COLUMNS", width)
        done = run("explain")
        assert done.code == 0
        assert max(map(len, done.out.splitlines())) <= int(width)
        assert [entry.name for entry in KNOWN if f" {entry.name} " not in done.out] == []


def test_status_and_policy_say_the_same() -> None:
    (entry,) = find("overstated")
    assert "80 %" in entry.text[0]
    assert entry.facts == (("Shown as", "≠ does not hold up"),)


def test_a_shell_completes_names() -> None:
    assert [name for name, _ in complete("pre_t")] == ["pre_trend"]
    assert {name for name, _ in complete("pre")} >= {"pre_trend", "pre_fit", "prespecified_window"}


@pytest.mark.parametrize(
    ("shell", "words"),
    [("bash", "complete -o"), ("zsh", "#compdef innoeval"), ("fish", "complete --command innoeval")],
)  # fmt: skip
def test_completion_is_printed_for_each_shell(
    shell: str, words: str, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_INNOEVAL_COMPLETE", f"source_{shell}")
    done = run()
    assert done.code == 0
    assert words in done.out
    monkeypatch.delenv("_INNOEVAL_COMPLETE")
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: (shell, f"/bin/{shell}"))
    shown = run("--show-completion")
    assert shown.code == 0
    assert words in shown.out


def test_bash_is_given_the_names_of_checks(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_INNOEVAL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "innoeval explain pre_t")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert "pre_trend" in run().out
