"""What was done to the client, its keys and its users."""

from __future__ import annotations

from functools import partial

from skuflow.access.audit import ACTIONS, RETENTION
from skuflow.access.audit_store import Wanted
from skuflow.access.deps import ApiDeps
from skuflow.access.views import entry_view
from skuflow.platform.http_api import PAGE, Param, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("audit log")
_FILTERS = (
    Param("actor", "Only what this user or key did, by id; `operator` for staff who used the operators' function."),
    Param("action", "Only acts of this kind.", choices=ACTIONS),
    Param("since", "Only from this moment on.", "date-time"),
    Param("until", "Only before this moment.", "date-time"),
)


@ROUTES.add(
    "GET",
    "/v1/audit-log",
    scope="audit:read",
    summary="Who did what to the client, its keys and its users, newest first",
    description="Each entry was written together with the act, and cannot be changed or removed; it goes after "
    f"{RETENTION.days // 365} years. It holds no key and no e-mail address.",
    response="functions.access.api.views:AuditPage",
    query=(*PAGE, *_FILTERS),
)
def list_audit_log(request: Request, deps: ApiDeps) -> Response:
    asked = request.query
    wanted = Wanted(asked["actor"], asked["action"], asked["since"], asked["until"])
    listing = f"audit {request.client_id} {wanted}"
    entries = partial(deps.audit.list_entries, request.client_id, wanted)
    return page_of(request, listing, entries, entry_view, pk=str, sk=str)
