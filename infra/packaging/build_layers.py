"""Layers of third-party code, from requirements/<layer>.txt.

    python -m infra.packaging.build_layers --target lambda   -> build/layers/<layer>/python, for python3.13 on arm64
    python -m infra.packaging.build_layers --target host     -> build/local/<layer>/python, for this interpreter

Both follow one recipe: install the pinned wheels without running any of their code, leave out what another layer
brings, trim, compile. A layer is built again only when its requirements or the recipe change.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.packaging import bytecode
from infra.packaging.archive import digest_of, recipe, size_of, write_zip
from infra.packaging.layout import CHECKOUT, REPOSITORY, Layout, Package
from infra.packaging.locking import alone
from infra.packaging.requirements import as_text, read_pins, without
from infra.packaging.trim import trim

Target = Literal["lambda", "host"]

LAYERS: dict[str, tuple[str, ...]] = {
    "layer-core": (),
    "layer-http": ("layer-core",),
    "layer-text": ("layer-core",),
    "layer-quality": ("layer-core",),
    "layer-outbound": ("layer-core",),
    "layer-tokens": ("layer-core",),
    "layer-pdf": ("layer-core",),
}
"""Layer -> the layers that always come with it, whose distributions it must not repeat."""

_PLATFORM = "aarch64-manylinux_2_28"


class CannotBuild(Exception):
    """A layer could not be made; the message is the installer's."""


@dataclass(frozen=True, slots=True)
class Build:
    """How one layer is made for one target."""

    name: str
    target: Target
    layout: Layout = CHECKOUT

    @property
    def home(self) -> Path:
        return self.layout.build / ("layers" if self.target == "lambda" else "local") / self.name

    @property
    def compiler(self) -> bytecode.Compiler:
        return bytecode.for_lambda() if self.target == "lambda" else bytecode.HOST

    @property
    def pinned(self) -> str:
        """The requirements of this layer alone, as text with hashes."""
        pins = read_pins(self.layout.requirements / f"{self.name}.txt")
        for other in LAYERS[self.name]:
            pins = without(pins, read_pins(self.layout.requirements / f"{other}.txt"))
        return as_text(pins)

    @property
    def digest(self) -> str:
        machine = _PLATFORM if self.target == "lambda" else f"{sys.platform} {platform.machine()} {sys.executable}"
        kind = f"{self.target} {machine} {self.compiler.label}"
        return digest_of(
            [("layer", self.name.encode()), recipe(), ("kind", kind.encode()), ("pins", self.pinned.encode())]
        )

    def install(self, site: Path) -> None:
        """Unpack the wheels into the site directory `site`: from the installer's cache if it has all of them (no index is
        asked then), else fetched. The hashes are checked either way."""
        place = (
            ["--python-platform", _PLATFORM, "--python-version", bytecode.LAMBDA_PYTHON]
            if self.target == "lambda"
            else ["--python", sys.executable]
        )
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
            pinned.write(self.pinned)
            pinned.flush()
            command = [_uv(), "pip", "install", "--quiet", "--target", str(site), *place]
            command += ["--only-binary", ":all:", "--no-deps", "--require-hashes", "--requirements", pinned.name]
            command += ["--link-mode", "copy"]  # the files are trimmed; links would lead into the installer's cache
            done = _run([*command, "--offline"])
            if done.returncode:
                done = _run(command)
        if done.returncode:
            raise CannotBuild(f"{self.name} could not be installed for {self.target}:\n{done.stderr.strip()}")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build_layer(name: str, target: Target, layout: Layout = CHECKOUT) -> Package:
    """The layer `name` for `target`, built if it is not there yet. Raises CannotBuild with the installer's words."""
    build = Build(name, target, layout)
    home, digest = build.home, build.digest
    note = layout.build / "digests" / f"{target}.{name}"
    archive = layout.archive(name, digest)
    with alone(layout.lock(f"{target}.{name}")):
        if not home.is_dir() or not note.exists() or note.read_text(encoding="utf-8") != digest:
            _make(build)
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(digest, encoding="utf-8")
        if target == "lambda" and not archive.exists():
            write_zip(home, archive)
            for stale in layout.old_archives(name, digest):
                stale.unlink()
    return Package(name, home, archive, digest)


def _make(build: Build) -> None:
    build.home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build.home.parent, prefix="new.") as fresh:
        site = Path(fresh) / build.name / "python"
        build.install(site)
        trim(site)
        build.compiler.compile(site.parent, lies_at="/opt" if build.target == "lambda" else str(build.home))
        shutil.rmtree(build.home, ignore_errors=True)
        site.parent.rename(build.home)


def _uv() -> str:
    """The project's own uv, beside its interpreter; `make setup` puts it there."""
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise CannotBuild("uv is missing: run `make setup`")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Build the layers of third-party code.")
    parser.add_argument("--target", choices=("lambda", "host"), default="lambda")
    parser.add_argument("layers", nargs="*", metavar="layer", help=f"of {', '.join(LAYERS)}; default: all")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.layers) - set(LAYERS):
        parser.error(f"no such layer: {', '.join(sorted(unknown))}")
    for name in chosen.layers or LAYERS:
        try:
            package = build_layer(name, chosen.target)
        except (CannotBuild, ValueError) as error:
            sys.exit(f"build_layers: {error}")
        size = f"{size_of(package.directory) / 1e6:.1f} MB unzipped"
        sys.stdout.write(f"{package.directory.relative_to(REPOSITORY)}/python  {size}\n")


if __name__ == "__main__":
    main()
