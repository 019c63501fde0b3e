"""The context access: clients of the platform, their keys and their users, as operators make them."""

from __future__ import annotations

from typing import Annotated

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.cli.parameters import checked_currency
from local.operations import clients
from local.operations.signing_in import sign_in as sign_in_locally

app = group("Clients, API keys and users.")
clients_app = group("Clients of the platform.")
keys_app = group("API keys of clients.")
users_app = group("People who act for clients.")
app.add_typer(clients_app, name="clients")
app.add_typer(keys_app, name="keys")
app.add_typer(users_app, name="users")

ClientId = Annotated[str, typer.Option("--client", help="The client's id, cli_…")]


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
    output.say(f"{client_id}\nissue a key with: skuflow access keys issue --client {client_id}")
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
    client: ClientId,
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "issued by an operator",
    kind: Annotated[str, typer.Option(help="secret (for servers) or publishable (for browsers).")] = "secret",
    scope: Annotated[list[str] | None, typer.Option(help="May be repeated.", show_default="all of the kind")] = None,
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


@users_app.command("invite")
def invite_user(
    client: ClientId,
    email: Annotated[str, typer.Argument(help="Where the invitation goes.")],
    *,
    role: Annotated[str, typer.Option(help="owner, admin, analyst or viewer.")] = "owner",
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Let a person act for a client. Its first owner comes about like this; owners invite the others."""
    output = Output(as_json)
    member = clients.invite_user(target(instance, stage), client, email=email, role=role)
    output.say(f"{member['email']} is {member['role']} of {client}, as {member['user_id']}")
    if stage is None:
        output.say(f"try it: skuflow access users sign-in {member['email']}")
    output.result(member)


@users_app.command("list")
def list_users(
    client: ClientId, instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False
) -> None:
    """All people who may act for a client."""
    output = Output(as_json)
    found = clients.users(target(instance, stage), client)
    columns = ("user_id", "email", "role", "added_by", "created_at")
    rows = [[each.get(column, "") for column in columns] for each in found]
    output.table(columns, rows, none="nobody yet; invite an owner with: skuflow access users invite --help")
    output.result(found)


@users_app.command("sign-in")
def sign_in(
    email: Annotated[str, typer.Argument(help="Who signs in.")],
    *,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """An access token of a person's, for `curl -H "Authorization: Bearer …"`. On the local stage only."""
    output = Output(as_json)
    signed_in = sign_in_locally(target(instance, stage), email)
    output.say(signed_in.access_token)
    output.result({"access_token": signed_in.access_token, "expires_in": signed_in.seconds})
