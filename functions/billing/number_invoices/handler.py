"""Invoices numbered, without gaps per seller; messages that came together are worked off together."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import NumberInvoicesDeps
from skuflow.billing.runs.number_invoices import number_together
from skuflow.billing.runs.work import Drafts, drafts_in
from skuflow.billing.wiring import build_number_invoices
from skuflow.platform.consumer import Message, consume_together
from skuflow.platform.observability import count


def handle(event: Any, context: LambdaContext, deps: NumberInvoicesDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def prepare(message: Message) -> Drafts:
        return drafts_in(message.json())

    def commit(drafts: list[Drafts]) -> None:
        count("InvoicesNumbered", number_together(drafts, using=deps.numbering))

    return consume_together(event, prepare, commit, deps.dead_letters)


lambda_handler = entrypoint(handle, build_number_invoices)
