"""What is answered. For the OpenAPI document and the tests; never loaded at run time."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class InstallLink(BaseModel):
    """Where a shop's owner connects it."""

    url: str = Field(description="To be opened in a browser, once.")
    expires_at: datetime
