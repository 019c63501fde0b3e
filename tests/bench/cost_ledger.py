"""`make costs`: measures every unit of work, reads the deployment off its templates, and writes the ledger and its document."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from local.costs.assumptions import assumptions
from local.costs.billing import Tariff, unit_price
from local.costs.comparison import changes
from local.costs.cost_document import write
from local.costs.ledger import LEDGER, Deployment, Ledger, encoded, load
from local.costs.prices import prices
from local.problems import LocalProblem
from local.workspace import Workspace
from tests.architecture.repository import ROOT
from tests.bench.deployment import deployment, synthesised
from tests.bench.units_of_work import measured

REGION = "ca-central-1"


def made() -> Ledger:
    """A ledger of the code as it is."""
    with tempfile.TemporaryDirectory() as directory:
        deployed: Deployment = deployment(synthesised(Path(directory)))
    return Ledger(deployed, measured(deployed.functions))


def tariff(ledger: Ledger) -> Tariff:
    return Tariff(ledger, prices(), assumptions(), REGION)


def measure() -> dict[str, float]:
    """AWS requests and US dollars a million of each unit of work, of the deployment in the ledger."""
    before = load()
    now = tariff(Ledger(before.deployment, measured(before.deployment.functions)))
    figures: dict[str, float] = {}
    for name, unit in now.ledger.measured.units.items():
        figures[f"unit_requests {name}"] = float(sum(amount for key, amount in unit.total().items() if ":" in key))
        figures[f"unit_usd_per_million {name}"] = round(float(unit_price(name, now)) * 1_000_000, 3)
    return figures


def main() -> int:
    try:
        known = load().measured
    except LocalProblem:
        known = None
    ledger = made()
    LEDGER.write_bytes(encoded(ledger))
    write(tariff(ledger), Workspace(ROOT))
    for change in changes(known, ledger.measured) if known is not None else ():
        print(f"{'dearer ' if change.rose else 'cheaper'}  {change}")
    print(f"written to {LEDGER.relative_to(ROOT)} and docs/costs.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
