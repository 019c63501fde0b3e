"""What the shell offers when somebody presses Tab. It answers from files alone, at once, and offers nothing rather than fail."""

from __future__ import annotations

from pathlib import Path

from local.stage.instance import names
from local.workspace import Workspace

_DEAD_ENDS = ("-dlq", "-rejects")


def instances(incomplete: str) -> list[str]:
    """Local platforms that ever ran in this checkout."""
    return [name for name in names(Workspace.here()) if name.startswith(incomplete)]


def functions(incomplete: str) -> list[str]:
    """The functions of this checkout, as `context/trigger`."""
    return [name for name in _functions(Workspace.here().root) if name.startswith(incomplete)]


def queues(incomplete: str) -> list[str]:
    """What the dead-letter queues of this checkout's functions may be called; not every function has one."""
    stems = [name.replace("/", "-").replace("_", "-") for name in _functions(Workspace.here().root)]
    return [stem + end for stem in stems for end in _DEAD_ENDS if (stem + end).startswith(incomplete)]


def _functions(root: Path) -> list[str]:
    handlers = (root / "functions").glob("*/*/handler.py")
    return sorted(f"{path.parents[1].name}/{path.parent.name}" for path in handlers)
