"""The sandbox of outside services: its shops, what goes wrong in it, what it has delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from local.cli.application import HERE, AsJson, InstanceName, group, instance_named
from local.cli.output import Output
from local.cli.parameters import Most
from local.problems import NothingRunning
from local.sandbox import DEFAULT_SHOP
from local.stage.sandbox import is_ready

if TYPE_CHECKING:
    from local.sandbox.control import SandboxControl

app = group("The sandbox that stands in for outside services.")
faults_app = group("What is to go wrong in the sandbox.")
app.add_typer(faults_app, name="faults")

Url = Annotated[
    str,
    typer.Option("--url", envvar="SKUFLOW_SANDBOX_URL", help="A sandbox that was started by hand.", show_default=False),
]
ShopName = Annotated[str, typer.Option("--shop", help="A shop's domain.")]


def _sandbox(instance: str, url: str) -> SandboxControl:
    from local.sandbox.control import (
        SandboxControl,  # brings an HTTP library, which the other commands need not wait for
    )

    if url:
        return SandboxControl(url.rstrip("/"))
    found = instance_named(instance)
    if not is_ready(found):
        raise NothingRunning(instance)
    return SandboxControl(found.sandbox)


@app.command("status")
def status(instance: InstanceName = HERE, url: Url = "", as_json: AsJson = False) -> None:
    """Where it is, what time it is there, what is switched on."""
    output, sandbox = Output(as_json), _sandbox(instance, url)
    health, faults = sandbox.health(), sandbox.faults()
    output.say(f"{sandbox.base}/ stands in for {', '.join(health['providers'])}; it is {health['now']} there")
    _show_faults(output, faults)
    output.result({"url": sandbox.base, **health, "faults": faults})


@app.command("shops")
def shops(instance: InstanceName = HERE, url: Url = "", as_json: AsJson = False) -> None:
    """Its shops."""
    output, sandbox = Output(as_json), _sandbox(instance, url)
    found = sandbox.shops()
    columns = ("domain", "name", "currency", "products", "variants", "orders", "installed")
    output.table(columns, [[each[column] for column in columns] for each in found], none="no shops")
    output.result(found)


@app.command("edit")
def edit(
    sku: Annotated[str, typer.Argument(help="The SKU of a variant.")],
    *,
    price: Annotated[str | None, typer.Option(help="Its new price.")] = None,
    quantity: Annotated[int | None, typer.Option(help="Its new stock.")] = None,
    title: Annotated[str | None, typer.Option(help="The new title of its product.")] = None,
    silent: Annotated[bool, typer.Option("--silent", help="Send no webhook.")] = False,
    shop: ShopName = DEFAULT_SHOP,
    instance: InstanceName = HERE,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """Change a product as its merchant would."""
    output, keeper = Output(as_json), _sandbox(instance, url).shop(shop)
    found = [(each, variant) for each in keeper.products() for variant in each["variants"] if variant["sku"] == sku]
    if not found:
        raise typer.BadParameter(f"no variant in {shop} has the SKU '{sku}'", param_hint="SKU")
    product, variant = found[0]
    wanted = {name: value for name, value in (("price", price), ("quantity", quantity)) if value is not None}
    described = {"title": title} if title else {}
    changed = keeper.edit(product["id"], variants=[{"id": variant["id"], **wanted}], silent=silent, **described)
    output.say(f"{changed['title']} was changed at {changed['updated_at']}")
    output.result(changed)


@app.command("deliveries")
def deliveries(
    *,
    topic: Annotated[str, typer.Option(help="Only these, such as products/update.")] = "",
    state: Annotated[str, typer.Option(help="Only pending, delivered, failed or dropped ones.")] = "",
    limit: Most = 20,
    shop: ShopName = DEFAULT_SHOP,
    instance: InstanceName = HERE,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """The latest webhooks of a shop, oldest first."""
    output = Output(as_json)
    found = _sandbox(instance, url).shop(shop).deliveries(topic=topic, state=state, limit=limit)
    rows = [
        (
            each["topic"],
            each["triggered_at"][:19],
            each["state"],
            len(each["attempts"]),
            _last_answer(each),
            each["webhook_id"],
        )
        for each in found
    ]
    output.table(("topic", "triggered", "state", "attempts", "last answer", "webhook id"), rows, none="no webhooks")
    output.result(found)


@faults_app.command("set")
def set_fault(
    kind: Annotated[str, typer.Argument(help="Such as latency, rate_limited, cut; see docs/sandbox.md.")],
    *,
    shop: Annotated[str, typer.Option("--shop", help="Only in this shop.")] = "*",
    place: Annotated[str, typer.Option(help="Only there: graphql, token, bulk, pages, or a webhook's topic.")] = "*",
    count: Annotated[int | None, typer.Option(help="So many times.", show_default="until cleared")] = None,
    probability: Annotated[float, typer.Option(help="From 0 to 1.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of chance, so that it can be repeated.")] = 0,
    seconds: Annotated[float, typer.Option(help="The latency, or the Retry-After.")] = 1.0,
    status_code: Annotated[int, typer.Option("--status", help="Of a server error.")] = 503,
    mode: Annotated[str, typer.Option(help="A variant of the kind.")] = "",
    instance: InstanceName = HERE,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """Let something go wrong."""
    output = Output(as_json)
    details: dict[str, Any] = {"scope": shop, "place": place, "count": count, "probability": probability}
    details |= {"seed": seed, "seconds": seconds, "status": status_code, "mode": mode}
    made = _sandbox(instance, url).set_fault(kind, **details)
    output.say(f"{made['id']} is on; end it with: skuflow sandbox faults clear {made['id']}")
    output.result(made)


@faults_app.command("clear")
def clear_faults(
    fault: Annotated[str, typer.Argument(help="One of them.", show_default="all")] = "",
    instance: InstanceName = HERE,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """Let everything go well again."""
    output = Output(as_json)
    gone = _sandbox(instance, url).clear_faults(fault)
    output.say(f"{gone} ended")
    output.result({"cleared": gone})


def _show_faults(output: Output, faults: list[dict[str, Any]]) -> None:
    columns = ("id", "kind", "scope", "place", "count", "probability", "struck")
    rows = [[each[column] for column in columns] for each in faults]
    output.table(columns, rows, none="nothing is made to go wrong")


def _last_answer(delivery: dict[str, Any]) -> str:
    return delivery["attempts"][-1]["answer"] if delivery["attempts"] else ""
