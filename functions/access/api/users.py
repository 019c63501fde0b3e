"""Who one is, and who else may act for the client."""

from __future__ import annotations

from functools import partial

from functions.access.api.acting import act_of, hand_of
from skuflow.access.deps import ApiDeps
from skuflow.access.manage_users import change_role, invite_user, remove_user
from skuflow.access.views import me_view, user_view
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("users")
_VIEWS = "functions.access.api.views"
_BODIES = "functions.access.api.bodies"


@ROUTES.add(
    "GET",
    "/v1/me",
    scope="client:read",
    summary="Whose call this is, and for whom they may act",
    description="A person who acts for several clients need not name one in `X-Client-Id` here; the answer says which there are.",
    response=f"{_VIEWS}:MeView",
    personal=True,
)
def get_me(request: Request, deps: ApiDeps) -> Response:
    memberships = deps.members.memberships(request.principal) if request.role else []
    who = {
        "id": request.principal,
        "kind": request.key_kind,
        "role": request.role or None,
        "client_id": request.client_id,
    }
    return Response({**who, "scopes": sorted(request.scopes), "memberships": [me_view(*each) for each in memberships]})


@ROUTES.add(
    "GET",
    "/v1/users",
    scope="users:read",
    summary="The people who may act for the client, in order of their ids",
    response=f"{_VIEWS}:UserPage",
    query=PAGE,
)
def list_users(request: Request, deps: ApiDeps) -> Response:
    listing = f"users {request.client_id}"
    return page_of(request, listing, partial(deps.members.list_members, request.client_id), user_view, pk=str, sk=str)


@ROUTES.add(
    "POST",
    "/v1/users",
    scope="users:write",
    summary="Invite a person by e-mail",
    description="Whoever has no sign-in yet is mailed a temporary password. Inviting somebody again into the same role changes "
    "nothing. Nobody gives a role that can do more than they can themselves, and only owners make owners.",
    status=201,
    body=f"{_BODIES}:InviteUserBody",
    response=f"{_VIEWS}:UserView",
    idempotent=True,
    errors=(412,),
)
def invite(request: Request, deps: ApiDeps) -> Response:
    member = invite_user(
        request.body.email,
        request.body.role,
        client_id=request.client_id,
        hand=hand_of(request),
        store=deps.members,
        people=deps.people,
        act=act_of(request, deps),
    )
    return Response(user_view(member), 201)


@ROUTES.add(
    "PATCH",
    "/v1/users/{user_id}",
    scope="users:write",
    summary="Give a person another role",
    description="The last owner stays one. It counts from the next minute on.",
    body=f"{_BODIES}:ChangeUserBody",
    response=f"{_VIEWS}:UserView",
    errors=(409, 412),
)
def change_user(request: Request, deps: ApiDeps) -> Response:
    member = change_role(
        request.path["user_id"],
        request.body.role,
        client_id=request.client_id,
        hand=hand_of(request),
        store=deps.members,
        act=act_of(request, deps),
    )
    return Response(user_view(member))


@ROUTES.add(
    "DELETE",
    "/v1/users/{user_id}",
    scope="users:write",
    summary="Remove a person",
    description="They can act for the client no longer, within a minute. The last owner stays.",
    status=204,
    errors=(409, 412),
)
def remove(request: Request, deps: ApiDeps) -> Response:
    remove_user(
        request.path["user_id"],
        client_id=request.client_id,
        hand=hand_of(request),
        store=deps.members,
        act=act_of(request, deps),
    )
    return Response(status=204)
