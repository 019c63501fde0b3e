"""What the API answers about documents. For the documentation and the tests; no running function imports this."""

from __future__ import annotations

from pydantic import BaseModel


class DocumentLink(BaseModel):
    """`url` serves the file, to whoever has it, until `expires_at`."""

    url: str
    file_name: str
    expires_at: str
