"""What a process asks of the world outside while it works: sockets, name look-ups, programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ASKS = ("socket.", "subprocess.", "os.exec", "os.system", "os.posix_spawn", "os.spawn", "urllib.",
         "http.", "ftplib.", "smtplib.", "webbrowser.", "ssl.")  # fmt: skip
#: Says nothing to anybody, and asks for no socket.
_QUIET = {"socket.gethostname"}
_seen: list[str] | None = None
_set = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _seen is not None and event.startswith(_ASKS) and event not in _QUIET:
        _seen.append(f"{event} {arguments!r:.200}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Python's own audit of what is done inside; compiled libraries are seen by `forbid_sockets`."""
    global _seen, _set  # noqa: PLW0603 - an audit hook stays for the life of a process
    if not _set:
        sys.addaudithook(_hook)
        _set = True
    _seen = found = []
    try:
        yield found
    finally:
        _seen = None


def forbid_sockets() -> bool:
    """From now on the kernel ends this process where it asks for a socket; False where it cannot.

    Linux on x86-64 or ARM: a filter of system calls (seccomp), for compiled code as for Python's.
    """
    import ctypes
    import platform
    import struct

    number = {"x86_64": 41, "aarch64": 198}.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return False
    load, jump, give = 0x20, 0x15, 0x06
    killed, allowed = 0x80000000, 0x7FFF0000
    lines = [(load, 0, 0, 0), (jump, 0, 1, number), (give, 0, 0, killed), (give, 0, 0, allowed)]
    program = b"".join(struct.pack("HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(program)

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_void_p))

    told = Filter(len(lines), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter, by_filter = 38, 22, 2
    return (
        libc.prctl(no_new_privileges, 1, 0, 0, 0) == 0
        and libc.prctl(set_filter, by_filter, ctypes.byref(told), 0, 0) == 0
    )
