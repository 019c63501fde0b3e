"""Sign-in tokens at the authorizer's door: the right one opens, and no forgery does."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from skuflow.access.tokens import LEEWAY_SECONDS, MAX_CHARACTERS
from skuflow.kernel.errors import TransientError
from tests.access import AccessWorld
from tests.functions.access.test_authorizer import ask
from tests.user_pool import APP, KID, encoded, jwk, key_pair, private_pem, public_pem, signed

GOOD = {"kid": KID, "alg": "RS256"}


@pytest.fixture
def user(world: AccessWorld) -> str:
    return world.user(world.client())


def opens(world: AccessWorld, token: str) -> bool:
    return bool(ask(world, f"Bearer {token}")["isAuthorized"])


def forged(secret: bytes, claims: Any, kid: str = KID) -> str:
    """HS256 with a secret that everybody can read."""
    signing = f"{encoded({'alg': 'HS256', 'kid': kid, 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{signing}.{encoded(hmac.new(secret, signing.encode(), hashlib.sha256).digest())}"


def test_a_signed_in_owner_acts_for_their_client_with_the_scopes_of_the_role(world: AccessWorld) -> None:
    client_id = world.client(home_currency="INR")
    user_id = world.user(client_id, "viewer")
    assert ask(world, f"Bearer {world.token(user_id)}") == {
        "isAuthorized": True,
        "context": {
            "principal": user_id,
            "key_kind": "user",
            "client_id": client_id,
            "role": "viewer",
            "scopes": "billing:read catalog:read client:read imports:read quality:read shops:read usage:read",
            "home_currency": "INR",
        },
    }


def test_a_token_of_pyjwt_s_own_making_opens(world: AccessWorld, user: str) -> None:
    """The tests' own signer agrees with the library's."""
    claims = world.pool.claims(user, world.clock())
    token = jwt.encode(claims, private_pem("pool"), algorithm="RS256", headers={"kid": KID})
    assert opens(world, token)


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_Other0001"},
    "an issuer that begins alike": {"iss": "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_Tests0001/x"},
    "issuers in a list": {"iss": ["https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_Tests0001"]},
    "no issuer": {"iss": None},
    "another app": {"client_id": "5anotherapp"},
    "no app": {"client_id": None},
    "an audience in place of the app": {"client_id": None, "aud": APP},
    "an ID token": {"token_use": "id", "aud": APP, "client_id": None, "email": "kim@maple.example"},
    "an ID token that names the app": {"token_use": "id"},
    "a refresh token": {"token_use": "refresh"},
    "no use": {"token_use": None},
    "no end": {"exp": None},
    "an end that is text": {"exp": "99999999999"},
    "an end that is true": {"exp": True},
    "no beginning": {"iat": None},
    "nobody": {"sub": None},
    "a sub that bends a key": {"sub": "C#cli_0000000000000001"},
    "groups that are text": {"cognito:groups": "operator"},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_that_says_something_else_is_refused(world: AccessWorld, user: str, claims: dict[str, Any]) -> None:
    assert opens(world, world.token(user)), "the control"
    assert not opens(world, world.token(user, **claims))


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "HS384", "RS384", "RS512", "PS256", "ES256", "", None, 7]
)
def test_a_header_that_names_another_algorithm_is_refused_though_the_signature_holds(
    world: AccessWorld, user: str, algorithm: Any
) -> None:
    assert not opens(world, world.token(user, header={"kid": KID, "alg": algorithm}))


@pytest.mark.parametrize("algorithm", ["none", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(world: AccessWorld, user: str, algorithm: str) -> None:
    unsigned = f"{encoded({'alg': algorithm, 'kid': KID})}.{encoded(world.pool.claims(user, world.clock()))}"
    for ending in (".", f".{encoded(b'x')}", ""):
        assert not opens(world, unsigned + ending)


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(world: AccessWorld, user: str) -> None:
    claims = world.pool.claims(user, world.clock())
    published = json.dumps(jwk("pool", KID))
    modulus = key_pair("pool").public_key().public_numbers().n.to_bytes(256, "big")
    for secret in (public_pem("pool"), public_pem("pool").strip(), published.encode(), modulus, b""):
        assert not opens(world, forged(secret, claims))


def test_a_token_signed_by_another_pool_is_refused_even_under_our_key_s_name(world: AccessWorld, user: str) -> None:
    claims = world.pool.claims(user, world.clock())
    assert not opens(world, signed(GOOD, claims, key="other pool"))
    assert not opens(world, signed({"kid": "other", "alg": "RS256"}, claims, key="other pool"))


EMBEDDED: dict[str, Callable[[], Any]] = {
    "jwk": lambda: jwk("attacker", KID),
    "jku": lambda: "https://attacker.example/jwks.json",
    "x5u": lambda: "https://attacker.example/chain.pem",
    "x5c": lambda: [encoded(public_pem("attacker"))],
    "x5t": lambda: "AAAA",
    "crit": lambda: ["exp"],
    "b64": lambda: False,
    "zip": lambda: "DEF",
    "cty": lambda: "JWT",
    "enc": lambda: "A128GCM",
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_key_or_rule_that_a_token_brings_along_is_not_looked_at(world: AccessWorld, user: str, name: str) -> None:
    header = {**GOOD, name: EMBEDDED[name]()}
    claims = world.pool.claims(user, world.clock())
    assert not opens(world, signed(header, claims, key="attacker"))
    assert not opens(world, signed(header, claims)), "not even when the signature holds"


@pytest.mark.parametrize(
    "kid",
    ["../../../../dev/null", "' OR 1=1 --", "http://attacker.example", "a" * 101, "", "pool\x00", None, 5, ["x"], {}],
)
def test_a_key_name_that_is_none_is_refused_without_asking_the_pool(world: AccessWorld, user: str, kid: Any) -> None:
    assert not opens(world, world.token(user, header={"alg": "RS256", "kid": kid}))
    assert not opens(world, world.token(user, header={"alg": "RS256"}))
    assert world.pool.asked == 0


@pytest.mark.parametrize("claim", ["sub", "exp", "iss", "client_id", "token_use"])
def test_a_claim_that_stands_twice_is_refused(world: AccessWorld, user: str, claim: str) -> None:
    claims = world.pool.claims(user, world.clock())
    other = json.dumps({claim: claims[claim]})[1:-1]
    twice = "{" + other + "," + json.dumps(claims)[1:]
    assert json.loads(twice) == claims
    assert not opens(world, signed(GOOD, twice))


def test_a_header_whose_algorithm_stands_twice_is_refused(world: AccessWorld, user: str) -> None:
    header = '{"alg":"none","kid":' + json.dumps(KID) + ',"alg":"RS256"}'
    assert not opens(world, signed(header, world.pool.claims(user, world.clock())))


@pytest.mark.parametrize("content", ["", "[]", "null", '"text"', "{", "{}", '{"exp": NaN}', "[" * 3000, b"\xff\xfe"])
def test_content_that_is_no_object_of_claims_is_refused(world: AccessWorld, content: str | bytes) -> None:
    assert not opens(world, signed(GOOD, content or " "))
    assert not opens(world, f"{encoded(content or ' ')}.{encoded('{}')}.{encoded('x')}")


def test_a_token_over_the_limit_is_refused_unread(world: AccessWorld, user: str) -> None:
    long = world.token(user, padding="x" * MAX_CHARACTERS)
    assert len(long) > MAX_CHARACTERS
    assert not opens(world, long)
    assert opens(world, world.token(user, padding="x" * 1000))


@pytest.mark.parametrize("change", [lambda t: t[:-2] + "AA", lambda t: t + "=", lambda t: t + ".x", lambda t: "." + t])
def test_a_token_that_was_touched_is_refused(world: AccessWorld, user: str, change: Callable[[str], str]) -> None:
    assert not opens(world, change(world.token(user)))


def test_claims_put_under_another_token_s_signature_are_refused(world: AccessWorld, user: str) -> None:
    header, _, signature = world.token(user).split(".")
    raised = encoded(world.pool.claims(world.operator(), world.clock(), **{"cognito:groups": ["operator"]}))
    assert not opens(world, f"{header}.{raised}.{signature}")


def test_a_token_ends_when_it_says_but_for_the_clocks_difference(world: AccessWorld, user: str) -> None:
    token = world.token(user, exp=int(world.clock().timestamp()) + 60)
    end = world.clock() + timedelta(seconds=59.411)
    world.clock.advance(end - world.clock())
    assert opens(world, token)
    world.clock.advance(seconds=LEEWAY_SECONDS - 1)
    assert opens(world, token)
    world.clock.advance(seconds=1.1)
    assert not opens(world, token)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused_until_then(world: AccessWorld, user: str, claim: str) -> None:
    begins = int(world.clock().timestamp()) + 600
    token = world.token(user, **{claim: begins})
    assert not opens(world, token)
    world.clock.advance(seconds=600)
    assert opens(world, token)


def test_keys_are_fetched_once_and_a_new_one_is_found(world: AccessWorld, user: str) -> None:
    for _ in range(3):
        assert opens(world, world.token(user))
    assert world.pool.asked == 1
    world.clock.advance(minutes=2)
    world.pool.published["keys"].append(jwk("next", "next-key"))
    renewed = signed({"kid": "next-key", "alg": "RS256"}, world.pool.claims(user, world.clock()), key="next")
    assert opens(world, renewed)
    assert opens(world, world.token(user))
    assert world.pool.asked == 2


def test_unknown_keys_make_us_ask_once_a_minute_and_no_more(world: AccessWorld, user: str) -> None:
    for number in range(20):
        assert not opens(world, world.token(user, header={"alg": "RS256", "kid": f"unknown-{number}"}))
        world.clock.advance(seconds=9)
    assert world.pool.asked == 3


def test_a_key_that_the_pool_has_withdrawn_opens_nothing_after_an_hour(world: AccessWorld, user: str) -> None:
    assert opens(world, world.token(user))
    world.pool.published["keys"] = [jwk("next", "next-key")]
    world.clock.advance(hours=1)
    assert not opens(world, world.token(user))


@pytest.mark.parametrize("more", [{"kty": "oct", "k": "AAAA"}, {"use": "enc"}, {"alg": "RS512"}, {"alg": "none"}])
def test_a_published_key_for_another_use_is_none_of_ours(world: AccessWorld, user: str, more: dict[str, Any]) -> None:
    world.pool.published["keys"] = [jwk("pool", KID) | more]
    assert not opens(world, world.token(user))


def test_a_trouble_with_the_pool_is_raised_and_known_keys_outlive_it(
    world: AccessWorld, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published, world.pool.published = world.pool.published, {"no": "keys"}
    with pytest.raises(TransientError):
        opens(world, world.token(user))
    with pytest.raises(TransientError):
        opens(world, world.token(user))
    assert world.pool.asked == 1, "not asked again within the minute"
    world.pool.published = published
    world.clock.advance(minutes=1)
    assert opens(world, world.token(user))
    world.pool.published = {"no": "keys"}
    world.clock.advance(hours=2)
    assert opens(world, world.token(user))
    assert [attempt for attempt, _ in world.troubles] == ["read the user pool's keys"] * 2
