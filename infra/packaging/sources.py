"""Our own code as packages: one per function, and one domain layer per context.

A function's package holds its folder alone, at the same path as in the repository. A context's domain layer holds the
kernel, the contracts, the platform and that context, not its siblings: an edit in one context leaves the others' layers as
they are. Leaving the siblings out is safe because no context imports another (import-linter proves it).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.packaging import bytecode
from infra.packaging.archive import digest_of, recipe, write_zip
from infra.packaging.layout import CHECKOUT, Layout, Package
from infra.packaging.locking import alone

SHARED_ROOMS = ("kernel", "contracts", "platform")


def function_package(context: str, trigger: str, layout: Layout = CHECKOUT) -> Package:
    """The package of functions/<context>/<trigger>. Raises FileNotFoundError that names the missing handler."""
    folder = layout.functions / context / trigger
    if not (folder / "handler.py").is_file():
        raise FileNotFoundError(
            f"functions/{context}/{trigger}/handler.py is missing: infra/{context}/{trigger}.py deploys it"
        )
    name = f"{context}.{trigger}"
    sources = [*_packages_above(folder), *_sources(folder)]
    return _Plan(name, sources, layout.root, layout.build / "functions" / name, "/var/task").carry_out(layout)


def domain_package(context: str, layout: Layout = CHECKOUT) -> Package:
    """The domain layer of `context`: what it may import of `skuflow`, and nothing else."""
    rooms = [layout.domain / name for name in dict.fromkeys((*SHARED_ROOMS, context))]
    sources = [layout.domain / "__init__.py", *(path for room in rooms for path in _sources(room))]
    name = f"domain-{context}"
    return _Plan(name, sources, layout.domain.parents[1], layout.build / "domain" / context, "/opt").carry_out(layout)


def _sources(folder: Path) -> list[Path]:
    """The files of `folder` that belong in a package: not bytecode of whoever ran it last."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc")


def _packages_above(folder: Path) -> list[Path]:
    """`__init__.py` of the folders that lead to `folder`, where there are any."""
    above = (folder.parents[1], folder.parents[0])
    return [path for parent in above if (path := parent / "__init__.py").is_file()]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What goes into a package: `sources` are paths below `base`, staged in `home`, to lie at `lies_at` on Lambda."""

    name: str
    sources: list[Path]
    base: Path
    home: Path
    lies_at: str

    def carry_out(self, layout: Layout) -> Package:
        """Stage, compile and zip, unless that is done already."""
        files = [(path.relative_to(self.base).as_posix(), path.read_bytes()) for path in self.sources]
        compiler = bytecode.for_lambda()
        digest = digest_of([*files, recipe(), ("compiled", compiler.label.encode())])
        archive = layout.archive(self.name, digest)
        with alone(layout.lock(self.name)):
            if not (archive.exists() and self.home.is_dir()):
                _stage(files, self.home)
                compiler.compile(self.home, lies_at=self.lies_at)
                write_zip(self.home, archive)
                for stale in layout.old_archives(self.name, digest):
                    stale.unlink()
        return Package(self.name, self.home, archive, digest)


def _stage(files: Iterable[tuple[str, bytes]], home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    for path, body in files:
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
