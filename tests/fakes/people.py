"""A user pool in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5


@dataclass
class FakePeople:
    """A `People`. `invited` holds the addresses that got a temporary password, in order."""

    known: dict[str, str] = field(default_factory=dict)
    invited: list[str] = field(default_factory=list)
    operators: set[str] = field(default_factory=set)

    def invite(self, email: str) -> str:
        if email not in self.known:
            self.known[email] = str(uuid5(NAMESPACE_URL, f"mailto:{email}"))
            self.invited.append(email)
        return self.known[email]

    def is_operator(self, user_id: str) -> bool:
        return user_id in self.operators
