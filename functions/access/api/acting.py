"""Who acts, as the audit log names them, and what they may hand out."""

from __future__ import annotations

from skuflow.access.audit import Act, Actor
from skuflow.access.deps import ApiDeps
from skuflow.access.manage_users import Hand
from skuflow.access.roles import OPERATOR
from skuflow.platform.http_api import Request


def act_of(request: Request, deps: ApiDeps) -> Act:
    kind = OPERATOR if request.role == OPERATOR else "user" if request.role else "key"
    return deps.act(Actor(kind, request.principal, request.source_ip))


def hand_of(request: Request) -> Hand:
    return Hand(request.role, request.scopes)
