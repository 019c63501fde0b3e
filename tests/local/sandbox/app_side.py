"""The other side of the sandbox: an app that is connected, asks questions and takes webhooks."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from local.sandbox.control import CLIENT_ID, SandboxControl, ShopControl, on_loopback
from tests.serving import serving

SECRET = "the-app-secret"
SCOPES = "read_products,read_inventory,read_orders,read_discounts"
VERSION = "2026-10"
TOPICS = ("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "INVENTORY_LEVELS_UPDATE", "ORDERS_CREATE",
          "ORDERS_UPDATED", "APP_UNINSTALLED", "BULK_OPERATIONS_FINISH")  # fmt: skip

Answer = dict[str, Any]


@dataclass
class Shopkeeper:
    """A shop with our app in it: `token` as last issued."""

    shop: ShopControl
    client: httpx.Client = field(default_factory=lambda: on_loopback(30))
    token: str = ""
    refresh_token: str = ""

    def authorize_url(self, **changed: str) -> str:
        asked = {
            "client_id": CLIENT_ID,
            "scope": SCOPES,
            "redirect_uri": "http://127.0.0.1:9/v1/shopify/callback",
            "state": "abc",
        }
        return f"{self.shop.url}/admin/oauth/authorize?{urlencode(asked | changed)}"

    def callback(self, **changed: str) -> dict[str, str]:
        """What comes back to the app once the merchant has agreed."""
        location = self.shop.agree(self.authorize_url(**changed))
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def ask_token(self, *, accept: str = "application/json", **asked: str) -> httpx.Response:
        form = {"client_id": CLIENT_ID, "client_secret": SECRET, **asked}
        return self.client.post(f"{self.shop.url}/admin/oauth/access_token", data=form, headers={"Accept": accept})

    def connect(self, **changed: str) -> Answer:
        answer = self.ask_token(code=self.callback(**changed)["code"], expiring="1")
        assert answer.status_code == 200, answer.text
        return self.taken(answer.json())

    def refresh(self, refresh_token: str = "") -> httpx.Response:
        return self.ask_token(grant_type="refresh_token", refresh_token=refresh_token or self.refresh_token)

    def taken(self, issued: Answer) -> Answer:
        self.token, self.refresh_token = issued["access_token"], issued["refresh_token"]
        return issued

    def post(
        self, query: str, /, *, version: str = VERSION, token: str | None = None, **variables: Any
    ) -> httpx.Response:
        return self.client.post(
            f"{self.shop.url}/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": self.token if token is None else token},
        )

    def ask(self, query: str, /, **variables: Any) -> Answer:
        """The whole answer, which must have come with 200."""
        answer = self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        document: Answer = answer.json()
        return document

    def data(self, query: str, /, **variables: Any) -> Answer:
        """The data of an answer without errors."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: Answer = answer["data"]
        return data

    def subscribe(self, uri: str, *topics: str) -> list[str]:
        made = []
        for topic in topics or TOPICS:
            text = """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) { webhookSubscriptionCreate(topic: $topic,
              webhookSubscription: {uri: $uri, format: JSON}) { webhookSubscription { id } userErrors { field message } } }"""
            payload = self.data(text, topic=topic, uri=uri)["webhookSubscriptionCreate"]
            assert payload["userErrors"] == [], payload["userErrors"]
            made.append(payload["webhookSubscription"]["id"])
        return made

    def run_bulk(self, text: str, *, grouped: bool = False) -> Answer:
        mutation = """mutation($query: String!, $group: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $group)
          { bulkOperation { id status } userErrors { field message code } } }"""
        payload: Answer = self.data(mutation, query=text, group=grouped)["bulkOperationRunQuery"]
        return payload

    def operation(self, operation_id: str) -> Answer:
        text = """query($id: ID!) { bulkOperation(id: $id) { id status errorCode createdAt completedAt objectCount
          rootObjectCount fileSize url partialDataUrl } }"""
        found: Answer = self.data(text, id=operation_id)["bulkOperation"]
        return found

    def finished(self, operation_id: str) -> Answer:
        """The operation once it is over; the sandbox is asked again and again, as an app would."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            found = self.operation(operation_id)
            if found["status"] not in ("CREATED", "RUNNING", "CANCELING"):
                return found
            time.sleep(0.01)
        raise AssertionError("the bulk operation does not end")


@dataclass(frozen=True)
class Received:
    """One webhook as it came in."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def topic(self) -> str:
        return self.headers["x-shopify-topic"]

    def is_genuine(self, secret: str = SECRET) -> bool:
        wanted = base64.b64encode(hmac.new(secret.encode(), self.body, sha256).digest()).decode()
        return self.headers["x-shopify-hmac-sha256"] == wanted


class Inbox(ThreadingHTTPServer):
    """Takes webhooks. `answers` holds the statuses of the next ones, then `status` is for all; 0 hangs up without an answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.received: list[Received] = []
        self.answers: list[int] = []
        self.status = 200

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/shopify/webhooks"

    def of(self, topic: str) -> list[Received]:
        return [each for each in self.received if each.topic == topic]


class _Taking(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(headers, body))
        status = self.server.answers.pop(0) if self.server.answers else self.server.status
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the terminal."""


def inbox() -> AbstractContextManager[Inbox]:
    return serving(Inbox())


def connected(sandbox: SandboxControl, domain: str) -> Shopkeeper:
    """An empty shop with the app in it."""
    shop = sandbox.shop(domain)
    shop.open()
    keeper = Shopkeeper(shop)
    keeper.connect()
    return keeper
