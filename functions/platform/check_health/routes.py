"""The deep health check. It shows how the platform is built and how busy it is, which is no client's business."""

from __future__ import annotations

from dataclasses import asdict

from skuflow.kernel.errors import Problem, TransientError
from skuflow.platform.health import Finding, HealthDeps, examine, worst
from skuflow.platform.http_api import Request, Response, Routes
from skuflow.platform.observability import logger

ROUTES = Routes("reference")


@ROUTES.add(
    "GET",
    "/health/deep",
    scope="platform:read",
    summary="Does everything that the platform stands on answer?",
    description=(
        "For operators: no key holds the scope, and no role of a client's. Asks every table, the bus, every queue and the "
        "circuits of outside services at once, for four seconds at most. Answers 200 while everything answers, and 503 with "
        "what does not under `errors`."
    ),
    response="functions.platform.check_health.views:DeepHealthView",
    errors=(503,),
)
def show_deep_health(_request: Request, deps: HealthDeps) -> Response:
    findings = examine(deps)
    failing = [one for one in findings if one.status == "failing"]
    if failing:
        logger().error("what the platform stands on does not answer", extra={"findings": [asdict(f) for f in failing]})
        raise TransientError(f"{len(failing)} of {len(findings)} checks fail", problems=[_problem(f) for f in failing])
    checks = [
        {
            "kind": one.kind,
            "name": one.name,
            "status": one.status,
            "ms": one.milliseconds,
            "detail": one.detail,
            "figures": one.figures,
        }
        for one in findings
    ]
    return Response({"status": worst(findings), "checked_at": deps.clock().isoformat(), "checks": checks})


def _problem(finding: Finding) -> Problem:
    message = f"{finding.detail} after {finding.milliseconds} ms"
    return Problem(f"{finding.kind} {finding.name}", message, "see the context's dashboard and docs/runbook.md")
