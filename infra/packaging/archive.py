"""Directories to zips and digests, the same bytes every time."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""

_READABLE_FILE = 0o100644 << 16
"""Unix mode in a zip entry: Lambda's user must be able to read what the build machine's umask may have hidden."""


def files_of(directory: Path) -> list[Path]:
    """Every file below `directory`, in an order that does not depend on the file system."""
    return sorted((p for p in directory.rglob("*") if p.is_file()), key=lambda p: p.relative_to(directory).as_posix())


def write_zip(directory: Path, archive: Path) -> None:
    """Put the files below `directory` into `archive`: sorted, with one fixed time and mode."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    unfinished = archive.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for path in files_of(directory):
            entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), _EPOCH)
            entry.external_attr = _READABLE_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, path.read_bytes())
    unfinished.replace(archive)


def digest_of(parts: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256, in hex, of named contents; every part is length-prefixed, so parts cannot run into each other."""
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"{len(name)}:{name}{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def recipe() -> tuple[str, bytes]:
    """This package's own source, as a part of every digest: another recipe makes another package."""
    here = Path(__file__).parent
    return "recipe", b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))


def size_of(directory: Path) -> int:
    """Bytes of all files below `directory`, which is what Lambda's limit of 250 MB counts."""
    return sum(path.stat().st_size for path in files_of(directory))
