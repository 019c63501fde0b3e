"""The payload of each event, one module per publishing context. Field names are the wire's. Standard library only.

Evolution: add optional fields, never change or remove one; a new meaning is a new version beside the old.
"""
