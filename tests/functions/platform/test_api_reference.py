"""The API's page, its document, its health, and the answer to unknown paths."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from openapi_spec_validator import validate

import skuflow
from functions.platform.api_reference import build
from functions.platform.api_reference.handler import ROUTES, handle
from functions.platform.api_reference.problems import PROBLEMS
from skuflow.access.roles import STAFF_SCOPES
from skuflow.kernel.errors import SkuflowError
from skuflow.platform.problem import problem
from tests.http import Answer, Api

PREFIX = "https://example.test/_aws/execute-api/skuflowlocal/"


def get(path: str, **more: object) -> Answer:
    return Api(handle, None).call("GET", path, client_id=None, **more)


class Addresses(HTMLParser):
    """Every address that a page refers to, and every id in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value is not None]
        self.ids += [value for name, value in attrs if name == "id" and value is not None]


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/problems"])
def test_a_page_refers_only_to_what_the_api_serves_whatever_prefix_it_lives_below(path: str) -> None:
    page = get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = [a for a in Addresses(page.body).found if not a.startswith("data:")]
    assert addresses
    for address in addresses:
        target = urljoin(PREFIX + path.lstrip("/"), address)
        assert target.startswith(PREFIX)
        assert get("/" + target.removeprefix(PREFIX)).status == 200


def test_a_page_runs_nothing_from_elsewhere_and_nothing_inline() -> None:
    page = get("/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert re.search(r"<script>(?!\s*</script>)", page.body) is None


@pytest.mark.parametrize("encoding", ["", "gzip, deflate, br"])
def test_the_page_s_parts_come_compressed_to_whoever_takes_it(encoding: str) -> None:
    answer = get("/docs/assets/swagger-ui.js", headers={"accept-encoding": encoding})
    assert answer.headers.get("content-encoding") == ("gzip" if encoding else None)
    assert "SwaggerUIBundle" in answer.body


@pytest.mark.parametrize("name", ["handler.py", "..%2Fhandler.py", "%2e%2e", "openapi.json", "x" * 600, "a%00b"])
def test_no_other_file_is_served(name: str) -> None:
    assert get(f"/docs/assets/{name}").status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/products"), ("POST", "/health"), ("GET", "/docs/"), ("PUT", "/")]
)
def test_an_unknown_path_is_explained(method: str, path: str) -> None:
    answer = Api(handle, None).call(method, path, client_id=None)
    assert (answer.status, answer.body["code"], answer.body["instance"]) == (404, "not_found", path)
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_says_ok() -> None:
    assert get("/health").body == {"status": "ok"}


def test_the_served_document_is_valid_openapi() -> None:
    document = get("/openapi.json").body
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_the_document_is_what_the_routes_say() -> None:
    """Mend with `make openapi`."""
    assert json.loads(build.TARGET.read_text(encoding="utf-8")) == build.built()
    assert build.TARGET.read_text(encoding="utf-8") == build.text()


def test_every_route_of_every_function_is_documented_with_its_scope() -> None:
    document = build.built()
    for route in build.routes():
        operation = document["paths"][route.path][route.method.lower()]
        assert operation.get("x-required-scope") == route.scope
        openers = ("signIn",) if route.scope in STAFF_SCOPES else ("apiKey", "signIn")
        asked = [{opener: [route.scope]} for opener in openers] if route.scope else []
        assert operation["security"] == asked
    assert {route.path for route in ROUTES} <= set(document["paths"])


def test_every_problem_code_is_explained_where_its_type_points() -> None:
    ids = Addresses(get("/docs/problems").body).ids
    assert sorted(ids) == sorted(one.code for one in PROBLEMS)
    for kind in _errors():
        error = kind.__new__(kind)
        error.__dict__.update(detail="", problems=(), retry_after=1)
        status, document, _headers = problem(error, "/v1/x", "c")
        assert document["type"] == f"/docs/problems#{document['code']}"
        assert document["code"] in ids, f"explain {document['code']} in functions/platform/api_reference/problems.py"
        explained = next(one for one in PROBLEMS if one.code == document["code"])
        assert explained.status == status


def _errors() -> list[type[SkuflowError]]:
    """Every error of ours, wherever it is declared."""
    for module in pkgutil.walk_packages(skuflow.__path__, "skuflow."):
        importlib.import_module(module.name)
    found, left = [], [SkuflowError]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return found
