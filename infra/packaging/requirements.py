"""The pinned, hashed requirement files, one per layer."""

from __future__ import annotations

import re
from pathlib import Path

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")

Pins = dict[str, tuple[str, str]]
"""Name -> (version, the lines of the file that pin it, hashes included)."""


def read_pins(path: Path) -> Pins:
    """The pins of the requirement file at `path`. Raises ValueError if a line is not a pin with its hashes."""
    pins: Pins = {}
    for block in _blocks(path.read_text(encoding="utf-8")):
        found = _PIN.match(block)
        if found is None or "--hash=" not in block:
            raise ValueError(f"{path.name}: not a pin with hashes: {block.splitlines()[0]}")
        pins[found["name"].lower()] = (found["version"], block)
    return pins


def without(pins: Pins, present: Pins) -> Pins:
    """`pins` less those that `present` holds already. Raises ValueError if the two disagree about a version: Lambda
    would load whichever layer comes first."""
    clashes = [
        f"{name} {version} and {present[name][0]}"
        for name, (version, _) in pins.items()
        if name in present and present[name][0] != version
    ]
    if clashes:
        raise ValueError("two layers pin different versions (run `make lock`): " + ", ".join(clashes))
    return {name: pin for name, pin in pins.items() if name not in present}


def as_text(pins: Pins) -> str:
    return "".join(f"{block}\n" for _, block in pins.values())


def _blocks(text: str) -> list[str]:
    """The file's requirements: a line and its indented continuations belong together; comments do not count."""
    blocks: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and blocks:
            blocks[-1] += "\n" + line
        else:
            blocks.append(line)
    return blocks
