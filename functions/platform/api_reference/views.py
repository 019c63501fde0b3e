"""What the reference answers. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class HealthView(BaseModel):
    """That the API answers at all. It looks at nothing else, so that it can be asked often."""

    status: Literal["ok"]


class Document(BaseModel):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow")

    openapi: Literal["3.1.0"]
