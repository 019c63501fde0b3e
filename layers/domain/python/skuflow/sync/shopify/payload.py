"""Reading a webhook's body, which may be anything: what is not as Shopify's reference says is refused by the name of its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Invalid, Malformed, Problem
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.values import gid_parts, numeric_id

Payload = Mapping[str, Any]

_AS_SHOPIFY = "send what Shopify sends for this topic"
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
"""Decimals stay exact, whole numbers of any size whole."""


def payload_of(body: bytes) -> object:
    """The JSON of `body`. Raises Malformed."""
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed(f"the body is not JSON: {error}") from None
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    except ArithmeticError:
        raise Malformed("the body holds a number that is none") from None


def invalid(field: str, reason: str, remedy: str = _AS_SHOPIFY) -> Invalid:
    """What is wrong with a webhook, in words that name the field."""
    return Invalid(f"{field}: {reason}", problems=[Problem(field, reason, remedy)])


def refused(fault: BadRow, field: str = "") -> Invalid:
    """The fault of a single value, at the field it was read from."""
    return invalid(field or fault.column, fault.reason, fault.hint)


def object_in(value: object, field: str = "body") -> Payload:
    """`value`, a JSON object. Raises Invalid."""
    if isinstance(value, Mapping):
        return value
    raise invalid(field, "is not a JSON object")


def listed(told: Payload, field: str) -> Sequence[Any]:
    """The list at `field`; none is an empty one. Raises Invalid."""
    found = told.get(field)
    if found is None or isinstance(found, list):
        return found or ()
    raise invalid(field, "is not a list")


def objects_in(value: object) -> list[Payload]:
    """The objects in a list of something that we can do without."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def own_id(told: Payload, kind: str, path: str = "") -> object:
    """The id of what `told` describes. `admin_graphql_api_id` where there is one: whoever wrote the payload anew may have rounded
    `id`, a number beyond 2^53. Raises Invalid if it is the gid of something else than a `kind`."""
    field = "admin_graphql_api_id" if told.get("admin_graphql_api_id") else "id"
    value = told.get(field)
    found = gid_parts(value)[0]
    if found != kind and (found or field != "id"):
        raise invalid(f"{path}{field}", f"is not the gid of a {kind}", "leave the ids as Shopify gives them")
    return value


def own_number(told: Payload, kind: str) -> str:
    """The id as digits. Raises Invalid."""
    try:
        return numeric_id(own_id(told, kind))
    except BadRow as fault:
        raise refused(fault) from None


def moment(told: Payload, field: str) -> datetime | None:
    """The time at `field`; None for null and "". Raises Invalid."""
    value = told.get(field)
    if value is None or value == "":
        return None
    try:
        return parse_iso(words(value))
    except ValueError:
        raise invalid(field, "is not a date and time with a zone", "send it as RFC 3339") from None
