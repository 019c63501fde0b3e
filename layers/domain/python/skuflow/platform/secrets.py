"""Secrets: read from Secrets Manager when first needed, kept for a while, read again when the other side refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Misconfigured, Problem, TransientError, Unauthenticated

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")

_Version = Literal["AWSCURRENT", "AWSPREVIOUS"]
"""Secrets Manager's staging labels: a rotation moves both at once."""

_UNREADABLE = frozenset({"ResourceNotFoundException", "AccessDeniedException", "InvalidRequestException"})
"""Not there, not ours, or marked for deletion: asking again does not help."""


@dataclass(slots=True)
class Secrets:
    """`kept` bounds how long a rotated secret may go unnoticed where nobody refuses the old one."""

    client: SecretsManagerClient
    clock: Clock
    kept: timedelta = timedelta(minutes=5)
    _cache: dict[tuple[str, str], tuple[datetime, str | None]] = field(default_factory=dict)

    def get(self, name: str, *, fresh: bool = False) -> str:
        """The secret's text. Raises Misconfigured if there is none, TransientError if the service does not answer."""
        return self._kept(name, "AWSCURRENT", fresh=fresh) or ""

    def previous(self, name: str, *, fresh: bool = False) -> str | None:
        """The text before the last rotation, for the time in which the other side still uses it; None if there is none.
        Raises as `get` does."""
        return self._kept(name, "AWSPREVIOUS", fresh=fresh)

    def accepted(self, name: str, *, fresh: bool = False) -> tuple[str, ...]:
        """The secret's text and, if it was ever rotated, the one before. Raises as `get` does."""
        current, previous = self.get(name, fresh=fresh), self.previous(name, fresh=fresh)
        return (current, previous) if previous and previous != current else (current,)

    def _kept(self, name: str, version: _Version, *, fresh: bool) -> str | None:
        read_at, text = self._cache.get((name, version), (None, None))
        if read_at is not None and not fresh and self.clock() - read_at < self.kept:
            return text
        text = self._read(name, version)
        self._cache[name, version] = (self.clock(), text)
        return text

    def _read(self, name: str, version: _Version) -> str | None:
        """None: there is no version before the current one."""
        try:
            return self.client.get_secret_value(SecretId=name, VersionStage=version)["SecretString"]
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if version == "AWSPREVIOUS" and code == "ResourceNotFoundException":
                return None
            if code not in _UNREADABLE:
                raise TransientError(f"Secrets Manager did not give {name} ({code})") from error
        except BotoCoreError as error:
            raise TransientError(f"Secrets Manager did not answer for {name}") from error
        except KeyError:
            pass
        fault = Problem(name, "cannot be read as text", "create the secret as text and give this function access to it")
        raise Misconfigured(f"the secret {name} cannot be read", problems=[fault])

    def get_field(self, name: str, key: str, *, fresh: bool = False) -> str:
        """One field of a secret that is a JSON object. Raises Misconfigured if it lacks the field; never shows the content."""
        try:
            return str(json.loads(self.get(name, fresh=fresh))[key])
        except (ValueError, KeyError, TypeError):
            fault = Problem(name, f"has no field `{key}`", f"store a JSON object with `{key}`")
            raise Misconfigured(f"the secret {name} lacks `{key}`", problems=[fault]) from None

    def using(self, name: str, call: Callable[[str], T]) -> T:
        """`call(secret)`; if that raises Unauthenticated, once more with the secret read anew: it may just have been rotated."""
        try:
            return call(self.get(name))
        except Unauthenticated:
            return call(self.get(name, fresh=True))
