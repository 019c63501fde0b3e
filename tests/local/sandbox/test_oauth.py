"""OAuth in the sandbox: the consent page, the signed way back, codes, tokens that expire and rotate."""

from __future__ import annotations

import hmac
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from local.problems import LocalProblem
from local.sandbox.control import SandboxControl
from tests.local.sandbox.app_side import SCOPES, SECRET, Shopkeeper

SHOP = "{ shop { id name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName } } }"


def test_the_merchant_comes_back_signed_with_the_state_and_a_code(keeper: Shopkeeper) -> None:
    given = keeper.callback(state="xyz")
    signature = given.pop("hmac")
    message = "&".join(f"{name}={value}" for name, value in sorted(given.items()))
    assert set(given) == {"code", "host", "shop", "state", "timestamp"}
    assert (given["state"], given["shop"]) == ("xyz", keeper.shop.domain)
    assert hmac.new(SECRET.encode(), message.encode(), sha256).hexdigest() == signature


def test_the_consent_page_names_the_shop_and_what_is_asked_for(keeper: Shopkeeper) -> None:
    shown = keeper.client.get(keeper.authorize_url())
    assert "read_products" in shown.text
    assert "Install app" in shown.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "somebody-else"}, "application_cannot_be_found"),
        ({"redirect_uri": "https://evil.example/callback"}, "redirect_uri is not whitelisted"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri is not whitelisted"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_a_consent_page_is_refused_to_whom_it_is_not_for(
    keeper: Shopkeeper, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(LocalProblem, match=said):
        keeper.callback(**changed)


def test_the_merchant_may_say_no(keeper: Shopkeeper) -> None:
    url = keeper.authorize_url()
    form = dict(httpx_params(url)) | {"answer": "cancel"}
    location = keeper.client.post(url, data=form).headers["location"]
    assert "error=access_denied" in location
    assert "code=" not in location


def httpx_params(url: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl, urlsplit

    return parse_qsl(urlsplit(url).query)


def test_a_code_is_exchanged_once_for_tokens_that_expire(keeper: Shopkeeper) -> None:
    code = keeper.callback()["code"]
    issued = keeper.ask_token(code=code, expiring="1").json()
    assert issued["access_token"].startswith("shpat_")
    assert issued["refresh_token"].startswith("shprt_")
    assert (issued["expires_in"], issued["refresh_token_expires_in"], issued["scope"]) == (3600, 7_776_000, SCOPES)
    again = keeper.ask_token(code=code, expiring="1")
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")


def test_a_code_is_too_old_after_a_minute(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    code = keeper.callback()["code"]
    sandbox.advance(61)
    assert keeper.ask_token(code=code, expiring="1").status_code == 400


def test_a_wrong_client_secret_gets_no_token(keeper: Shopkeeper) -> None:
    answer = keeper.ask_token(code=keeper.callback()["code"], expiring="1", client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_who_does_not_ask_for_json_is_told_of_an_error_as_a_page(keeper: Shopkeeper) -> None:
    answer = keeper.ask_token(code="never issued", expiring="1", accept="*/*")
    assert answer.status_code == 400
    assert "Oauth error invalid_request" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_token_that_does_not_expire_is_issued_but_not_accepted(keeper: Shopkeeper) -> None:
    issued = keeper.ask_token(code=keeper.callback()["code"]).json()
    assert set(issued) == {"access_token", "scope"}
    answer = keeper.post(SHOP, token=issued["access_token"])
    assert answer.status_code == 403
    assert "Non-expiring access tokens are no longer accepted" in answer.json()["errors"]


def test_an_access_token_is_good_for_an_hour(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    assert keeper.post(SHOP).status_code == 200
    sandbox.advance(3601)
    refused = keeper.post(SHOP)
    assert refused.status_code == 401
    assert refused.json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
    keeper.taken(keeper.refresh().json())
    assert keeper.post(SHOP).status_code == 200


def test_refreshing_rotates_the_refresh_token(keeper: Shopkeeper) -> None:
    old = keeper.refresh_token
    keeper.taken(keeper.refresh().json())
    again = keeper.refresh(old)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert keeper.refresh().status_code == 200


def test_the_access_token_before_a_refresh_stays_good_until_it_expires(keeper: Shopkeeper) -> None:
    before = keeper.token
    keeper.taken(keeper.refresh().json())
    assert keeper.post(SHOP, token=before).status_code == 200


def test_of_two_workers_that_refresh_at_once_one_is_refused_and_both_are_noted(keeper: Shopkeeper) -> None:
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(lambda _: keeper.refresh().status_code, range(2)))
    assert statuses == [200, 400]
    outcomes = [each["outcome"] for each in keeper.shop.token_requests() if each["grant"] == "refresh_token"]
    assert sorted(outcomes) == ["invalid_grant", "issued"]


def test_without_strict_rotation_a_refresh_token_works_until_its_successor_is_used(
    keeper: Shopkeeper, sandbox: SandboxControl
) -> None:
    sandbox.settings(strict_rotation=False)
    try:
        first = keeper.refresh_token
        keeper.refresh()
        keeper.taken(keeper.refresh(first).json())
        keeper.refresh()
        assert keeper.refresh(first).status_code == 400
    finally:
        sandbox.settings(strict_rotation=True)


def test_a_refresh_token_is_too_old_after_ninety_days(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.advance(90 * 86_400 + 1)
    assert keeper.refresh().json()["error"] == "invalid_grant"


def test_both_secrets_are_accepted_while_one_is_being_replaced(keeper: Shopkeeper, sandbox: SandboxControl) -> None:
    sandbox.add_secret("the-next-secret")
    try:
        assert keeper.ask_token(
            code=keeper.callback()["code"], expiring="1", client_secret="the-next-secret"
        ).is_success
        assert keeper.ask_token(code=keeper.callback()["code"], expiring="1", client_secret=SECRET).is_success
    finally:
        sandbox.add_secret(SECRET)
        sandbox.revoke_old_secret()


def test_a_shop_that_does_not_exist_is_not_found(sandbox: SandboxControl) -> None:
    assert sandbox.client.get(f"{sandbox.base}/shopify/nowhere.myshopify.com/").status_code == 404
