"""One client on the stage, who uploads files and looks at what became of them, through the HTTP API and a key of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tests.http import Answer
from tests.scenarios.stage import Stage


class CsvFile(Protocol):
    """What can be uploaded."""

    def as_csv(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Seller:
    """`key` goes through the real authorizer with every request."""

    stage: Stage
    client_id: str
    key: str

    @classmethod
    def joins(cls, stage: Stage, name: str, scopes: tuple[str, ...] = ()) -> Seller:
        """A new client with a secret key, made the way an operator makes them."""
        made = stage.invoke(
            "access/administer",
            {
                "action": "create_client",
                "name": name,
                "home_currency": "CAD",
                "time_zone": "America/Toronto",
                "residency": "ca",
            },
        )
        issued = stage.invoke(
            "access/administer",
            {
                "action": "issue_key",
                "client_id": made["client_id"],
                "kind": "secret",
                "label": "story",
                "scopes": list(scopes) or ["catalog:read", "catalog:write", "imports:read", "imports:write"],
            },
        )
        return cls(stage, made["client_id"], issued["key"])

    def call(self, door: str, method: str, path: str, **how: Any) -> Answer:
        """One request; what the authorizer says of the key is all that the function learns of the caller."""
        granted = self.stage.invoke("access/authorizer", {"version": "2.0", "identitySource": [f"Bearer {self.key}"]})
        assert granted["isAuthorized"]
        told = granted["context"]
        return self.stage.call(
            door,
            method,
            path,
            client_id=told["client_id"],
            scopes=told["scopes"],
            principal=told["principal"],
            key_kind=told["key_kind"],
            home_currency=told["home_currency"],
            **how,
        )

    def uploads(self, file: CsvFile, *, name: str = "catalogue.csv", headers: dict[str, str] | None = None) -> str:
        """Announce and upload; nothing has been worked on yet. Returns the import's id."""
        made = self.call("sync/api", "POST", "/v1/imports", body={"file_name": name}, headers=headers or {})
        assert made.status == 201, made.body
        self.stage.put_object(made.body["upload"]["fields"]["key"], file.as_csv())
        return str(made.body["import"]["import_id"])

    def sees_import(self, import_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("sync/api", "GET", f"/v1/imports/{import_id}").body
        return found

    def products(self) -> Iterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = self.call(
                "catalog/api", "GET", "/v1/products", query={"limit": 7, **({"cursor": cursor} if cursor else {})}
            )
            assert page.status == 200, page.body
            yield from page.body["items"]
            cursor = page.body["next_cursor"]

    def prices(self) -> dict[str, int]:
        """SKU -> price in minor units, as the catalogue has it."""
        return {
            variant["sku"]: variant["price"]["amount_minor"]
            for product in self.products()
            for variant in product["variants"]
        }

    def histories(self) -> dict[str, list[int]]:
        """SKU -> the prices it had, oldest first, each change once."""
        return dict(item for product in self.products() for item in self._history(product).items())

    def _history(self, product: dict[str, Any]) -> dict[str, list[int]]:
        path = f"/v1/products/{product['product_id']}/price-history"
        answer = self.call("catalog/api", "GET", path, query={"resolution": "raw", "limit": 5000})
        assert answer.status == 200, answer.body
        skus = {variant["variant_id"]: variant["sku"] for variant in product["variants"]}
        found: dict[str, list[int]] = {}
        for point in answer.body["items"]:
            seen = found.setdefault(skus[point["variant_id"]], [])
            price = point["price"]["amount_minor"]
            if seen[-1:] != [price]:
                seen.append(price)
        return found
