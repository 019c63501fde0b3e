"""How much memory a program has had."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """The most that this program has had, in MB. Not `ru_maxrss`, which a child inherits from whoever started it."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(kilobytes) / 1024, 1)
