"""Settings, cursors, secrets, flags, tables: what each function is set up with."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.errors import Invalid, Misconfigured
from skuflow.platform.paging import decode_cursor, encode_cursor, position_in
from skuflow.platform.settings import from_env, names


@dataclass(frozen=True, slots=True)
class Settings:
    sync_table: str
    max_rows: int
    strict: bool
    note: str = "none"


FULL = {"SYNC_TABLE": "t", "MAX_ROWS": "5", "STRICT": "true"}


def test_settings_are_read_by_name_and_type() -> None:
    assert from_env(Settings, FULL) == Settings("t", 5, strict=True)
    assert from_env(Settings, {**FULL, "STRICT": "FALSE", "NOTE": "x"}) == Settings("t", 5, strict=False, note="x")


def test_the_environment_is_the_default_source(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FULL.items():
        monkeypatch.setenv(name, value)
    assert from_env(Settings).max_rows == 5


def test_infrastructure_can_ask_for_the_names() -> None:
    assert names(Settings) == ("SYNC_TABLE", "MAX_ROWS", "STRICT")


@pytest.mark.parametrize(
    ("environ", "faulty"),
    [
        ({}, ["SYNC_TABLE", "MAX_ROWS", "STRICT"]),
        ({**FULL, "SYNC_TABLE": ""}, ["SYNC_TABLE"]),
        ({**FULL, "MAX_ROWS": "many", "STRICT": "yes"}, ["MAX_ROWS", "STRICT"]),
    ],
)
def test_all_faulty_variables_are_named_at_once(environ: dict[str, str], faulty: list[str]) -> None:
    with pytest.raises(Misconfigured) as refusal:
        from_env(Settings, environ)
    assert [problem.field for problem in refusal.value.problems] == faulty
    assert all(name in refusal.value.detail for name in faulty)


POSITIONS = st.dictionaries(st.text(max_size=5), st.text() | st.integers(), min_size=1, max_size=4)


@given(st.text(), POSITIONS)
def test_a_cursor_leads_back_to_its_position(query: str, position: dict[str, Any]) -> None:
    cursor = encode_cursor(query, position)
    assert cursor is not None
    assert cursor.isascii()
    assert decode_cursor(query, cursor) == position


@given(st.text(), st.text(), POSITIONS)
def test_a_cursor_of_another_query_is_refused(one: str, other: str, position: dict[str, Any]) -> None:
    if one != other:
        with pytest.raises(Invalid):
            decode_cursor(other, encode_cursor(one, position))


def test_the_end_has_no_cursor_and_no_cursor_is_the_beginning() -> None:
    assert encode_cursor("q", None) is None
    assert encode_cursor("q", {}) is None
    assert decode_cursor("q", None) is None


@pytest.mark.parametrize("position", [{"at": 1, "id": "x"}, {"at": "x"}, {"at": "x", "id": "x", "more": "x"}])
def test_a_position_has_the_parts_that_its_query_goes_on_from(position: dict[str, Any]) -> None:
    whole = {"at": "x", "id": "x"}
    assert position_in("q", encode_cursor("q", whole), at=str, id=str) == whole
    assert position_in("q", None, at=str, id=str) is None
    with pytest.raises(Invalid):
        position_in("q", encode_cursor("q", position), at=str, id=str)


def _encoded(content: str) -> str:
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "ü",
        "a" * 2000,
        _encoded("[" * 1400),
        _encoded("{}"),
        _encoded("[1,2,3]"),
        _encoded('["x", {}]'),
        _encoded("\x00"),
    ],
)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode_cursor("q", cursor)
    assert refusal.value.problems[0].field == "cursor"


@given(st.text())
def test_any_text_as_a_cursor_is_refused_and_nothing_worse(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor("q", cursor)
