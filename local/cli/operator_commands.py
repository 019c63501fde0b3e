"""What an operator does by hand: call a function, mend dead letters."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.operations import dead_letters
from local.operations.invocation import invoke as invoke_function
from local.problems import LocalProblem

app = group("Functions.")
dlq_app = group("Dead-letter queues: what could not be handled, and putting it back to work.")

Limit = Annotated[int, typer.Option(help="How many messages at most.", min=1)]
Queue = Annotated[str, typer.Argument(help="A queue from `skuflow dlq list`, such as sync-read-import-dlq.")]


@app.command()
def invoke(
    function: Annotated[str, typer.Argument(help="Such as access/administer.")],
    event: Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")],
    instance: InstanceName = HERE,
    stage: StageName = None,
) -> None:
    """Run one function on an event and print its answer. Exit code 1 if it raised."""
    done = invoke_function(target(instance, stage), function, _json(event))
    print(json.dumps(done.result, indent=2, ensure_ascii=False))
    if done.failed:
        raise LocalProblem(f"{function} raised an error", f"see: skuflow logs --function {function}")


@dlq_app.command("list")
def list_queues(instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False) -> None:
    """All dead-letter queues and how much waits in them."""
    output = Output(as_json)
    found = dead_letters.queues(target(instance, stage))
    output.table(("queue", "waiting"), [(queue.name, queue.waiting) for queue in found])
    output.result([{"queue": queue.name, "waiting": queue.waiting} for queue in found])


@dlq_app.command()
def show(
    queue: Queue, *, limit: Limit = 10, instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False
) -> None:
    """The messages in one queue. They stay there."""
    output = Output(as_json)
    aws = target(instance, stage)
    letters = dead_letters.show(aws, dead_letters.find(aws, queue), limit)
    for letter in letters:
        sent = datetime.fromtimestamp(letter.sent_at / 1000, UTC).isoformat(timespec="seconds")
        output.say(f"{letter.message_id}  sent {sent}, received {letter.receives} times")
        for name, value in letter.attributes.items():
            output.say(f"  {name}: {value}")
        output.say(f"  {letter.body[:2000]}")
    output.result(
        [
            {
                "message_id": letter.message_id,
                "sent_at": letter.sent_at,
                "receives": letter.receives,
                "attributes": letter.attributes,
                "body": letter.body,
            }
            for letter in letters
        ]
    )
    if not letters:
        output.say("nothing is waiting")


@dlq_app.command()
def redrive(
    queue: Queue,
    *,
    limit: Limit = 1000,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Send messages back to the queue they came from."""
    output = Output(as_json)
    aws = target(instance, stage)
    moved = dead_letters.redrive(aws, dead_letters.find(aws, queue), limit)
    output.say(f"{moved} messages went back to work")
    output.result({"queue": queue, "moved": moved})


@dlq_app.command()
def purge(
    queue: Queue,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Delete all messages of one queue for good."""
    output = Output(as_json)
    aws = target(instance, stage)
    found = dead_letters.find(aws, queue)
    if not yes:
        typer.confirm(f"Delete about {found.waiting} messages of {found.name} for good?", abort=True, err=True)
    deleted = dead_letters.purge(aws, found)
    output.say(f"deleted about {deleted} messages")
    output.result({"queue": found.name, "deleted": deleted})


def _json(source: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if source == "-" else Path(source).read_text())
    except FileNotFoundError:
        raise typer.BadParameter(f"there is no file {source}", param_hint="EVENT") from None
    except ValueError as error:
        raise typer.BadParameter(f"{source} is not JSON: {error}", param_hint="EVENT") from None
