"""How long a cold start takes, as a ratio to bare Python on the same machine; and how many modules it loads.

Each function starts from what is deployed: its staged folder, its context's domain layer and the third-party layers, built for
this machine and compiled, in a fresh interpreter that has nothing else installed. `python -c pass` in that same
interpreter is the unit. Rounds are interleaved, so that a slow minute hits all alike; what is compared is the processor time of
the least disturbed round, because whatever else the machine does can only add to it.
"""

from __future__ import annotations

import compileall
import py_compile
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.packaging.sources import SHARED_ROOMS
from tests.architecture.repository import DOMAIN, FUNCTIONS, ROOT, doors
from tests.bench.cold_start import HTTP_TRIGGERS, environment, start

ROUNDS = 15
HOST_LAYERS = ROOT / "build" / "local"


class NotBuilt(Exception):
    """What is to be measured is not there; says how to make it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A directory with a bare interpreter (`python`), what Lambda would have unpacked to /opt/python for each context, and
    what it would have unpacked to /var/task for each function."""

    home: Path

    @property
    def python(self) -> Path:
        return self.home / "interpreter" / "bin" / "python"

    def path_of(self, context: str, trigger: str) -> str:
        places = [self.home / "task" / f"{context}.{trigger}", self.home / "domain" / context]
        return ":".join(str(place) for place in (*places, *layers_of(context, trigger)))


def layers_of(context: str, trigger: str) -> list[Path]:
    """The third-party layers of a function, as infrastructure attaches them (tests/infra checks the templates)."""
    names = ["layer-core"]
    if trigger == "api":
        names.append("layer-http")
    if (context, trigger) in {
        ("catalog", "api"),
        ("catalog", "apply_product_batch"),
        ("catalog", "apply_product_fixes"),
        ("quality", "record_fix_outcome"),
        ("quality", "run_quality_job"),
    }:
        names.append("layer-text")
    if trigger in {
        "connect_shop",
        "process_shopify_webhook",
        "sync_shop",
        "read_bulk_result",
        "authorizer",
        "run_quality_job",
    }:
        names.append("layer-outbound")
    if trigger == "authorizer":
        names.append("layer-tokens")
    if context == "quality" and trigger in {"api", "record_fix_outcome", "run_quality_job"}:
        names.append("layer-quality")
    if (context, trigger) == ("billing", "api"):
        names.append("layer-pdf")
    return [HOST_LAYERS / name / "python" for name in names]


def packed(home: Path) -> Box:
    """Everything staged and compiled under `home`. Raises NotBuilt that names the layer which is missing."""
    missing = [
        name
        for name in (
            "layer-core",
            "layer-http",
            "layer-text",
            "layer-quality",
            "layer-outbound",
            "layer-tokens",
            "layer-pdf",
        )
        if not (HOST_LAYERS / name / "python").is_dir()
    ]
    if missing:
        raise NotBuilt(f"{', '.join(missing)} not built: run `python -m infra.packaging.build_layers --target host`")
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "interpreter"], check=True)
    for context in {context for context, _ in doors()}:
        for room in dict.fromkeys((*SHARED_ROOMS, context)):
            shutil.copytree(DOMAIN / "skuflow" / room, home / "domain" / context / "skuflow" / room)
        shutil.copy(DOMAIN / "skuflow" / "__init__.py", home / "domain" / context / "skuflow")
    for context, trigger in doors():
        shutil.copytree(
            FUNCTIONS / context / trigger, home / "task" / f"{context}.{trigger}" / "functions" / context / trigger
        )
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(home / "domain", quiet=2, invalidation_mode=mode)
    compileall.compile_dir(home / "task", quiet=2, invalidation_mode=mode)
    return Box(home)


def seconds(python: Path, code: str, environ: Mapping[str, str]) -> float:
    """Processor time (user and system) of one fresh interpreter that runs `code`. Raises CalledProcessError if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-c", code], env=environ, cwd="/", check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios(box: Box, rounds: int = ROUNDS) -> dict[tuple[str, str], float]:
    """(context, trigger) -> time of its start over that of bare Python."""
    runs = {door: environment(*door) | {"PYTHONPATH": box.path_of(*door)} for door in doors()}
    bare: list[float] = []
    taken: dict[tuple[str, str], list[float]] = {door: [] for door in runs}
    for _ in range(rounds):
        bare.append(seconds(box.python, "pass", {"PATH": "/usr/bin:/bin"}))
        for (context, trigger), environ in runs.items():
            code = f"import functions.{context}.{trigger}.handler"
            taken[context, trigger].append(seconds(box.python, code, environ))
    return {door: min(times) / min(bare) for door, times in taken.items()}


def measure() -> dict[str, float]:
    """`cold_http_ratio_max`, `cold_consumer_ratio_max`, and for each function its ratio and its modules."""
    found = ratios(packed(ROOT / "build" / "bench" / "cold"))
    http = [ratio for (_, trigger), ratio in found.items() if trigger in HTTP_TRIGGERS]
    consumers = [ratio for (_, trigger), ratio in found.items() if trigger not in HTTP_TRIGGERS]
    figures = {"cold_http_ratio_max": round(max(http), 1), "cold_consumer_ratio_max": round(max(consumers), 1)}
    for (context, trigger), ratio in sorted(found.items()):
        figures[f"cold_ratio {context}/{trigger}"] = round(ratio, 1)
        loaded = start(context, trigger, environ=environment(context, trigger)).modules
        figures[f"cold_modules {context}/{trigger}"] = len(loaded)
    return figures
