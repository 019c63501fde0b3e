"""A valid body for a JSON Schema, from the examples that its fields give: what documentation shows must work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sample(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """A value for `schema`, with required fields only. Raises LookupError that names the field which needs an example."""
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return sample(schema[name][0], definitions)
    return _by_type(schema, definitions)


def _by_type(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: _field(name, fields[name], definitions) for name in schema.get("required", [])}
        case "array":
            return [sample(schema["items"], definitions)] * schema.get("minItems", 0)
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return False
        case "string" if "pattern" not in schema and "format" not in schema:
            return "sample"[: schema.get("maxLength", 6)]
        case kind:
            raise LookupError(f"a {kind} with {schema.get('pattern') or schema.get('format')}: give it an example")


def _field(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    try:
        return sample(schema, definitions)
    except LookupError as error:
        raise LookupError(f"{name}: {error}") from None
