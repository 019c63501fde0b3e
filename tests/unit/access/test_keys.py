"""API keys, without a table."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.access.keys import (
    PUBLISHABLE_SCOPES,
    SCOPES,
    ApiKey,
    Minting,
    NewKey,
    ensure_grantable,
    is_live,
    looks_like_key,
    mint,
    revoked,
    rotated,
    status_of,
)
from skuflow.access.wiring import _new_secret
from skuflow.kernel.errors import Conflict, Forbidden, Invalid
from skuflow.kernel.tenancy import ClientId
from tests.doubles import START

CLIENT = ClientId("cli_00000001")
SCOPE_SETS = st.sets(st.sampled_from(SCOPES), min_size=1)


def making(number: int = 1, later: timedelta = timedelta()) -> Minting:
    return Minting("test", START + later, f"key_{number}", f"{number:048x}", "operator")


def minted(scopes: tuple[str, ...] = ("catalog:read",), lifetime: timedelta | None = None) -> ApiKey:
    return mint(NewKey("secret", "a key", scopes, lifetime and START + lifetime), CLIENT, making())[0]


def test_a_fresh_secret_has_192_bits_and_is_another_each_time() -> None:
    made = {_new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(bytes.fromhex(one)) for one in made} == {24}


def test_the_record_holds_the_hash_and_nothing_else_of_the_text() -> None:
    key, text = mint(NewKey("secret", "a key", ("catalog:read",)), CLIENT, making(0xABCDEF))
    assert text == f"sk_test_{0xABCDEF:048x}"
    assert key.key_hash == hashlib.sha256(text.encode()).hexdigest()
    assert key.hint == "cdef"
    assert text.rpartition("_")[2] not in repr(key)


@given(st.text() | st.from_regex(r"(sk|pk|ok)_(test|prod)_[0-9a-fA-F]{46,50}", fullmatch=True))
def test_only_what_this_stage_could_have_issued_looks_like_a_key(text: str) -> None:
    prefix, _, rest = text.partition("_test_")
    fits = prefix in {"sk", "pk"} and len(rest) == 48 and set(rest) <= set("0123456789abcdef")
    assert looks_like_key(text, "test") is fits


@given(SCOPE_SETS)
def test_a_publishable_key_holds_what_anybody_may_have_and_nothing_more(scopes: set[str]) -> None:
    wanted = NewKey("publishable", "shop", tuple(scopes))
    if scopes <= set(PUBLISHABLE_SCOPES):
        assert set(mint(wanted, CLIENT, making())[0].scopes) == scopes
    else:
        with pytest.raises(Invalid):
            mint(wanted, CLIENT, making())


@given(SCOPE_SETS, st.sets(st.sampled_from(SCOPES)))
def test_nobody_hands_on_more_than_they_hold(wanted: set[str], held: set[str]) -> None:
    if wanted <= held:
        ensure_grantable(wanted, frozenset(held))
    else:
        with pytest.raises(Forbidden):
            ensure_grantable(wanted, frozenset(held))


def test_a_key_is_active_until_it_expires_or_is_revoked() -> None:
    key = minted(lifetime=timedelta(days=1))
    assert status_of(key, START) == "active"
    assert status_of(key, START + timedelta(days=1)) == "expired"
    assert status_of(revoked(key, START), START + timedelta(days=2)) == "revoked"
    assert revoked(revoked(key, START), START + timedelta(days=1)).revoked_at == START


@given(st.integers(0, 7 * 86400), st.integers(1, 90), st.integers(0, 89))
def test_rotation_never_lengthens_the_old_key_s_life_and_leaves_no_gap(overlap: int, days: int, after: int) -> None:
    key = minted(lifetime=timedelta(days=days))
    now = making(2, timedelta(days=min(after, days - 1)))
    ending, successor, _text = rotated(key, timedelta(seconds=overlap), now)
    assert key.expires_at is not None
    assert ending.expires_at == min(key.expires_at, now.now + timedelta(seconds=overlap))
    assert is_live(successor, now.now)
    assert (successor.kind, successor.label, successor.scopes) == (key.kind, key.label, key.scopes)
    assert ending.replaced_by == successor.key_id
    with pytest.raises(Conflict):
        rotated(ending, timedelta(), making(3, timedelta(days=min(after, days - 1))))
