"""A file without titles can change products that are known; it brings none into being."""

from __future__ import annotations

from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.stage import Stage


class Sheet:
    """A file as it is."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines

    def as_csv(self) -> bytes:
        return "\r\n".join(self._lines).encode()


TITLED = Sheet("Handle,Title,Vendor,Variant SKU,Variant Price", "mug,Mug,Acme,M1,5.00")
UNTITLED = Sheet("Handle,Vendor,Variant SKU,Variant Price", "mug,Acme,M1,4.00", "bowl,Acme,B1,9.00")


def test_a_product_that_nobody_has_named_is_rejected_and_a_known_one_changed(stage: Stage) -> None:
    seller = Seller.joins(stage, "Harbour & Field")
    seller.uploads(TITLED)
    Pump(stage).run()
    import_id = seller.uploads(UNTITLED)
    Pump(stage).run()
    seen = seller.sees_import(import_id)
    assert (seen["status"], seen["created"], seen["updated"], seen["rejected"]) == ("completed", 0, 1, 1)
    (row,) = seller.call("sync/api", "GET", f"/v1/imports/{import_id}/report").body["items"]
    assert (row["line"], row["value"], row["hint"]) == (3, "bowl", "import it with a title first")
    assert [(product["title"], product["variants"][0]["price"]["amount_minor"]) for product in seller.products()] == [
        ("Mug", 400)
    ]
