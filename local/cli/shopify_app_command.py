"""Which Shopify app a stage acts as: an operator's business, for it is the stage's and no client's."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.operations import shopify_app

app = group("The Shopify app.")


@app.command("shopify-app")
def set_shopify_app(
    *,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="The app's client id.", show_default="as it is")
    ] = None,
    client_secret: Annotated[
        str | None,
        typer.Option(
            "--client-secret", help="The app's secret.", show_default="asked for, or read from standard input"
        ),
    ] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Tell a stage which Shopify app it is, or its new secret: two secrets, and nothing else.

    The local platform begins with the sandbox's app. Shops that were connected through another app have to be connected again.
    """
    output = Output(as_json)
    aws = target(instance, stage)
    app_id = _checked(client_id or shopify_app.client_id(aws), "--client-id")
    secret = _checked(client_secret if client_secret is not None else _asked_for(), "--client-secret")
    changed = shopify_app.adopt(aws, app_id, secret)
    output.say(f"{app_id} is {'set' if changed else 'what it was already'}; connect a shop with: skuflow sync connect")
    output.result({"client_id": app_id, "changed": changed})


def _asked_for() -> str:
    """The secret as a person types it unseen, or as a script sends it."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Client secret", hide_input=True)
        return typed
    return sys.stdin.readline()


def _checked(text: str, option: str) -> str:
    """`text` without the blanks around it, which a clipboard adds. What is wrong is said without showing it."""
    text = text.strip()
    if not text:
        raise typer.BadParameter("is not given", param_hint=option)
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise typer.BadParameter("holds blanks or foreign letters: copy it again", param_hint=option)
    return text
