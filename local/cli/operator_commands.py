"""What an operator does by hand: call a function, mend dead letters, make clients and keys."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.operations import clients, dead_letters
from local.operations.invocation import invoke as invoke_function
from local.problems import LocalProblem
from skuflow.kernel.currency import MINOR_DIGITS

app = group("Functions.")
dlq_app = group("Dead-letter queues: what could not be handled, and putting it back to work.")
clients_app = group("Clients of the platform.")
keys_app = group("API keys of clients.")

Limit = Annotated[int, typer.Option(help="How many messages at most.", min=1)]
Queue = Annotated[str, typer.Argument(help="A queue from `skuflow dlq list`, such as sync-read-import-dlq.")]
ClientIdOption = Annotated[str, typer.Option("--client", help="The client's id, cli_…")]


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


@clients_app.command("create")
def create_client(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    *,
    currency: Annotated[str, typer.Option(help="Its home currency, ISO 4217.")] = "CAD",
    time_zone: Annotated[str, typer.Option(help="Its time zone, IANA.")] = "America/Toronto",
    residency: Annotated[str, typer.Option(help="Where its data lives: ca, us, eu or in.")] = "ca",
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Make a client."""
    output = Output(as_json)
    client_id = clients.create(
        target(instance, stage),
        name=name,
        currency=checked_currency(currency),
        time_zone=time_zone,
        residency=residency,
    )
    output.say(f"{client_id}\nissue a key with: skuflow keys issue --client {client_id}")
    output.result({"client_id": client_id})


@clients_app.command("list")
def list_clients(instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False) -> None:
    """All clients."""
    output = Output(as_json)
    found = clients.listed(target(instance, stage))
    columns = ("client_id", "name", "status", "home_currency", "residency", "created_at")
    output.table(columns, [[each.get(column, "") for column in columns] for each in found])
    output.result(found)


@keys_app.command("issue")
def issue_key(
    client: ClientIdOption,
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "issued by an operator",
    kind: Annotated[str, typer.Option(help="secret (for servers) or publishable (for browsers).")] = "secret",
    scope: Annotated[list[str] | None, typer.Option(help="May be repeated. [default: all of the kind]")] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Issue an API key. It is shown this once."""
    output = Output(as_json)
    if kind not in ("secret", "publishable"):
        raise typer.BadParameter("choose secret or publishable", param_hint="--kind")
    issued = clients.issue_key(target(instance, stage), client, kind=kind, label=label, scopes=tuple(scope or ()))
    output.say(issued.key)
    output.result({"client_id": issued.client_id, "key_id": issued.key_id, "key": issued.key})


def checked_currency(currency: str) -> str:
    if currency not in MINOR_DIGITS:
        raise typer.BadParameter(f"'{currency}' is no ISO 4217 code such as CAD", param_hint="--currency")
    return currency


def _json(source: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if source == "-" else Path(source).read_text())
    except FileNotFoundError:
        raise typer.BadParameter(f"there is no file {source}", param_hint="EVENT") from None
    except ValueError as error:
        raise typer.BadParameter(f"{source} is not JSON: {error}", param_hint="EVENT") from None
