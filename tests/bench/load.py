"""`make load`: the local platform under 50, 100, 250, 500 and 1,000 users, a minute each, over real HTTP.

Users read products, search, look at price histories and send webhooks, and think 5 to 15 s between: a thousand of them make a
hundred requests a second. The embedded AWS on this machine's cores, which the users share with it, is not AWS: it says whether
everything holds under load, and what is slow; how fast it is on AWS it does not say.

    python -m tests.bench.load --users 50,100 --seconds 20
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from rich.console import Console

from local.progress import ConsoleSteps
from tests.architecture.repository import ROOT
from tests.bench.load_driver import Driver, Ramp, act, client
from tests.bench.load_figures import Inside, Sample, faults, level_table, named, source_table
from tests.bench.load_inside import probing
from tests.bench.load_platform import Stage, staged
from tests.bench.load_users import Kind, call

LEVELS = (50, 100, 250, 500, 1000)
SECONDS = 60.0
OUTPUT = ROOT / "build" / "bench.json"

WARMED_WITH = 6
"""Requests of each kind at once: as many workers of each function as a thousand users keep busy now and then."""


def measure(ramp: Ramp | None = None) -> dict[str, float]:
    """`load_<users>_errors`, `_mean_ms`, `_p50_ms`, `_p99_ms`, `_requests`, `_retries` for each level, `data_access_mean_ms`,
    `cache_hit_mean_ms`, and `load_dead_letters`."""
    ramp = ramp or Ramp(LEVELS, SECONDS)
    console = Console()
    with staged(ConsoleSteps(console)) as stage:
        asyncio.run(warm(stage))
        with probing(stage) as probe:
            console.print(f"{ramp.levels} users, {ramp.seconds:g} s each")
            samples = asyncio.run(Driver(stage.aws.api_url(), stage.targets, ramp).run())
        dead = stage.dead_letters
    show(console, samples, probe.figures, dead)
    return named(samples, probe.figures) | {"load_dead_letters": dead}


async def warm(stage: Stage, rounds: int = 2) -> None:
    """Have the functions started: how long that takes is another bench's matter. Raises RuntimeError if one of them fails."""
    random = Random(0)
    async with client() as http:
        for kind in [*Kind] * rounds:
            asked = [call(kind, stage.targets, random, datetime.now(UTC)) for _ in range(WARMED_WITH)]
            done = await asyncio.gather(*(act(http, stage.aws.api_url(), each, 0) for each in asked))
            if failed := faults(done):
                raise RuntimeError(f"the platform does not even hold {WARMED_WITH} requests: {dict(failed)}")


def show(console: Console, samples: Sequence[Sample], inside: Inside, dead: int) -> None:
    console.print(level_table(samples))
    console.print(source_table(samples, inside))
    console.print(
        f"Here is an emulator of AWS on {os.cpu_count()} cores, which run the users, too; the source's figures are from AWS. "
        f"Inside: {inside.count} measurements. Messages in dead-letter queues: {dead}."
    )
    for fault, times in faults(samples).most_common():
        console.print(f"[red]{times} x {fault}[/red]")


def main(arguments: Sequence[str]) -> int:
    reader = argparse.ArgumentParser(description="The local platform under load.")
    reader.add_argument("--users", default=",".join(map(str, LEVELS)), help="users at each level, ascending")
    reader.add_argument("--seconds", type=float, default=SECONDS, help="how long each level lasts")
    reader.add_argument("--seed", type=int, default=1, help="another one, other choices")
    given = reader.parse_args(arguments)
    levels = tuple(int(users) for users in given.users.split(","))
    if list(levels) != sorted(set(levels)) or levels[0] < 1:
        reader.error("--users: ascending numbers, such as 50,100,250")
    figures = measure(Ramp(levels, given.seconds, seed=given.seed))
    known = json.loads(OUTPUT.read_text()) if OUTPUT.is_file() else {}
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(known | figures, indent=2) + "\n")
    return 1 if any(value for name, value in figures.items() if name.endswith("_errors")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
