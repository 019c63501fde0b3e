"""Billing runs: from what is due to invoices with numbers, each exactly once."""
