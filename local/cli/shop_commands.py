"""The context sync: Shopify shops, how they are connected and how they are doing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from local.api import shops as shops_api
from local.cli.application import group
from local.cli.calling import Session, calling
from local.cli.parameters import Most
from local.problems import LocalProblem
from local.showing import minute

app = group("Shopify shops.")

READ = "shops:read"
WRITE = "shops:write"

ShopDomain = Annotated[str, typer.Argument(metavar="SHOP", help="Its domain at Shopify, ….myshopify.com")]


@app.command("shops")
@calling(READ)
def list_shops(session: Session, *, limit: Most = 50) -> None:
    """Shops that are connected, or were."""
    found = list(session.api.pages("/v1/shopify/shops", most=limit))
    columns = ("shop", "status", "name", "currency", "last success", "next run")
    rows = (
        (each["shop"], each["status"], each["name"], each["currency"], _at(each["last_success_at"]), _at(each["next_run_at"]))
        for each in found
    )  # fmt: skip
    session.output.table(columns, rows, none="no shop is connected yet; begin with: skuflow sync connect SHOP")
    session.output.result(found)


@app.command()
@calling(WRITE)
def connect(
    session: Session,
    shop: ShopDomain,
    *,
    visit: Annotated[bool, typer.Option("--open", help="Open it in this machine's browser.")] = False,
) -> None:
    """The address at which a shop's owner connects the shop, or connects it again. It is good for one visit."""
    link = shops_api.install_link(session.api, shop)
    session.output.say(f"{link['url']}\nfor one visit, until {minute(link['expires_at'])} UTC")
    session.output.result(link)
    if visit:
        typer.launch(link["url"])


@app.command()
@calling(WRITE)
def disconnect(
    session: Session,
    shop: ShopDomain,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Uninstall our app in a shop and forget its tokens. Its products stay."""
    if not yes:
        typer.confirm(f"Disconnect {shop}?", abort=True, err=True)
    session.api.delete(shops_api.shop_path(shop))
    session.output.say(f"{shop} is disconnected; its products stay")
    session.output.result({"shop": shop, "status": "disconnected"})


@app.command("run")
@calling(READ, WRITE)
def run_now(
    session: Session,
    shop: ShopDomain,
    *,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for its end. Exit code 1 if it failed.")] = True,
) -> None:
    """Read a shop's whole catalogue now, as it is done every night."""
    run = shops_api.start_run(session.api, shop)
    if wait:
        with session.output.steps.step(f"Reading {shop}") as note:
            run = shops_api.await_run(session.api, shop, run["run_id"], lambda seen: note(_told(seen)))
    session.output.say(_told(run) if wait else f"{run['run_id']}; watch it with: skuflow sync status")
    session.output.result(run)
    if run["status"] in ("failed", "cancelled"):
        failure = run["failure"] or {"detail": f"the run was {run['status']}", "remedy": ""}
        raise LocalProblem(failure["detail"], failure["remedy"])


@app.command("runs")
@calling(READ)
def list_runs(session: Session, shop: ShopDomain, *, limit: Most = 20) -> None:
    """Readings of a shop's whole catalogue, newest first."""
    found = list(session.api.pages(f"{shops_api.shop_path(shop)}/syncs", most=limit))
    counted = ("products", "created", "updated", "unchanged", "removed", "rejected")
    columns = ("run_id", "at (UTC)", "kind", "status", *counted)
    rows = (
        (
            each["run_id"],
            minute(each["created_at"]),
            each["kind"],
            each["status"],
            *(each["totals"][n] for n in counted),
        )
        for each in found
    )
    session.output.table(columns, rows, none="there was no run yet")
    session.output.result(found)


@app.command("status")
@calling(READ)
def show_status(session: Session) -> None:
    """How every shop is doing: last success, lag, counts, troubles, next run, circuit."""
    found = shops_api.statuses(session.api)
    columns = ("shop", "status", "in step", "run", "webhooks", "products", "next run", "circuit", "trouble")
    session.output.table(
        columns, map(_line, found), none="no shop is connected yet; begin with: skuflow sync connect SHOP"
    )
    for trouble, shop in ((each["trouble"], each["shop"]) for each in found if each["trouble"]):
        session.output.say(f"{shop}: {trouble['detail']} → {trouble['remedy']}")
    session.output.result(found)


@app.command("privacy-requests")
@calling(READ)
def list_privacy_requests(session: Session, *, limit: Most = 50) -> None:
    """What people, or shops that have left, want to see or have erased, and until when. First due first."""
    found = list(session.api.pages("/v1/privacy-requests", most=limit))
    columns = ("request_id", "due (UTC)", "kind", "shop", "customer", "status")
    rows = (
        (each["request_id"], minute(each["due_at"]), each["kind"], each["shop"], each["customer_id"], each["status"])
        for each in found
    )
    session.output.table(columns, rows, none="there are none")
    session.output.result(found)


def _line(each: dict[str, Any]) -> tuple[object, ...]:
    lag, run, circuit, products = each["lag_seconds"], each["run"], each["circuit"], each["products"]
    counted = ", ".join(f"{products[name]} {name}" for name in ("created", "updated", "unchanged", "rejected"))
    return (
        each["shop"],
        each["status"],
        "never" if lag is None else f"{lag:,} s ago",
        f"{run['status']} {run['progress']:.0%}" if run else None,
        each["webhooks"]["received"],
        counted,
        _at(each["next_run_at"]),
        circuit["state"] if circuit else "unknown",
        each["trouble"]["code"] if each["trouble"] else None,
    )


def _at(moment: str | None) -> str | None:
    return minute(moment) if moment else None


def _told(run: dict[str, Any]) -> str:
    totals = run["totals"]
    told = ", ".join(f"{totals[name]:,} {name}" for name in ("created", "updated", "unchanged", "removed", "rejected"))
    return f"{run['status']} {run['progress']:.0%}: {totals['products']:,} products; {told}"
