"""Schemathesis asks every operation of the OpenAPI document what the document says may be asked, and what it says may not.

Whatever is asked: no 5xx, no status, header, content type or field that the document does not name. The examples are the same
in every run; `make fuzz` takes many more, and others each time.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi import checks

from functions.platform.api_reference import build
from tests.fuzz.front_door import FrontDoor, key_of
from tests.http import CLIENT
from tests.sample_body import sample
from tests.seeds import BODIES, QUERIES, Owner

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""How many per operation and kind; 0: the few that fit into the test command."""

KEY = key_of(CLIENT)
DOOR = FrontDoor()
DOCUMENT = {name: content for name, content in build.built().items() if name != "servers"}
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = DOOR
SCHEMA.config.generation.update(deterministic=not EXAMPLES)
SCHEMA.config.checks.negative_data_rejection.expected_statuses = ["400", "401", "403", "404", "409", "413", "422"]

DOCUMENTED: list[CheckFunction] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
REFUSED = [*DOCUMENTED, checks.negative_data_rejection, checks.missing_required_header]
"""Not asked for: 405 for other methods (`checks.unsupported_method`). The gateway sends what it has no route for to our 404."""


OUT_OF_REACH = {
    "choose_import_mapping": "needs an uploaded file that was looked at",
    "invite": "needs a person: a key invites nobody to more than it may do itself",
    "show_deep_health": "needs the staff of the platform",
    "get_repair_file": "needs a file of which rows were refused",
    **dict.fromkeys(
        (
            "get_quality_report",
            "get_quality_report_csv",
            "get_quality_report_page",
            "apply_quality_preview",
            "revert_quality_job",
        ),
        "needs a job that a worker has brought to its end",
    ),
}
"""Operations whose success needs more than the API itself can bring about."""


def examples(few: int) -> settings:
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if EXAMPLES else [])],
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = DOCUMENT["paths"][self.path][self.method.lower()]
        return content

    @property
    def success(self) -> int:
        return next(int(status) for status in self.content["responses"] if status[0] in "23")

    def cases(self, mode: GenerationMode) -> st.SearchStrategy[Case]:
        return SCHEMA[self.path][self.method].as_strategy(generation_mode=mode)

    def plain(self, owner: Owner) -> Case:
        """As documentation shows it, with nothing made up."""
        body = self.body(owner)
        how = {} if body is None else {"body": body, "media_type": "application/json"}
        return SCHEMA[self.path][self.method].Case(path_parameters=self.things(owner), query=self.query(), **how)

    def things(self, owner: Owner) -> dict[str, str]:
        """A thing of the owner's for each path parameter."""
        names = [one["name"] for one in self.content["parameters"] if one.get("in") == "path"]
        return {name: owner.has(name) for name in names}

    def query(self) -> dict[str, str]:
        needed = [one for one in self.content["parameters"] if one.get("in") == "query" and one["required"]]
        return {one["name"]: QUERIES[one["name"]] for one in needed}

    def body(self, owner: Owner) -> dict[str, Any] | None:
        """What documentation shows, which works."""
        if self.content["operationId"] in BODIES:
            return BODIES[self.content["operationId"]](owner)
        if "requestBody" not in self.content:
            return None
        schema = self.content["requestBody"]["content"]["application/json"]["schema"]
        body: dict[str, Any] = sample(schema, DOCUMENT["components"]["schemas"])
        return body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


OPERATIONS = [Operation(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
GUARDED = [operation for operation in OPERATIONS if operation.content["security"]]


def named(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


@pytest.fixture(scope="module", autouse=True)
def _open_door() -> Iterator[None]:
    with DOOR.open():
        yield


@SCHEMA.parametrize()
@examples(5)
def test_whatever_is_asked_the_answer_is_a_documented_one(case: Case) -> None:
    """With Schemathesis' own probes: boundaries, missing and repeated parameters, wrong types, unknown methods."""
    case.call_and_validate(headers=KEY, checks=REFUSED)


@named(GUARDED)
def test_with_things_that_exist_the_answer_is_a_documented_one(operation: Operation) -> None:
    """Ids made up lead no further than 404. Here they are real, and bodies differ from valid ones by a field or a few."""
    answered: Counter[int] = Counter()
    lasting = DOOR.new_owner()
    modes = st.sampled_from(list(GenerationMode)).flatmap(operation.cases)
    shares = st.sampled_from(["none", "some", "all"])

    @examples(4)
    @given(case=modes, changed=shares, data=st.data())
    def ask(case: Case, changed: str, data: st.DataObject) -> None:
        owner = lasting if operation.method == "GET" else DOOR.new_owner()
        case.path_parameters = operation.things(owner)
        if changed != "all":
            case.query = {**operation.query(), **(data.draw(_some(case.query)) if changed == "some" else {})}
            valid = operation.body(owner)
            case.body = (
                case.body if valid is None else {**valid, **(data.draw(_some(case.body)) if changed == "some" else {})}
            )
            case.headers = case.headers if changed == "some" else {}
        response = case.call(headers=key_of(owner.client_id))
        answered[response.status_code] += 1
        case.validate_response(response, checks=DOCUMENTED)

    ask()
    if operation.content["operationId"] not in OUT_OF_REACH:
        owner = DOOR.new_owner()
        response = operation.plain(owner).call(headers=key_of(owner.client_id))
        answered[response.status_code] += 1
        assert answered[operation.success], f"never got to {operation.success}, only to {dict(answered)}"


def _some(given_: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A few of the fields of what was made up."""
    if not isinstance(given_, dict) or not given_:
        return st.just({})
    names = st.lists(st.sampled_from(sorted(given_)), min_size=1, max_size=3)
    return names.map(lambda chosen: {name: given_[name] for name in chosen})


@named(GUARDED)
def test_without_a_key_whatever_is_asked_is_refused(operation: Operation) -> None:
    @examples(2)
    @given(case=st.sampled_from(list(GenerationMode)).flatmap(operation.cases))
    def ask(case: Case) -> None:
        case.headers = {name: text for name, text in case.headers.items() if name.lower() != "authorization"}
        response = case.call()
        assert response.status_code == 401, case.as_curl_command()
        case.validate_response(response, checks=DOCUMENTED)

    ask()
