"""What every context stands on: the bus, the API, the idempotency table, the feature flags, the alarm topic."""
