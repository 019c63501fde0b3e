"""Clients and their keys; the authorizer."""
