"""What every context stands on: the bus, the API, the tables of idempotency and outbound calls, the feature flags, the alarms."""
