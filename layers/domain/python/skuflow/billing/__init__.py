"""Usage metered, plans and subscriptions, billing runs, invoices and taxes."""
