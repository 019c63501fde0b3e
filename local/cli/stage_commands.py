"""Bringing a local platform up and down, and changing what runs on it."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from local.aws import embedded
from local.cli.application import HERE, AsJson, InstanceName, group, instance_named
from local.cli.completion import functions
from local.cli.output import Output
from local.deploy.deployment import deploy as deploy_app
from local.deploy.hot import redeploy
from local.platform import bring_up, configured, take_down
from local.platform import reset as reset_platform
from local.stage.instance import RESIDENCIES
from local.workspace import Workspace

app = group("Local platform.")

Keep = Annotated[
    bool | None,
    typer.Option(
        "--keep/--no-keep", help="Keep the state when the platform stops.", show_default="as before, at first not"
    ),
]
Residency = Annotated[
    str | None,
    typer.Option(help=f"Where data lives: {', '.join(RESIDENCIES)}.", show_default="as before, at first ca"),
]


Tunnel = Annotated[
    str | None,
    typer.Option(
        "--tunnel",
        metavar="URL",
        help="An https:// address that leads to this platform, for webhooks of a real provider.",
        show_default="as before, at first none",
    ),
]


def checked_tunnel(tunnel: str | None) -> str | None:
    """Without the slash at its end; "" for none."""
    if tunnel and not re.fullmatch(r"https://[^/\s?#]+/?", tunnel):
        raise typer.BadParameter("give https:// and a host, such as https://abc.example.com", param_hint="--tunnel")
    return tunnel.rstrip("/") if tunnel else tunnel


def checked_residency(residency: str | None) -> str | None:
    if residency is not None and residency not in RESIDENCIES:
        raise typer.BadParameter(f"choose one of {', '.join(RESIDENCIES)}", param_hint="--residency")
    return residency


@app.command()
def up(
    instance: InstanceName = HERE,
    keep: Keep = None,
    residency: Residency = None,
    tunnel: Tunnel = None,
    as_json: AsJson = False,
) -> None:
    """Start the platform and deploy this checkout to it.

    Example: skuflow up --keep --instance second
    """
    output = Output(as_json)
    wanted = configured(
        instance_named(instance), keep=keep, residency=checked_residency(residency), tunnel=checked_tunnel(tunnel)
    )
    running = bring_up(Workspace.here(), wanted, output.steps)
    api = embedded(running).api_url()
    output.say(f"\nrunning: {api}\nAPI reference: {api}/docs\nstop it with: skuflow down")
    output.result({"instance": running.name, "api": api, "endpoint": running.endpoint, "kept": running.kept})


@app.command()
def down(instance: InstanceName = HERE, as_json: AsJson = False) -> None:
    """Stop the platform. Its state is gone unless it was started with --keep.

    Example: skuflow down --instance second
    """
    output = Output(as_json)
    found = instance_named(instance)
    stopped = take_down(found)
    kept = " (its state is kept)" if found.kept else ""
    output.say(f"stopped '{instance}'{kept}" if stopped else f"nothing was running (instance '{instance}')")
    output.result({"instance": instance, "stopped": stopped, "kept": found.kept})


@app.command()
def reset(instance: InstanceName = HERE, as_json: AsJson = False) -> None:
    """Empty the platform: all clients, catalogues, files, queues and logs. A running one stays up.

    Example: skuflow reset --instance second
    """
    output = Output(as_json)
    running = reset_platform(Workspace.here(), instance_named(instance), output.steps)
    output.say(f"'{instance}' is empty" + (", and running" if running else ""))
    output.result({"instance": instance, "running": running})


@app.command()
def deploy(
    function: Annotated[
        str | None,
        typer.Argument(help="One function, such as catalog/api: takes about a second.", autocompletion=functions),
    ] = None,
    instance: InstanceName = HERE,
    as_json: AsJson = False,
) -> None:
    """Deploy what changed: the whole app, or the code of one function.

    Example: skuflow deploy catalog/api
    """
    output = Output(as_json)
    found = instance_named(instance)
    aws = embedded(found)
    if function is None:
        deployed = deploy_app(Workspace.here(), found, output.steps)
        changed = ", ".join(deployed.changed) or "nothing"
        output.say(f"changed: {changed}; {deployed.functions} functions in all")
        output.result({"changed": deployed.changed, "functions": deployed.functions})
        return
    size = redeploy(Workspace.here(), aws, function)
    output.say(f"deployed {aws.function_name(function)} ({size:,} bytes)")
    output.result({"function": aws.function_name(function), "bytes": size})
