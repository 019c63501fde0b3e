"""A batch of webhooks, worked through: each is read on its own, what belongs together is handed over together.

Stock signals go apart from the rest, and each shop's apart from the others', because for them Shopify has to be asked: if it does
not answer, they come again later and nothing else waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from skuflow.kernel.errors import Malformed, Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.consumer import DeadLetters, PutBack, consume_together
from skuflow.platform.outbound.calls import ProviderFailed
from skuflow.sync.shopify import topics
from skuflow.sync.webhooks.envelope import opened
from skuflow.sync.webhooks.hand_over import HandingOver, hand_over
from skuflow.sync.webhooks.read_webhook import PROVIDER_WAIT, Reader, Reading
from skuflow.sync.webhooks.stock import hand_over_stock
from skuflow.sync.webhooks.work import Read

if TYPE_CHECKING:
    from skuflow.sync.shopify.admin import Questions
    from skuflow.sync.shopify.queries import Query

TIME_TO_ASK = 25_000
"""Milliseconds: what a question may take, and some to settle what is in hand."""


@dataclass(frozen=True, slots=True)
class Processing:
    """What it takes to work webhooks through."""

    reading: Reading
    handing_over: HandingOver


@dataclass(frozen=True, slots=True)
class WhenAsked:
    """`make` gives the way to Shopify, on the first question: most batches have none."""

    make: Callable[[], Questions]

    def query(
        self, client_id: ClientId, shop: str, query: Query, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        return self.make().query(client_id, shop, query, variables)


@dataclass(frozen=True, slots=True)
class InTime:
    """`admin`, asked only while enough is left of this run: an answer that comes too late was asked for in vain. `remaining` is in
    milliseconds."""

    admin: Questions
    remaining: Callable[[], int]

    def query(
        self, client_id: ClientId, shop: str, query: Query, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        if self.remaining() < TIME_TO_ASK:
            raise Throttled("the time of this run is nearly up", retry_after=1)
        return self.admin.query(client_id, shop, query, variables)


def process_webhooks(
    event: Mapping[str, Any],
    using: Processing,
    *,
    dead_letters: DeadLetters,
    put_back: PutBack,
    remaining: Callable[[], int],
) -> dict[str, Any]:
    """Work through the messages of an SQS `event`; Lambda's partial batch response. `remaining`: milliseconds of this run."""
    admin = InTime(using.reading.admin, remaining)
    reader = Reader(replace(using.reading, admin=admin))

    def commit(webhooks: list[Read]) -> None:
        hand_over(webhooks, using=using.handing_over)

    def commit_stock(webhooks: list[Read]) -> None:
        try:
            hand_over_stock(webhooks, admin=admin, using=using.handing_over)
        except ProviderFailed as error:
            raise Throttled(error.detail, retry_after=PROVIDER_WAIT) from error

    signals, others = _apart(event)
    failed: list[Any] = []
    for records, finish in ((others, commit), *((group, commit_stock) for group in signals)):
        answer = consume_together({"Records": records}, reader.read, finish, dead_letters, put_back)
        failed += answer["batchItemFailures"]
    return {"batchItemFailures": failed}


def _apart(event: Mapping[str, Any]) -> tuple[list[list[Any]], list[Any]]:
    """The records of stock signals, by shop, and all others."""
    signals: dict[tuple[str, str], list[Any]] = {}
    others: list[Any] = []
    for record in event["Records"]:
        try:
            envelope = opened(record["body"])
        except Malformed:
            others.append(record)
            continue
        if envelope.topic == topics.STOCK_CHANGED:
            signals.setdefault((envelope.client_id, envelope.shop), []).append(record)
        else:
            others.append(record)
    return list(signals.values()), others
