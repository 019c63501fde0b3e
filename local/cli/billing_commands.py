"""The context billing: what is sold, what a run bills and why, and the invoices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from local.api.billing import await_run, download_pdf, explained, invoice_path, start_run
from local.cli.application import group
from local.cli.calling import Session, calling
from local.cli.new_file import new_file
from local.cli.parameters import Most
from local.problems import LocalProblem
from local.showing import minute, money

app = group("Plans, billing runs and invoices.")

READ = "billing:read"
WRITE = "billing:write"

InvoiceId = Annotated[str, typer.Argument(metavar="INVOICE", help="An id from `skuflow billing invoices`, inv_…")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Bill what is due by then: a moment with its zone.", show_default="now"),
]
Named = Annotated[
    list[str] | None,
    typer.Option("--subscription", help="Only this one, sub_…; may be repeated.", show_default="all that are due"),
]


@app.command("run")
@calling(READ, WRITE)
def run_billing(
    session: Session,
    *,
    dry: Annotated[bool, typer.Option("--dry", help="Bill nothing; explain each amount, line by line.")] = False,
    as_of: AsOf = None,
    subscriptions: Named = None,
) -> None:
    """Bill what is due, and wait until it is billed. Exit code 1 if something could not be billed."""
    if dry:
        _explain(session, as_of, subscriptions)
        return
    from local.api.billing_screen import RunScreen

    run = start_run(session.api, as_of, subscriptions)
    screen = RunScreen(session.output.beside)
    with screen.running(str(run["run_id"])) as show_progress:
        seen = await_run(session.api, run, show_progress)
    session.output.result(seen)
    screen.outcome(seen)
    if failed := seen["failed"]:
        raise LocalProblem(f"{failed} subscriptions could not be billed", "mend what is told above, and run again")


@app.command("invoices")
@calling(READ)
def list_invoices(
    session: Session,
    *,
    status: Annotated[
        str | None, typer.Option(help="Only draft, pending, paid, failed, void or uncollectible ones.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Only those of this subject.")] = None,
    limit: Most = 20,
) -> None:
    """Invoices, newest first."""
    found = list(session.api.pages("/v1/invoices", most=limit, status=status, subject=subject))
    columns = ("invoice_id", "number", "issued (UTC)", "subject", "status", "total", "due")
    rows = (
        (
            each["invoice_id"],
            each["number"] or "-",
            minute(each["issued_at"]),
            each["subject"],
            each["status"],
            money(each["total"]),
            money(each["amount_due"]),
        )
        for each in found
    )
    session.output.table(columns, rows, none="no invoices yet; bill what is due with: skuflow billing run")
    session.output.result(found)


@app.command("invoice")
@calling(READ)
def show_invoice(
    session: Session,
    invoice_id: InvoiceId,
    *,
    pdf: Annotated[
        Path | None, typer.Option(metavar="OUT.pdf", dir_okay=False, help="Write the PDF to a new file.")
    ] = None,
) -> None:
    """One invoice: its lines and how they came about, its taxes, what is due. Or its PDF."""
    if pdf is not None:
        with new_file(pdf) as out:
            size = download_pdf(session.api, invoice_id, out)
        session.output.say(f"{size:,} bytes in {pdf}")
        session.output.result({"file": str(pdf), "bytes": size})
        return
    from local.api.billing_screen import show

    found = session.api.get(invoice_path(invoice_id))
    if not session.output.machine:
        show(found, session.output.console)
    session.output.result(found)


@app.command("plans")
@calling(READ)
def list_plans(session: Session, *, limit: Most = 50) -> None:
    """Plans in force, by code."""
    found = list(session.api.pages("/v1/plans", most=limit))
    rows = (
        (
            each["code"],
            each["version"],
            each["name"],
            each["product"],
            f"{each['base_fee']} {each['currency']} a {each['interval']}",
            ", ".join(f"{charge['metric']} ({charge['model']})" for charge in each["charges"]) or "-",
            "archived" if each["archived_at"] else "on sale",
        )
        for each in found
    )
    columns = ("code", "version", "name", "product", "base fee", "charges", "")
    session.output.table(columns, rows, none="no plans yet: POST /v1/plans")
    session.output.result(found)


def _explain(session: Session, as_of: str | None, subscriptions: list[str] | None) -> None:
    """What a run would bill."""
    from local.api.billing_screen import show, total_of

    output = session.output
    told: list[dict[str, Any]] = []
    for one in explained(session.api, as_of, subscriptions):
        told.append(one)
        if output.machine:
            continue
        if one["invoice"] is None:
            output.say(f"\n{one['subscription_id']}: no invoice, for {one['reason']}")
        else:
            output.say("")
            show(one["invoice"], output.console)
    billed = [one["invoice"] for one in told if one["invoice"] is not None]
    output.say(f"\nInvoices that this run would make: {len(billed)}{total_of(billed)}. Nothing was billed.")
    output.result(told)


@app.callback()
def billing() -> None:
    """Plans, billing runs and invoices."""
