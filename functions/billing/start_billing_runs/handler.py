"""Every hour: what is due is to be planned, for all clients."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import StartBillingRunsDeps
from skuflow.billing.runs.work import DuePage
from skuflow.billing.wiring import build_start_billing_runs


def handle(event: Any, context: LambdaContext, deps: StartBillingRunsDeps) -> None:  # noqa: ARG001 - Lambda's signature
    deps.planning.put(DuePage(deps.clock()))


lambda_handler = entrypoint(handle, build_start_billing_runs)
