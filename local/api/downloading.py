"""Files that the API gives an address for."""

from __future__ import annotations

from typing import BinaryIO

from local.api.calling import is_here
from local.problems import LocalProblem


def download(url: str, out: BinaryIO) -> int:
    """Copies what lies at `url` to `out`; returns its size in bytes. Raises LocalProblem if it is refused."""
    import httpx

    with httpx.stream("GET", url, timeout=60, trust_env=not is_here(url)) as answer:
        if answer.is_error:
            raise LocalProblem(f"the download was refused ({answer.status_code})", "run again: its address had expired")
        for chunk in answer.iter_bytes():
            out.write(chunk)
    return out.tell()
