"""Where things lie in a checkout. Everything generated is under `.local/` or `build/`, neither of which is committed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """A checkout at `root`."""

    root: Path

    @classmethod
    def here(cls) -> Workspace:
        """The checkout that this file belongs to."""
        return cls(Path(__file__).resolve().parents[1])

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    @property
    def uv(self) -> Path:
        return self.root / ".venv" / "bin" / "uv"

    @property
    def embedded_aws(self) -> Path:
        """The virtual environment that holds the embedded AWS and nothing of ours."""
        return self.root / ".local" / "ministack"

    @property
    def instances(self) -> Path:
        return self.root / ".local" / "instances"

    @property
    def assemblies(self) -> Path:
        """Synthesised CDK apps, one folder per stage configuration."""
        return self.root / ".local" / "assemblies"

    @property
    def domain_layer(self) -> Path:
        return self.root / "layers" / "domain" / "python"

    @property
    def requirements(self) -> Path:
        return self.root / "requirements"

    def dependency_layer(self, name: str) -> Path:
        """The packages of the dependency layer `name`, built for this machine."""
        return self.root / "build" / "local" / name / "python"
