"""Our app's own credentials at Shopify: two secrets, each a plain text, set by whoever operates the stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Misconfigured, Problem
from skuflow.platform.secrets import Secrets

ASKED_AGAIN_AFTER = timedelta(seconds=5)
"""A stream of forged signatures may not become a stream of requests to Secrets Manager."""


@dataclass(slots=True)
class AppCredentials:
    """`client_id_secret` and `client_secret_secret` name secrets of Secrets Manager. Nothing is read before it is needed. All
    raise Misconfigured or TransientError."""

    secrets: Secrets
    client_id_secret: str
    client_secret_secret: str
    clock: Clock
    _read_anew_at: datetime | None = field(default=None)

    def client_id(self) -> str:
        """The app's client id: public, stands in every installation."""
        return _told(self.client_id_secret, self.secrets.get(self.client_id_secret))

    def client_secret(self, *, fresh: bool = False) -> str:
        """The secret that we prove ourselves with. `fresh`: it was refused; read it anew, unless that was done a moment ago."""
        name = self.client_secret_secret
        return _told(name, self.secrets.get(name, fresh=fresh and self._may_ask()))

    def accepted_secrets(self, *, fresh: bool = False) -> tuple[str, ...]:
        """What Shopify may sign with: the secret and, after a rotation, the one before it. `fresh` as above."""
        name = self.client_secret_secret
        return tuple(_told(name, text) for text in self.secrets.accepted(name, fresh=fresh and self._may_ask()))

    def _may_ask(self) -> bool:
        now = self.clock()
        if self._read_anew_at is not None and now - self._read_anew_at < ASKED_AGAIN_AFTER:
            return False
        self._read_anew_at = now
        return True


def _told(name: str, text: str) -> str:
    """`text` as it is meant. A blank one would be a key that everybody has."""
    if text.strip():
        return text.strip()
    fault = Problem(name, "is blank", "set it to what Shopify shows as the app's client id or secret")
    raise Misconfigured(f"the secret {name} is blank", problems=[fault])
