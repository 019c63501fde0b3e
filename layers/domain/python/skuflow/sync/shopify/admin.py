"""Shopify's GraphQL Admin API: one question, one answer, whatever lies between.

A query costs points of a leaky bucket that app and shop share: Shopify tells its level with every answer, and we ask no sooner
than it has room. THROTTLED is a 200. An access token that is refused is renewed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

import msgspec

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import Answer, Call, Outbound, ProviderFailed
from skuflow.sync.shopify.queries import Query
from skuflow.sync.shopify.refusals import code_of, refused_by_status, refused_query, refused_token
from skuflow.sync.shopify.version import API_VERSION

_OK = 200
_UNAUTHENTICATED = 401
_TOKEN_HEADER = "X-Shopify-Access-Token"  # noqa: S105 - the name of a header
_FAULTS = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
"""Codes of GraphQL errors that are failures of Shopify's own, which may pass."""


class AccessTokens(Protocol):
    def access_token(self, client_id: ClientId, shop: str) -> str:
        """A token that is good for some minutes. Raises NeedsReauth."""
        ...

    def renewed(self, client_id: ClientId, shop: str, *, refused: str) -> str:
        """Another token than `refused`. Raises NeedsReauth."""
        ...


class Costs(Protocol):
    def reserve(self, credential: str, cost: int) -> None:
        """Take `cost` points. Raises Throttled that says when there will be so many."""
        ...

    def settle(self, credential: str, maximum: int, available: int, restore_rate: float) -> None:
        """What the bucket is really like; `restore_rate` in points a second."""
        ...


class Questions(Protocol):
    """What a shop can be asked."""

    def query(
        self, client_id: ClientId, shop: str, query: Query, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """The `data` of the answer. Raises ShopifyRefused, NeedsReauth, Throttled (points, circuit, 429), ProviderFailed. After
        a ProviderFailed nobody knows whether a query that changes something has done so."""
        ...


@contextmanager
def understanding(query: Query) -> Iterator[None]:
    """Around whatever takes the answer to `query` apart: an answer of another shape is a failure of the provider's."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderFailed(
            f"Shopify's answer to {query.name} is not understood: {type(error).__name__} {error}"
        ) from None


def next_page(info: Mapping[str, Any]) -> str | None:
    """Where the next page of a connection begins, from its `pageInfo`; None on the last. Raises KeyError, TypeError or ValueError
    if it does not tell: taken for the last page, it would make everything after it seem to be gone."""
    if not info["hasNextPage"]:
        return None
    cursor = info["endCursor"]
    if not isinstance(cursor, str) or not cursor:
        raise ValueError("another page without its cursor")
    return cursor


@dataclass(frozen=True, slots=True)
class _Cost:
    """`extensions.cost` of an answer, in points and points a second."""

    requested: int
    maximum: int
    available: int
    rate: float

    @property
    def wait(self) -> int:
        """Seconds until there is room for what was requested."""
        return max(1, ceil((self.requested - self.available) / max(self.rate, 1.0)))

    @property
    def ever_fits(self) -> bool:
        return self.requested <= self.maximum


@dataclass(frozen=True, slots=True)
class ShopifyAdmin:
    """Questions to real shops, or the sandbox's. `base_of` gives the address that a shop's API lies below. `sleep` takes seconds.
    `patience`: seconds that a question may take, waiting for points included."""

    outbound: Outbound
    tokens: AccessTokens
    costs: Costs
    base_of: Callable[[str], str]
    clock: Clock
    sleep: Callable[[float], None]
    patience: float = 20.0

    def query(
        self, client_id: ClientId, shop: str, query: Query, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        until = self.clock() + timedelta(seconds=self.patience)
        call = self._call(client_id, shop, query, variables or {})
        token = self.tokens.access_token(client_id, shop)
        content = self._content(call, token, query.estimated_cost, until)
        if content is None:
            token = self.tokens.renewed(client_id, shop, refused=token)
            content = self._content(call, token, query.estimated_cost, until)
        if content is None:
            raise refused_token()
        return _data(content)

    def _call(self, client_id: ClientId, shop: str, query: Query, variables: Mapping[str, Any]) -> Call:
        return Call(
            operation=f"graphql.{query.name}",
            method="POST",
            url=f"{self.base_of(shop)}/admin/api/{API_VERSION}/graphql.json",
            body=msgspec.json.encode({"query": query.text, "variables": variables}),
            credential=f"{client_id}#{shop}",
            repeatable=not query.changes,
        )

    def _content(self, call: Call, token: str, cost: int, until: datetime) -> Mapping[str, Any] | None:
        """The whole answer once it is not throttled; None if the token was refused. A throttled question was not acted upon,
        so that it may be asked again even if it changes something."""
        headers = {"Content-Type": "application/json", _TOKEN_HEADER: token}
        while True:
            self._reserve(call.credential, cost, until)
            left = max(1.0, (until - self.clock()).total_seconds())
            answer = self.outbound.send(replace(call, headers=headers, deadline_seconds=left), failed=_is_fault)
            if answer.status == _UNAUTHENTICATED:
                return None
            content = _read(answer)
            level = _cost(content)
            if level is not None:
                self.costs.settle(call.credential, level.maximum, level.available, level.rate)
            if not _is_throttled(content):
                return content
            if level is not None and not level.ever_fits:
                raise refused_query([{"message": "it costs too much", "extensions": {"code": "MAX_COST_EXCEEDED"}}])
            self._wait(level.wait if level is not None else 1, until)

    def _reserve(self, credential: str, cost: int, until: datetime) -> None:
        while True:
            try:
                return self.costs.reserve(credential, cost)
            except Throttled as error:
                self._wait(error.retry_after, until)

    def _wait(self, seconds: int, until: datetime) -> None:
        """Sleep, if that leaves time to ask. Raises Throttled if it does not."""
        if self.clock() + timedelta(seconds=seconds) >= until:
            raise Throttled("the shop's API has no points left for us", retry_after=seconds)
        self.sleep(seconds)


def _read(answer: Answer) -> Mapping[str, Any]:
    if answer.status != _OK:
        raise refused_by_status(answer.status)
    content = _parsed(answer)
    if content is None:
        raise ProviderFailed("Shopify's answer is not what GraphQL answers")
    return content


def _parsed(answer: Answer) -> Mapping[str, Any] | None:
    try:
        content = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return content if isinstance(content, dict) and ("data" in content or "errors" in content) else None


def _is_fault(answer: Answer) -> bool:
    """Whether a 200 is a failure of Shopify's all the same."""
    if answer.status != _OK:
        return False
    content = _parsed(answer)
    return content is None or any(code_of(error) in _FAULTS for error in _errors(content))


def _is_throttled(content: Mapping[str, Any]) -> bool:
    return any(code_of(error) == "THROTTLED" for error in _errors(content))


def _errors(content: Mapping[str, Any]) -> list[Any]:
    """GraphQL's errors; Shopify also says `"errors": "a text"`."""
    errors = content.get("errors")
    if isinstance(errors, list):
        return errors
    return [{"message": str(errors)}] if errors else []


def _data(content: Mapping[str, Any]) -> Mapping[str, Any]:
    errors = _errors(content)
    if any(code_of(error) in _FAULTS for error in errors):
        raise ProviderFailed("Shopify failed to answer the query")
    if errors:
        raise refused_query(errors)
    data = content.get("data")
    if not isinstance(data, dict):
        raise ProviderFailed("Shopify's answer holds no data")
    return data


def _cost(content: Mapping[str, Any]) -> _Cost | None:
    """What the answer says of the bucket; None if it does not."""
    try:
        cost = content["extensions"]["cost"]
        level = cost["throttleStatus"]
        return _Cost(
            requested=ceil(cost["requestedQueryCost"]),
            maximum=int(level["maximumAvailable"]),
            available=int(level["currentlyAvailable"]),
            rate=float(level["restoreRate"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
