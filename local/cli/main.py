"""`skuflow`: every command of the operator's command line, under one name."""

from __future__ import annotations

from local.cli import (
    access_commands,
    billing_commands,
    bulk_commands,
    catalog_commands,
    cost_commands,
    demo_commands,
    dlq_commands,
    operator_commands,
    quality_commands,
    replay_command,
    sandbox_commands,
    shop_commands,
    shopify_app_command,
    stage_commands,
    status_command,
    sync_commands,
    trace_command,
    watch_commands,
)
from local.cli.application import group

app = group("Skuflow on this machine, and an operator's tools for any stage.")

for commands in (
    stage_commands,
    status_command,
    demo_commands,
    bulk_commands,
    watch_commands,
    trace_command,
    replay_command,
    operator_commands,
):
    app.registered_commands += commands.app.registered_commands
app.registered_commands += cost_commands.app.registered_commands
app.add_typer(dlq_commands.app, name="dlq")
app.add_typer(watch_commands.events_app, name="events")
app.add_typer(access_commands.app, name="access")
for more in (shop_commands, shopify_app_command):
    sync_commands.app.registered_commands += more.app.registered_commands
app.add_typer(sync_commands.app, name="sync")
app.add_typer(catalog_commands.app, name="catalog")
app.add_typer(quality_commands.app, name="quality")
app.add_typer(billing_commands.app, name="billing")
app.add_typer(sandbox_commands.app, name="sandbox")
# Words that were there before `access` was.
app.add_typer(access_commands.clients_app, name="clients", hidden=True)
app.add_typer(access_commands.keys_app, name="keys", hidden=True)

if __name__ == "__main__":
    app(prog_name="skuflow")
