"""The tables as infrastructure lays them out, for the AWS in memory; a test holds the two descriptions together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skuflow.platform.aws import session


@dataclass(frozen=True, slots=True)
class Layout:
    """Keys and global secondary indexes, all strings; indexes hold keys only. `sk` None: partition key alone."""

    pk: str = "pk"
    sk: str | None = "sk"
    indexes: tuple[tuple[str, str, str], ...] = ()
    stream: bool = True


LAYOUTS: dict[str, Layout] = {
    "access": Layout(stream=False),
    "sync": Layout(indexes=(("listing", "listing_pk", "listing_sk"), ("due", "due_pk", "due_sk"))),
    "catalog": Layout(
        indexes=(
            ("listing", "listing_pk", "listing_sk"),
            ("brand", "brand_pk", "brand_sk"),
            ("category", "category_pk", "category_sk"),
            ("due", "due_shard", "due_at"),
        )
    ),
    "quality": Layout(indexes=(("listing", "listing_pk", "listing_sk"),)),
    "billing": Layout(indexes=(("listing", "listing_pk", "listing_sk"), ("due", "due_pk", "due_sk"))),
    "usage": Layout(stream=False),
    "idempotency": Layout(pk="id", sk=None, stream=False),
    "outbound": Layout(stream=False),
}


def table_name(context: str) -> str:
    return f"skuflow-test-{context}"


def create_table(context: str) -> str:
    """Create the table of `context` in the region of the environment; returns its name."""
    session().create_client("dynamodb").create_table(**table_request(context))
    return table_name(context)


def table_request(context: str) -> dict[str, Any]:
    layout = LAYOUTS[context]
    keys = {name for _, *pair in layout.indexes for name in pair} | {layout.pk, *([layout.sk] if layout.sk else [])}
    request: dict[str, Any] = {
        "TableName": table_name(context),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(layout.pk, layout.sk),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in sorted(keys)],
    }
    if layout.indexes:
        request["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": _schema(pk, sk), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for name, pk, sk in layout.indexes
        ]
    if layout.stream:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    return request


def _schema(pk: str, sk: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": pk, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": sk, "KeyType": "RANGE"}] if sk else [])
