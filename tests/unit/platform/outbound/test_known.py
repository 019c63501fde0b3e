"""How each outside service is treated."""

from __future__ import annotations

import pytest

from skuflow.platform.outbound.known import service


@pytest.mark.parametrize(("name", "circuit"), [("shopify", (3, 300)), ("zenrows", (5, 600)), ("another", (5, 60))])
def test_circuits_open_after_so_many_failures_for_so_long(name: str, circuit: tuple[int, int]) -> None:
    known = service(name)
    assert known.name == name
    assert (known.failures, known.open_for) == circuit
