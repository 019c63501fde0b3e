"""`skuflow dlq`: what could not be handled, why, and putting it back to work."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from local.cli.application import HERE, AsJson, InstanceName, QueueName, StageName, group, target
from local.cli.output import Output
from local.operations import dead_letters
from local.operations.dead_letters import DeadLetter, Selection
from local.operations.masking import masked
from local.operations.pacing import paced
from local.operations.queues import all_queues
from local.problems import LocalProblem
from local.showing import age

app = group("Dead-letter queues: what could not be handled, and putting it back to work.")

Limit = Annotated[int, typer.Option(help="How many messages at most.", min=1)]
Messages = Annotated[
    list[str] | None,
    typer.Option("--message", help="Only the message with this id; may be repeated.", show_default="all"),
]
Reason = Annotated[
    str, typer.Option("--reason", help="Only messages whose reason holds this text.", show_default="any")
]


@app.command("list")
def list_queues(instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False) -> None:
    """All dead-letter queues, how much waits in them, and since when.

    Example: skuflow dlq list --stage dev --json
    """
    output = Output(as_json)
    found = all_queues(target(instance, stage), datetime.now(UTC), dead_ends_only=True)
    rows = [(queue.name, queue.waiting, queue.in_flight, age(queue.oldest_seconds)) for queue in found]
    output.table(("queue", "waiting", "held", "oldest"), rows)
    output.result(
        [
            {
                "queue": queue.name,
                "waiting": queue.waiting,
                "held": queue.in_flight,
                "oldest_seconds": queue.oldest_seconds,
            }
            for queue in found
        ]
    )


@app.command()
def show(
    queue: QueueName,
    *,
    limit: Limit = 10,
    message: Messages = None,
    reason: Reason = "",
    raw: Annotated[
        bool, typer.Option("--raw", help="Bodies as they are: with whatever persons and secrets are in them.")
    ] = False,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """The messages in one queue: why each is there, how old, how often tried. They stay there.

    Example: skuflow dlq show sync-read-import-dlq --reason malformed
    """
    output = Output(as_json)
    aws = target(instance, stage)
    letters = dead_letters.show(aws, dead_letters.find(aws, queue), limit, _selection(message, reason))
    shown = letters if raw else [_covered(letter) for letter in letters]
    now = time.time()
    for letter in shown:
        output.say(
            f"{letter.message_id}  {age(round(now - letter.sent_at / 1000))} old, received {letter.receives} times"
        )
        for name, value in letter.attributes.items():
            output.say(f"  {name}: {value}")
        output.say(f"  {letter.body if raw else letter.body[:2000]}")
    output.result([asdict(letter) | {"age_seconds": round(now - letter.sent_at / 1000)} for letter in shown])
    if not letters:
        output.say("no such message is waiting" if message or reason else "nothing is waiting")


@app.command()
def redrive(
    queue: QueueName,
    *,
    limit: Limit = 1000,
    message: Messages = None,
    reason: Reason = "",
    rate: Annotated[float, typer.Option(help="Messages a second at most.", min=0.1, max=1000)] = 50,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Send messages back to the queue they came from. Each is deleted only once its copy is there: whatever interrupts this,
    nothing is lost, and it may be run again.

    Example: skuflow dlq redrive sync-process-shopify-webhook-dlq --reason needs_reauth --rate 5
    """
    output = Output(as_json)
    aws = target(instance, stage)
    found = dead_letters.find(aws, queue)
    # What is put aside anew while this runs has failed again, and would go round and round.
    selection = replace(_selection(message, reason), until=round(time.time() * 1000))
    with _counting(output, f"Sending messages of {found.name} back") as moved:
        count = dead_letters.redrive(aws, found, limit, selection, pace=paced(rate), moved=moved)
    output.say(f"{count} messages went back to work")
    output.result({"queue": found.name, "moved": count})


@app.command()
def purge(
    queue: QueueName,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    message: Messages = None,
    reason: Reason = "",
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl",
            dir_okay=False,
            help="Write each message to a new file first, as it is, with whatever persons and secrets are in it.",
        ),
    ] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Delete the messages of one queue for good, all or some.

    Example: skuflow dlq purge sync-read-import-dlq --reason malformed --save malformed.jsonl
    """
    output = Output(as_json)
    aws = target(instance, stage)
    found = dead_letters.find(aws, queue)
    selection = _selection(message, reason)
    if not yes:
        what = f"about {found.waiting}" if selection == dead_letters.EVERYTHING else "the chosen"
        typer.confirm(f"Delete {what} messages of {found.name} for good?", abort=True, err=True)
    if save is None and selection == dead_letters.EVERYTHING:
        deleted = dead_letters.purge(aws, found)
    else:
        with _counting(output, f"Deleting messages of {found.name}") as told, _saving(save) as keep:
            deleted = dead_letters.take_out(aws, found, selection, keep, told)
    output.say(f"deleted {deleted} messages" + (f"; they are in {save}" if save else ""))
    output.result({"queue": found.name, "deleted": deleted, "saved": str(save) if save else None})


def _selection(messages: list[str] | None, reason: str) -> Selection:
    return Selection(frozenset(messages or ()), reason)


def _covered(letter: DeadLetter) -> DeadLetter:
    attributes = {name: masked(value) for name, value in letter.attributes.items()}
    return replace(letter, attributes=attributes, body=masked(letter.body))


@contextmanager
def _counting(output: Output, title: str) -> Iterator[Callable[[int], None]]:
    """Shows how many messages are done. An interruption says so, and that the others are where they were."""
    done = [0]
    with output.steps.step(title) as note:

        def tell(count: int) -> None:
            done[0] = count
            note(str(count))

        try:
            yield tell
        except KeyboardInterrupt:
            raise LocalProblem(
                f"interrupted after {done[0]} messages", "the others are still in the queue; run it again to go on"
            ) from None


@contextmanager
def _saving(path: Path | None) -> Iterator[Callable[[DeadLetter], None]]:
    """Keeps messages in a new file that only its owner reads: each is on the disk before the next thing happens. What is written
    stays, whatever happens, for what it holds may be gone elsewhere."""
    if path is None:
        yield lambda _letter: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise LocalProblem(f"{path} is there already", "choose another name, or delete it first") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:

        def keep(letter: DeadLetter) -> None:
            out.write(json.dumps(asdict(letter), ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())

        yield keep
