"""A PostgreSQL server of its own for tests: on loopback, as an ordinary user, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

#: Signs that an address has to spell otherwise.
PASSWORD = "s3cr:t/p@ss"  # noqa: S105 - of a server that lives for one test run
USER = "clerk"


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty database, its password in it."""
    programs = programs_folder()
    # PostgreSQL refuses to run as root; its package brings a user of that name.
    runs_as = {"user": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="innoeval-postgres-"))
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        if runs_as:
            for path in (folder, secret):
                shutil.chown(path, "postgres")

        def run(*command: str) -> None:
            subprocess.run(command, check=True, capture_output=True, cwd=folder, **runs_as)

        data, port = str(folder / "data"), free_port()
        run(f"{programs}/initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "-E", "UTF8",
            "--pwfile", str(secret), "--no-sync")  # fmt: skip
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run(
            f"{programs}/pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            str(folder / "log"),
            "-o",
            options,
            "start",
        )
        try:
            yield f"postgres://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/postgres"
        finally:
            run(f"{programs}/pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs_folder() -> Path:
    """Where initdb is; CI must have it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path))
    if not found and os.environ.get("CI"):
        pytest.fail("PostgreSQL is not installed; .ci/run installs it")
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return found[-1].parent


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
