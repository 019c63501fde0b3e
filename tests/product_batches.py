"""Batches of products as sync hands them over: files, events, queue messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from skuflow.contracts.sync import BatchHeader, ProductBatchReady, SourceProduct, SourceVariant
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from tests.doubles import START

BUCKET = "skuflow-test-uploads"
QUEUE = "https://sqs.ca-central-1.amazonaws.com/123456789012/apply-product-batch-dlq"
CLIENT = ClientId("cli_0000000000000001")

PRODUCT_FIELDS = ("title", "description_html", "brand", "category", "tags", "status", "images", "external_ids")
VARIANT_FIELDS = ("sku", "options", "price", "compare_at", "gtin")
STOCK_FIELDS = ("tracked", "quantity")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of import `import_id`, seen `minutes` after the tests' start of time."""

    products: tuple[SourceProduct, ...]
    import_id: str = "imp_00000000000000000000000000000001"
    number: int = 1
    minutes: int = 0
    source: str = "shopify"
    client_id: ClientId = CLIENT
    product_fields: tuple[str, ...] = PRODUCT_FIELDS
    variant_fields: tuple[str, ...] = VARIANT_FIELDS + STOCK_FIELDS
    complete: bool = False

    @property
    def observed_at(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    @property
    def header(self) -> BatchHeader:
        return BatchHeader(
            schema_version=1,
            import_id=self.import_id,
            client_id=self.client_id,
            batch=self.number,
            source=self.source,
            observed_at=iso(self.observed_at),
            currency="CAD",
            product_fields=self.product_fields,
            variant_fields=self.variant_fields,
            complete=self.complete,
        )

    @property
    def key(self) -> str:
        return f"batches/{self.client_id}/{self.import_id}/{self.number}.jsonl"

    def content(self) -> bytes:
        return b"\n".join(msgspec.json.encode(line) for line in (self.header, *self.products)) + b"\n"

    @property
    def ready(self) -> ProductBatchReady:
        return ProductBatchReady(
            self.import_id, self.number, BUCKET, self.key, len(self.products), self.source, iso(self.observed_at)
        )

    @property
    def event(self) -> Event:
        return Event(
            event_id=event_id(self.client_id, "ProductBatchReady", self.import_id, str(self.number)),
            name="ProductBatchReady",
            source="skuflow.sync",
            occurred_at=self.observed_at,
            client_id=self.client_id,
            schema_version=1,
            cause=Cause("upload-1", "call-1"),
            data=msgspec.to_builtins(self.ready),
        )

    @property
    def cause(self) -> Cause:
        return Cause(self.event.cause.correlation_id, self.event.event_id)

    def later(self, *products: SourceProduct, minutes: int = 60, number: int = 1) -> Batch:
        """A batch of the import that was started `minutes` later."""
        name = f"imp_{int(self.import_id[4:], 16) + 1:032x}"
        at = self.minutes + minutes
        return replace(self, products=products or self.products, import_id=name, number=number, minutes=at)


def variant(key: str, line: int, price: int | tuple[int, str] | None = 1999, **more: Any) -> SourceVariant:
    """A row with a price, in Canadian cents if there is no word on the currency."""
    money = (price, "CAD") if isinstance(price, int) else price
    return SourceVariant(**{"key": key, "line": line, "sku": key, "price": money, **more})


def product(key: str, /, *variants: SourceVariant, **more: Any) -> SourceProduct:
    """A described product whose rows are its variants' rows."""
    lines = tuple(v.line for v in variants) or (2,)
    return SourceProduct(
        **{"key": key, "lines": lines, "defines": True, "title": key.title(), "variants": variants, **more}
    )


def part(key: str, /, *variants: SourceVariant, **more: Any) -> SourceProduct:
    """A fragment that only brings variants (or images) to a product described elsewhere."""
    return product(key, *variants, **{"defines": False, "title": "", **more})


def put_file(s3: Any, batch: Batch, content: bytes | None = None) -> None:
    """Store the batch's file, in a bucket that is made if need be."""
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    s3.put_object(Bucket=BUCKET, Key=batch.key, Body=batch.content() if content is None else content)


def bus_message(event: Event) -> str:
    """`event` as EventBridge puts it into a queue."""
    return json.dumps({"version": "0", "source": event.source, "detail-type": event.name, "detail": event.envelope()})


def queue_event(bodies: Iterable[str]) -> Mapping[str, Any]:
    """An SQS event with a message per body."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:ca-central-1:123456789012:skuflow-test-catalog-apply-product-batch",
                "awsRegion": "ca-central-1",
            }
            for number, body in enumerate(bodies, start=1)
        ]
    }
