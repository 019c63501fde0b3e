"""What all instances of our functions share about outside services: the outbound table.

    who asks                                             key that serves it
    may this call go out, and how did it end?            pk <place>  sk CIRCUIT
    is there a token left?                               pk <place>  sk TOKENS
    what is left of the provider's cost bucket?          pk <place>  sk COST

`<place>` is `C#<client>#SERVICE#<service>#<rest of the credential>` where the credentials are a client's, and
`SERVICE#<service>` where they are ours and all clients share the service's fate; such an item holds nothing of a client.
Items of places that nobody calls any more expire.
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from skuflow.kernel.tenancy import client_id, partition

CIRCUIT, TOKENS, COST = "CIRCUIT", "TOKENS", "COST"
CLOSED, OPEN = "closed", "open"

KEPT_SECONDS = 7 * 86_400
"""How long an item outlives its last change. Longer than any circuit is open and any bucket takes to fill."""


class OutboundItem(Model):
    """A circuit or a bucket. Moments are milliseconds since 1970 for circuits, microseconds for buckets (a bucket may grant
    thousands of tokens a second); `expires_at` is in seconds, as DynamoDB wants it."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = NumberAttribute()

    state = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    opened_at = NumberAttribute(null=True)
    retry_at = NumberAttribute(null=True)
    probe = UnicodeAttribute(null=True)
    probe_until = NumberAttribute(null=True)

    full_at = NumberAttribute(null=True)
    maximum = NumberAttribute(null=True)
    restore_rate = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    in_flight = NumberAttribute(null=True)
    in_flight_until = NumberAttribute(null=True)


def place(service: str, credential: str) -> str:
    """The partition of `service` as reached with `credential` (`<client id>#<rest>`, or "" for our own). Raises Malformed if
    the credential does not begin with a client id."""
    if not credential:
        return f"SERVICE#{service}"
    client, _, rest = credential.partition("#")
    return partition(client_id(client), "SERVICE", service, rest)


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def expiry(moment: datetime) -> int:
    return int(moment.timestamp()) + KEPT_SECONDS
