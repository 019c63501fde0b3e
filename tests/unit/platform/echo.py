"""A small API to try the serving of routes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from skuflow.kernel.errors import Conflict, NotFound, PermanentError, Throttled, TransientError, VersionConflict
from skuflow.platform.http_api import IF_MATCH, PAGE, OpenRequest, Param, Request, Response, Routes
from skuflow.platform.http_serving import serve
from tests.doubles import FakeLambdaContext
from tests.http import Answer, Api


class NoteBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=20)]
    count: int = 1
    at: datetime | None = None

    @field_validator("text")
    @classmethod
    def _no_shouting(cls, text: str) -> str:
        if text.isupper():
            raise ValueError("is shouted")
        return text


class NoteView(BaseModel):
    client_id: str
    text: str
    secret: str | None = None


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


@dataclass
class EchoDeps:
    """`make` is what creating a note does; `made` counts how often it was done."""

    idempotency_table: str = ""
    made: list[str] = field(default_factory=list)
    make: Callable[[], None] = lambda: None


ROUTES = Routes("echo")
_QUERY = (
    *PAGE,
    Param("since", "From when on.", "date-time"),
    Param("open", "Only open ones.", "boolean"),
    Param("kind", "Which kind.", choices=("note", "memo")),
    Param("depth", "How deep.", "integer", minimum=0),
    Param("name", "Its name."),
)


@ROUTES.add("POST", "/v1/notes", scope="catalog:write", summary="Make", status=201, body=f"{__name__}:NoteBody",
            response=f"{__name__}:NoteView", idempotent=True, errors=(409,))  # fmt: skip
def make_note(request: Request, deps: EchoDeps) -> Response:
    deps.make()
    deps.made.append(request.body.text)
    body = {"client_id": request.client_id, "text": request.body.text, "secret": f"s{len(deps.made)}"}
    return Response(body, 201, {"Location": "/v1/notes/1"}, shown_once=("secret",))


@ROUTES.add("GET", "/v1/notes", scope="catalog:read", summary="List", query=_QUERY, response=f"{__name__}:Anything")
def list_notes(request: Request, _deps: EchoDeps) -> Response:
    return Response({name: str(value) for name, value in request.query.items()})


@ROUTES.add("GET", "/v1/notes/{note_id}", scope="catalog:read", summary="One", headers=(IF_MATCH,),
            response=f"{__name__}:Anything", errors=(409, 412))  # fmt: skip
def get_note(request: Request, _deps: EchoDeps) -> Response:
    failure = _FAILURES.get(request.path["note_id"])
    if failure is not None:
        raise failure
    kept = {"note_id": request.path["note_id"], "correlation": request.cause.correlation_id}
    return Response({**kept, "causation": request.cause.causation_id, "match": request.headers.get("if-match", "")})


@ROUTES.add("GET", "/v1/notes/latest", scope="catalog:read", summary="Latest", response=f"{__name__}:Anything")
def latest_note(_request: Request, _deps: EchoDeps) -> Response:
    return Response({"latest": True})


@ROUTES.add("GET", "/v1/caller", scope="catalog:read", summary="Who asks", response=f"{__name__}:Anything")
def get_caller(request: Request, _deps: EchoDeps) -> Response:
    return Response({"key_kind": request.key_kind, "is_public": request.is_public})


@ROUTES.add("DELETE", "/v1/notes/{note_id}", scope="catalog:write", summary="Delete", status=204)
def delete_note(_request: Request, _deps: EchoDeps) -> Response:
    return Response(status=204)


@ROUTES.add("GET", "/about", scope=None, summary="About", content_type="text/plain")
def about(_request: OpenRequest, _deps: EchoDeps) -> Response:
    return Response("plain", headers={"Content-Type": "text/plain"})


@ROUTES.add("GET", "/unwritable", scope=None, summary="Cannot be JSON", response=f"{__name__}:Anything")
def unwritable(_request: OpenRequest, _deps: EchoDeps) -> Response:
    return Response({"at": float("nan")})


def handle(event: Any, context: Any, deps: EchoDeps) -> Any:
    return serve(ROUTES, event, context, deps)


_FAILURES: dict[str, Exception] = {
    "gone": NotFound("there is no such note"),
    "taken": Conflict("somebody has it"),
    "stale": VersionConflict("somebody changed it"),
    "busy": Throttled("slow down", retry_after=7),
    "down": TransientError("the table did not answer"),
    "broken": RuntimeError("secret-looking detail sk_test_123"),
    "odd": PermanentError("internal wording"),
}


def call(method: str, path: str, **how: Any) -> Answer:
    return Api(handle, EchoDeps()).call(method, path, **how)


def raw(event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = handle(event, FakeLambdaContext(), EchoDeps())
    return answer


def faults(answer: Answer) -> dict[str, str]:
    assert answer.status == 422, answer.body
    return {fault["field"]: fault["message"] for fault in answer.body["errors"]}
