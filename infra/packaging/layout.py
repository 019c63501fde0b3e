"""Where packages are made from and where they go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Layout:
    """A checkout of the repository. Tests package a copy of it."""

    root: Path = REPOSITORY

    @property
    def functions(self) -> Path:
        return self.root / "functions"

    @property
    def domain(self) -> Path:
        return self.root / "layers" / "domain" / "python" / "skuflow"

    @property
    def requirements(self) -> Path:
        return self.root / "requirements"

    @property
    def build(self) -> Path:
        return self.root / "build"

    def archive(self, name: str, digest: str) -> Path:
        """Where the zip of this content of the package `name` lies; older contents are `old_archives`."""
        return self.build / "packages" / f"{name}.{digest[:16]}.zip"

    def old_archives(self, name: str, digest: str) -> list[Path]:
        return [p for p in self.archive(name, digest).parent.glob(f"{name}.*.zip") if p != self.archive(name, digest)]

    def lock(self, name: str) -> Path:
        return self.build / "locks" / name


CHECKOUT = Layout()


@dataclass(frozen=True, slots=True)
class Package:
    """One thing to upload. `directory` is its content as it will lie on Lambda (below /var/task or /opt), `archive` the same
    as a zip, `digest` changes when, and only when, what it is made from changes."""

    name: str
    directory: Path
    archive: Path
    digest: str
