"""`skuflow`: every command of the operator's command line, under one name."""

from __future__ import annotations

from local.cli import demo_commands, operator_commands, stage_commands, watch_commands
from local.cli.application import group

app = group("Skuflow on this machine, and an operator's tools for any stage.")

for commands in (stage_commands, demo_commands, watch_commands, operator_commands):
    app.registered_commands += commands.app.registered_commands
app.add_typer(operator_commands.dlq_app, name="dlq")
app.add_typer(operator_commands.clients_app, name="clients")
app.add_typer(operator_commands.keys_app, name="keys")
app.add_typer(watch_commands.events_app, name="events")

if __name__ == "__main__":
    app(prog_name="skuflow")
