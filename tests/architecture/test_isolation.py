"""No client sees or touches another's, proven on every operation of the OpenAPI document.

For each: without an authorizer's word 401; without the scope 403, and so for each role and kind of key by the authorizer's own
word; and another client's thing is answered exactly like a thing that does not exist. The owner's own call is the control: it must
get through, or the proof would prove nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from moto import mock_aws

from functions.access.authorizer.handler import handle as authorizer
from functions.platform.api_reference import build
from skuflow.access.keys import SCOPES
from skuflow.access.roles import ROLES, STAFF_SCOPES
from skuflow.platform.aws import forget_clients
from tests.access import AccessWorld, access_world
from tests.conftest import use_test_environment
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.http import ALL_SCOPES, Answer
from tests.sample_body import sample
from tests.seeds import BODIES, QUERIES, SEEDS, Owner, World, environment
from tests.seeds_of_selling import NAMED_BY_CALLERS
from tests.tables import table_name

DOCUMENT = build.built()
FUNCTIONS = {(route.method, route.path): function for function, route in build.routes_by_function()}
WHO = (*ROLES, "operator", "secret", "publishable")
_clients = count(1)


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    content: dict[str, Any]

    @property
    def function(self) -> str:
        return FUNCTIONS[self.method, self.path]

    @property
    def scope(self) -> str | None:
        return self.content.get("x-required-scope")

    @property
    def parameters(self) -> list[str]:
        return [one["name"] for one in self.content["parameters"] if one.get("in") == "path"]

    @property
    def query(self) -> dict[str, str]:
        """A value for each query parameter that must be given."""
        needed = [p for p in self.content["parameters"] if p.get("in") == "query" and p["required"]]
        return {p["name"]: QUERIES[p["name"]] for p in needed}

    def body(self, owner: Owner) -> Any:
        """A valid body; ids in it are the owner's."""
        if self.content["operationId"] in BODIES:
            return BODIES[self.content["operationId"]](owner)
        if "requestBody" not in self.content:
            return None
        schema = self.content["requestBody"]["content"]["application/json"]["schema"]
        try:
            return sample(schema, DOCUMENT["components"]["schemas"])
        except LookupError as error:
            raise LookupError(f"{self}: {error}, or add a body for it to BODIES in tests/seeds.py") from None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


OPERATIONS = [
    Operation(method.upper(), path, content)
    for path, methods in DOCUMENT["paths"].items()
    for method, content in methods.items()
]
GUARDED = [operation for operation in OPERATIONS if operation.scope is not None]
ON_A_NAME = [operation for operation in GUARDED if operation.content["operationId"] in NAMED_BY_CALLERS]
ON_A_THING = [operation for operation in GUARDED if operation.parameters and operation not in ON_A_NAME]
OVER_ALL = [operation for operation in GUARDED if not operation.parameters and operation.method == "GET"]
NAMING = BODIES.keys() - {"create_coupon", "send_usage"}  # which name things anew, and nothing that there is
WITH_IDS_IN_THE_BODY = [operation for operation in GUARDED if operation.content["operationId"] in NAMING]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    patch = pytest.MonkeyPatch()
    use_test_environment(patch)
    with mock_aws():
        made = environment()
        yield World()
        made.undo()
    patch.undo()
    forget_clients()


@pytest.fixture
def owner(world: World) -> Owner:
    return new_owner(world)


@pytest.fixture
def stranger(world: World) -> Owner:
    return new_owner(world)


def new_owner(world: World) -> Owner:
    client_id = f"cli_{next(_clients):016}"
    world.open_client(client_id)
    return Owner(world, client_id)


def ask(operation: Operation, asker: Owner, path: str, **how: Any) -> Answer:
    return asker.world.call(
        operation.function, operation.method, path, **{"client_id": asker.client_id, "query": operation.query, **how}
    )


def named(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


def test_only_the_reference_and_what_shopify_and_browsers_call_are_open_to_everybody() -> None:
    opened = {operation.path for operation in OPERATIONS if operation.scope is None}
    reference = {"/", "/docs", "/docs/problems", "/docs/assets/{name}", "/openapi.json", "/health"}
    shopify = {"/v1/shopify/authorize", "/v1/shopify/callback", "/v1/shopify/webhooks"}
    assert opened == reference | shopify


def test_every_path_parameter_can_be_seeded() -> None:
    missing = sorted({name for operation in ON_A_THING + ON_A_NAME for name in operation.parameters} - set(SEEDS))
    assert not missing, f"add a @seed for each of these to tests/seeds.py: {missing}"


@named(GUARDED)
def test_without_an_authorizer_s_word_nobody_gets_in(operation: Operation, owner: Owner) -> None:
    answer = ask(operation, owner, _filled(operation.path, dict.fromkeys(operation.parameters, "x")), client_id=None)
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


@named(GUARDED)
def test_without_the_scope_nobody_gets_in(operation: Operation, owner: Owner) -> None:
    others = [scope for scope in ALL_SCOPES.split() if scope != operation.scope]
    answer = ask(operation, owner, _filled(operation.path, dict.fromkeys(operation.parameters, "x")), scopes=others)
    assert (answer.status, answer.body["code"]) == (403, "forbidden")


@pytest.fixture(scope="module")
def words(world: World) -> dict[str, dict[str, str]]:
    """What the authorizer says of each role, and of both kinds of key, of one client."""
    keeper = access_world_over(world)
    client_id = keeper.client()
    staff = keeper.operator()
    asked = {role: (keeper.token(keeper.user(client_id, role)), "") for role in ROLES}
    asked |= {"operator": (keeper.token(staff), client_id)}
    asked |= {kind: (keeper.key(client_id, kind=kind)["key"], "") for kind in ("secret", "publishable")}
    answers = {who: ask_authorizer(keeper, *credential) for who, credential in asked.items()}
    assert {who for who, answer in answers.items() if answer["isAuthorized"]} == set(asked)
    return {who: answer["context"] for who, answer in answers.items()}


def may(who: str, scope: str) -> bool:
    """Who may do what, said once more and in another way than the code does: it is the promise that is held here."""
    match who:
        case "publishable":
            return scope in {"catalog:read", "analytics:write"}
        case "viewer":
            looked_at = {"billing", "catalog", "client", "imports", "quality", "shops", "usage"}
            return scope.removesuffix(":read") in looked_at
        case "analyst":
            worked_on = {"analytics", "catalog", "imports", "inventory", "quality", "usage"}
            return may("viewer", scope) or scope.partition(":")[0] in worked_on
        case "operator":
            return True
        case _:
            return scope != "platform:read"


@pytest.mark.parametrize("who", WHO)
@named(GUARDED)
def test_too_small_a_role_or_kind_of_key_does_not_get_in_and_a_great_enough_one_does(
    operation: Operation, words: dict[str, dict[str, str]], world: World, who: str
) -> None:
    path = _filled(operation.path, dict.fromkeys(operation.parameters, "x"))
    headers = {"X-Client-Id": words[who]["client_id"]}
    answer = world.call(
        operation.function,
        operation.method,
        path,
        client_id=None,
        granted=words[who],
        headers=headers,
        query=operation.query,
    )
    assert operation.scope is not None
    if may(who, operation.scope):
        assert answer.status not in {401, 403}, answer.body
    else:
        assert (answer.status, answer.body["code"]) == (403, "forbidden")


def test_every_scope_that_a_route_asks_for_is_one_that_keys_and_roles_know() -> None:
    assert {operation.scope for operation in GUARDED} <= {*SCOPES, *STAFF_SCOPES}
    assert set(ALL_SCOPES.split()) == set(SCOPES) - {"analytics:write"}


@named(ON_A_THING)
def test_another_client_s_thing_looks_as_if_it_did_not_exist(
    operation: Operation, owner: Owner, stranger: Owner
) -> None:
    things = {name: owner.has(name) for name in operation.parameters}
    body = operation.body(owner)
    path = _filled(operation.path, things)
    lookalikes = {name: _like(thing) for name, thing in things.items()}
    nowhere = _filled(operation.path, lookalikes)

    theirs = ask(operation, stranger, path, body=body)
    nobodys = ask(operation, stranger, nowhere, body=body)
    assert (theirs.status, nobodys.status) == (404, 404), (theirs.body, nobodys.body)
    assert _without(theirs, things) == _without(nobodys, lookalikes)

    own = ask(operation, owner, path, body=body)
    assert own.status not in {401, 403, 404}, f"the control: the owner got {own.status} {own.body}"


@named(ON_A_NAME)
def test_a_name_that_another_client_chose_too_is_one_s_own(operation: Operation, owner: Owner, stranger: Owner) -> None:
    path = _filled(operation.path, {name: owner.has(name) for name in operation.parameters})
    reading = next(one for one in OPERATIONS if (one.method, one.path) == ("GET", operation.path))
    before = ask(reading, owner, path).body
    assert ask(operation, stranger, path, body=operation.body(owner)).status == 200
    assert ask(reading, owner, path).body == before != ask(reading, stranger, path).body


@named(OVER_ALL)
def test_a_list_shows_nothing_of_another_client(operation: Operation, owner: Owner, stranger: Owner) -> None:
    ids = {owner.has(parameter) for parameter in SEEDS} - {"shop-1"}
    shown = json.dumps(ask(operation, stranger, operation.path).body)
    assert not [one for one in ids if one in shown]


def test_the_lists_do_show_their_owner_s_things(owner: Owner) -> None:
    ids = {parameter: owner.has(parameter) for parameter in SEEDS}
    shown = "".join(json.dumps(ask(operation, owner, operation.path).body) for operation in OVER_ALL)
    listed = {parameter for parameter, one in ids.items() if one in shown}
    assert {"key_id", "import_id", "mapping_id", "product_id", "brand_id", "shop", "user_id"} <= listed


@named(WITH_IDS_IN_THE_BODY)
def test_another_client_s_thing_cannot_be_named_in_a_body(operation: Operation, owner: Owner, stranger: Owner) -> None:
    body = operation.body(owner)
    assert any(one in json.dumps(body) for one in owner.things.values()), "no id of the owner's stands in this body"
    path = _filled(operation.path, {name: stranger.has(name) for name in operation.parameters})
    assert ask(operation, stranger, path, body=body).status in {404, 409, 422}
    own = _filled(operation.path, {name: owner.has(name) for name in operation.parameters})
    assert ask(operation, owner, own, body=body).status < 300


def access_world_over(world: World) -> AccessWorld:
    """The access context over the tables that the API functions use."""
    assert world.store.table.Meta.table_name == table_name("access")  # type: ignore[attr-defined]
    return access_world(table_name, FakeClock(), CountedIds())


def ask_authorizer(keeper: AccessWorld, credential: str, client_id: str) -> dict[str, Any]:
    event = {
        "version": "2.0",
        "type": "REQUEST",
        "identitySource": [f"Bearer {credential}"],
        "headers": {"x-client-id": client_id} if client_id else {},
        "requestContext": {"http": {"sourceIp": "192.0.2.7"}},
    }
    return authorizer(event, FakeLambdaContext(), keeper.authorizer)


def _filled(path: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _without(answer: Answer, things: dict[str, str]) -> str:
    """What the answer says, but for the ids that were asked for."""
    said = json.dumps(answer.body, sort_keys=True)
    for thing in things.values():
        said = said.replace(thing, "…")
    return said


def _like(thing: str) -> str:
    """An id of the same shape that nobody has: digits and hexadecimal letters changed, the rest kept."""
    prefix, underscore, rest = thing.rpartition("_")
    return prefix + underscore + rest.translate(str.maketrans("0123456789abcdef", "f9e8d7c6b5a43210"))
