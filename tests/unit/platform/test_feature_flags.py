"""Feature flags: AppConfig's word, or the default."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from skuflow.kernel.tenancy import ClientId
from skuflow.platform import feature_flags
from skuflow.platform.feature_flags import Flags

ONE, OTHER = ClientId("cli_00000001"), ClientId("cli_00000002")
RULES = {
    "plain_on": {"default": True},
    "for_some": {
        "default": False,
        "rules": {
            "pilot": {
                "when_match": True,
                "conditions": [{"action": "EQUALS", "key": "client_id", "value": ONE}],
            }
        },
    },
}


class AppConfigData:
    """AppConfig's data plane with one configuration, or one failure."""

    def __init__(self, content: bytes = b"", failure: str = "") -> None:
        self.content, self.failure, self.asked = content, failure, 0
        self.meta = type("Meta", (), {"events": type("Events", (), {"register": staticmethod(lambda *_a: None)})})

    def start_configuration_session(self, **_request: Any) -> dict[str, str]:
        self.asked += 1
        if self.failure:
            raise ClientError({"Error": {"Code": self.failure}}, "StartConfigurationSession")
        return {"InitialConfigurationToken": "t"}

    def get_latest_configuration(self, **_request: Any) -> dict[str, Any]:
        return {"NextPollConfigurationToken": "t", "Configuration": io.BytesIO(self.content)}


def flags(monkeypatch: pytest.MonkeyPatch, service: AppConfigData) -> Flags:
    monkeypatch.setattr(feature_flags, "client", lambda _service: service)
    return Flags("skuflow", "test", "flags")


def test_a_flag_is_what_the_configuration_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = flags(monkeypatch, AppConfigData(json.dumps(RULES).encode()))
    assert found.is_on(ONE, "plain_on", default=False)


def test_a_flag_may_be_on_for_some_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    found = flags(monkeypatch, AppConfigData(json.dumps(RULES).encode()))
    assert found.is_on(ONE, "for_some", default=False)
    assert not found.is_on(OTHER, "for_some", default=True)


def test_the_configuration_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    service = AppConfigData(json.dumps(RULES).encode())
    found = flags(monkeypatch, service)
    for _ in range(3):
        found.is_on(ONE, "plain_on", default=False)
    assert service.asked == 1


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize(
    "service",
    [
        AppConfigData(json.dumps(RULES).encode()),
        AppConfigData(b"not json"),
        AppConfigData(b'{"unknown": {"default": 5, "rules": []}}'),
        AppConfigData(failure="ResourceNotFoundException"),
        AppConfigData(failure="AccessDeniedException"),
        AppConfigData(failure="InternalServerException"),
    ],
    ids=["no such flag", "not json", "no schema", "no profile", "no access", "no answer"],
)
def test_otherwise_a_flag_is_its_default(
    monkeypatch: pytest.MonkeyPatch, service: AppConfigData, default: bool
) -> None:
    assert flags(monkeypatch, service).is_on(ONE, "unknown", default=default) is default
