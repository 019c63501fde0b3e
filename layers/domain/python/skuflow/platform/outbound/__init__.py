"""Calls to services outside: deadlines, retries, circuits, rates, checked addresses, and what is told of every call."""
