"""Roles and who hands them out, without a table."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.access.keys import SCOPES
from skuflow.access.people import email_address, is_user_id
from skuflow.access.roles import OPERATOR, OWNER, ROLE_SCOPES, ROLES, ensure_may_hand
from skuflow.kernel.errors import Forbidden, Invalid

HELD = st.sets(st.sampled_from(SCOPES)).map(frozenset)


def may(role: str, by_role: str, held: frozenset[str]) -> bool:
    try:
        ensure_may_hand(role, by_role=by_role, held=held)
    except Forbidden:
        return False
    return True


def test_each_role_holds_what_the_next_smaller_one_does_and_no_role_what_no_key_can() -> None:
    scopes = [set(ROLE_SCOPES[role]) for role in (OPERATOR, *ROLES)]
    for greater, smaller in pairwise(scopes):
        assert greater >= smaller
    assert all(held <= set(SCOPES) for held in scopes[1:])


def test_managing_people_keys_and_shops_and_the_audit_log_begin_with_admin() -> None:
    for role in ("analyst", "viewer"):
        assert not [s for s in ROLE_SCOPES[role] if s.startswith(("users:", "keys:", "audit:")) or s == "shops:write"]
    for role in ("owner", "admin"):
        assert set(ROLE_SCOPES[role]) == set(SCOPES)


def test_a_viewer_changes_nothing() -> None:
    assert not [scope for scope in ROLE_SCOPES["viewer"] if scope.endswith(":write")]


@given(st.sampled_from(ROLES), st.sampled_from(("", *ROLES, OPERATOR)), HELD)
def test_nobody_hands_out_more_than_they_hold(role: str, by_role: str, held: frozenset[str]) -> None:
    if may(role, by_role, held):
        assert set(ROLE_SCOPES[role]) <= held
        assert role != OWNER or by_role in {OWNER, OPERATOR}


@given(st.sampled_from(ROLES), st.sampled_from(("", *ROLES)))
def test_whoever_has_a_role_hands_out_that_one_or_a_smaller_if_it_is_not_the_owner_s(role: str, by_role: str) -> None:
    held = frozenset(ROLE_SCOPES[by_role] if by_role else SCOPES)
    smaller = set(ROLE_SCOPES[role]) <= held
    assert may(role, by_role, held) == (smaller and (role != OWNER or by_role == OWNER))


@given(st.emails(domains=st.sampled_from(["maple.example", "a-b.co.example"])))
def test_an_address_has_one_spelling(address: str) -> None:
    try:
        kept = email_address(address)
    except Invalid:
        return
    assert kept == kept.lower().strip()
    assert email_address(f"  {address.upper()} ") == kept


@pytest.mark.parametrize("text", ["C#cli_00000001", "", "00000000-0000-0000-0000-00000000000G", "0" * 32, "#" * 36])
def test_what_could_bend_a_key_is_no_user(text: str) -> None:
    assert not is_user_id(text)
