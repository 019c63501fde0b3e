"""What the deep health check answers. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field


class CheckView(BaseModel):
    """How one thing does."""

    kind: Literal["table", "bus", "queue", "circuit"]
    name: str
    status: Annotated[
        Literal["ok", "degraded"],
        Field(
            description=(
                "`degraded`: it answers, and somebody should look: messages wait in a dead-letter queue, or a circuit is open."
            )
        ),
    ]
    ms: Annotated[int, Field(ge=0, description="How long it took to answer, in milliseconds.")]
    detail: str
    figures: Annotated[
        dict[str, int],
        Field(
            description="`waiting`: messages in a queue. `closed`, `open`, `half_open`: a service's circuits, one per credential."
        ),
    ]


class DeepHealthView(BaseModel):
    """How everything does that the platform stands on. `status` is the worst of the checks'."""

    status: Literal["ok", "degraded"]
    checked_at: AwareDatetime
    checks: list[CheckView]
