"""Give a reader odd files until a number is reached; count, time, and keep what breaks it."""

from __future__ import annotations

import hashlib
import resource
import signal
import sys
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzz.mutate import Seed
from tests.fuzz.readers import Reader

from innoeval.errors import InnoevalError

#: CPU seconds that one file may take, and bytes of memory for the process.
SLOWEST, ROOMIEST = 20.0, 6 * 2**30


class TooSlow(BaseException):
    """One file took longer than any may."""


@dataclass(slots=True)
class Tally:
    """What one reader did."""

    name: str
    inputs: int = 0
    read: int = 0
    refused: int = 0
    crashes: dict[str, str] = field(default_factory=dict)
    worst: float = 0.0
    spent: float = 0.0
    memory: int = 0


def fuzz(reader: Reader, seed: int, number: int, folder: Path, keep: Path | None = None) -> Tally:
    """Read odd files one after another.

    Parameters
    ----------
    reader, seed, number
        Which door, which files, how many.
    folder
        Where each file is put before it is read; what kills the process is still there.
    keep
        Where files that break the reader are kept.
    """
    tally = Tally(reader.name)
    random = Random(f"{reader.name} {seed}")
    sound = [Seed(content) for content in reader.seeds()]
    for one in sound[:1]:
        attempt(reader, one.content, folder)  # loads what it needs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(number):
        content = reader.mutate(random.choice(sound), random, sound)
        begun = time.thread_time()
        said = attempt(reader, content, folder)
        took = time.thread_time() - begun
        tally.inputs += 1
        tally.spent += took
        tally.worst = max(tally.worst, took)
        tally.read += said == ""
        tally.refused += said == "refused"
        if said not in {"", "refused"} and said not in tally.crashes:
            name = f"{reader.name.replace(' ', '_')}-{hashlib.sha256(content).hexdigest()[:10]}{reader.suffix}"
            tally.crashes[said] = name
            print(f"{reader.name}: {said} ({name})", file=sys.stderr, flush=True)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / name).write_bytes(content)
    tally.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return tally


def attempt(reader: Reader, content: bytes, folder: Path) -> str:
    """Nothing where a file was read, "refused" where innoeval said why not; else what broke."""
    path = folder / f"file{reader.suffix}"
    path.write_bytes(content)
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader.read(path)
    except InnoevalError as error:
        return "refused" if 0 < len(str(error).strip()) < 20_000 else "a message of no use"
    except (Exception, TooSlow) as error:  # noqa: BLE001 - a crash of any kind is what is looked for
        place = [f for f in traceback.extract_tb(error.__traceback__) if "innoeval" in f.filename]
        at = f"{Path(place[-1].filename).name}:{place[-1].name}" if place else "?"
        return f"{type(error).__name__} in {at}: {str(error)[:80]!a}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def bounded() -> None:
    """Bound time and memory of this process."""

    def stop(*_: object) -> None:
        raise TooSlow(f"more than {SLOWEST:g} s of CPU time")

    signal.signal(signal.SIGVTALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (ROOMIEST, ROOMIEST))
