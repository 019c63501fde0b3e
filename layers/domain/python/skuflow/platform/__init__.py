"""The AWS-shaped half of every context: settings, entrypoint, tables, queues, bus, HTTP. No business rule lives here."""
