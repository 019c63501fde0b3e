"""Who may come in: keys, upload forms, and what stands open to everybody."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from tests.e2e.shop import Platform, Shop, catalogue, upload

pytestmark = pytest.mark.e2e


class Assets(HTMLParser):
    """Collects what a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if value and (tag, name) in {("script", "src"), ("link", "href")}]


def test_no_key_and_a_wrong_key_stay_outside(shop: Shop) -> None:
    assert shop.call("GET", "/v1/products", key="").status_code == 401
    assert shop.call("GET", "/v1/products", key="sk_local_" + "0" * 40).status_code == 403
    assert shop.call("GET", "/v1/products", key=shop.key[:-1]).status_code == 403


def test_a_key_does_no_more_than_its_scopes(open_shop: Callable[..., Shop]) -> None:
    reader = open_shop(scopes=("catalog:read",))
    assert reader.call("GET", "/v1/products").status_code == 200
    refused = reader.call("POST", "/v1/imports", json={"file_name": "catalogue.csv"})
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"


def test_an_expired_upload_form_is_refused(platform: Platform, shop: Shop) -> None:
    """The same form with a policy whose time is over, signed with the very credentials that the platform signs with."""
    made = shop.announce()
    fields = made["upload"]["fields"]
    bucket = platform.aws.outputs("sync-data")["UploadBucketName"]
    late = platform.aws.s3.generate_presigned_post(
        Bucket=bucket, Key=fields["key"], Conditions=[["content-length-range", 1, 1_000_000]], ExpiresIn=-60
    )
    assert upload(late, catalogue(1)).status_code == 403
    assert nothing_arrived(shop, made)


def test_a_form_for_another_clients_key_is_refused(open_shop: Callable[..., Shop]) -> None:
    mine, theirs = open_shop("One"), open_shop("Other")
    form, foreign = mine.announce(), theirs.announce()
    bent = {**form["upload"], "fields": {**form["upload"]["fields"], "key": foreign["upload"]["fields"]["key"]}}
    assert upload(bent, catalogue(1)).status_code == 403
    assert nothing_arrived(mine, form)
    assert nothing_arrived(theirs, foreign)
    path = f"/v1/imports/{foreign['import']['import_id']}/upload-url"
    assert mine.call("POST", path).status_code == 404


@pytest.mark.parametrize(("field", "value"), [("success_action_status", "200"), ("x-amz-meta-owner", "somebody-else")])
def test_a_form_that_was_tampered_with_is_refused(shop: Shop, field: str, value: str) -> None:
    made = shop.announce()
    bent = {**made["upload"], "fields": {**made["upload"]["fields"], field: value}}
    assert upload(bent, catalogue(1)).status_code == 403
    assert nothing_arrived(shop, made)


def test_more_than_the_limit_is_refused_while_it_is_sent(shop: Shop) -> None:
    made = shop.announce()
    too_much = b"0" * (made["upload"]["max_bytes"] + 1)
    assert upload(made["upload"], too_much).status_code in {400, 403, 413}
    assert nothing_arrived(shop, made)


def nothing_arrived(shop: Shop, made: dict[str, Any]) -> bool:
    seen = shop.get(f"/v1/imports/{made['import']['import_id']}")
    return seen["status"] == "awaiting_upload" and list(shop.pages("/v1/products")) == []


def test_the_documentation_is_open_and_loads_all_that_it_needs(shop: Shop) -> None:
    page = shop.call("GET", "/docs", key="")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assets = Assets()
    assets.feed(page.text)
    linked = [asset for asset in assets.found if not asset.startswith("data:")]
    assert linked
    for asset in linked:
        address = httpx.URL(f"{shop.base}/docs").join(asset)
        assert address.host == httpx.URL(shop.base).host
        assert httpx.get(address, timeout=30, trust_env=False).status_code == 200
    document = shop.call("GET", "/openapi.json", key="").json()
    assert document["openapi"].startswith("3.1")
    assert "/v1/imports" in document["paths"]


def test_health_is_open_and_an_unknown_route_explains_itself(shop: Shop) -> None:
    assert shop.call("GET", "/health", key="").status_code == 200
    lost = shop.call("GET", "/v1/nowhere", key="")
    assert lost.status_code == 404
    assert lost.headers["content-type"] == "application/problem+json"


def test_a_repeated_request_is_answered_with_what_it_made(shop: Shop) -> None:
    headers = {"Idempotency-Key": "the-same-button"}
    first = shop.call("POST", "/v1/imports", json={"file_name": "a.csv"}, headers=headers).json()
    second = shop.call("POST", "/v1/imports", json={"file_name": "a.csv"}, headers=headers).json()
    assert first["import"]["import_id"] == second["import"]["import_id"]
    assert len(list(shop.pages("/v1/imports"))) == 1
