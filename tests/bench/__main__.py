"""`make bench`: measures, prints a table, writes build/bench.json (name -> figure).

What cannot be measured says why and leaves its figures out; the exit code is then 1. Names can be given to measure only
some: `python -m tests.bench cold costs`.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.architecture.repository import ROOT

OUTPUT = ROOT / "build" / "bench.json"

BENCHES = {
    "reader": "tests.bench.import_reader",
    "costs": "tests.bench.catalogue_costs",
    "ledger": "tests.bench.cost_ledger",
    "bulk": "tests.bench.bulk_result",
    "webhooks": "tests.bench.webhooks",
    "billing": "tests.bench.billing_run",
    "cold": "tests.bench.cold_times",
    "load": "tests.bench.load",
}
"""Name -> module with `measure() -> dict[str, float]`."""

AIMS = {
    "import_ratio_to_csv_reader": 6.0,
    "import_200mb_peak_mb": 256.0,
    "bulk_100k_peak_mb": 256.0,
    "bulk_resync_writes": 0.0,
    "unchanged_writes": 0.0,
    "bookkeeping_writes_per_batch": 1.0,
    "write_units_ratio": 1.5,
    "webhook_cpu_ratio": 2.0,
    "webhook_requests": 1.0,
    "requests_per_invoice": 3.0,
    "run_record_writes_per_invoice": 0.2,
    "seller_counter_writes_per_invoice": 0.05,
    "hottest_key_write_units_per_1000_invoices": 500.0,
    "hottest_key_read_units_per_1000_invoices": 1500.0,
    "cold_http_ratio_max": 30.0,
    "cold_consumer_ratio_max": 27.0,
    "load_1000_errors": 0.0,
    "load_dead_letters": 0.0,
}
"""Figure -> the most it should be."""


def main(arguments: Sequence[str]) -> int:
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")  # the functions under the benches would fill the screen
    console = Console()
    unknown = set(arguments) - set(BENCHES)
    if unknown:
        console.print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    figures, missing = run(list(arguments) or list(BENCHES), console)
    OUTPUT.parent.mkdir(exist_ok=True)
    known = json.loads(OUTPUT.read_text()) if arguments and OUTPUT.is_file() else {}
    OUTPUT.write_text(json.dumps(known | figures, indent=2) + "\n")
    console.print(table(figures))
    for name, reason in missing.items():
        console.print(f"[red]not measured: {name}[/red]: {reason}")
    console.print(f"written to {OUTPUT.relative_to(ROOT)}")
    return 1 if missing else 0


def run(names: Sequence[str], console: Console) -> tuple[dict[str, float], dict[str, str]]:
    """The figures, and the benches that could not measure with the reason."""
    figures: dict[str, float] = {}
    missing: dict[str, str] = {}
    if "cold" in names:
        build_layers(console)
    for name in names:
        begun = time.perf_counter()
        try:
            figures |= importlib.import_module(BENCHES[name]).measure()
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"
        console.print(f"{name}: {time.perf_counter() - begun:.0f} s")
    return figures, missing


def build_layers(console: Console) -> None:
    """The layers for this machine; quick when they are there."""
    command = [sys.executable, "-m", "infra.packaging.build_layers", "--target", "host"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        console.print(f"[red]the layers could not be built[/red]: {done.stderr.strip()}")


def table(figures: dict[str, float]) -> Table:
    shown = Table("figure", "value", "aim", box=None)
    shown.columns[1].justify = shown.columns[2].justify = "right"
    for name, value in sorted(figures.items(), key=lambda item: (item[0] not in AIMS, item[0])):
        aim = AIMS.get(name)
        missed = aim is not None and value > aim
        shown.add_row(name, f"{'[red]' if missed else ''}{value:g}", f"≤ {aim:g}" if aim is not None else "")
    return shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
