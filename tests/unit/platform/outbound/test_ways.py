"""Where a call really goes: redirects, names that change their mind, TLS by the name over a checked address."""

from __future__ import annotations

import datetime
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skuflow.kernel.errors import Invalid
from skuflow.platform.aws import forget_clients
from skuflow.platform.outbound import connecting
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import ProviderFailed
from skuflow.platform.outbound.http import HttpOutbound
from skuflow.platform.outbound.known import service
from tests.doubles import FakeClock
from tests.fakes.circuits import FakeCircuits
from tests.unit.platform.outbound.wire import Caller, Wire, get, post, reply, wire

PUBLIC = "93.184.215.14"
NAME = "shop.example.com"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4] / "layers/domain/python")}


def redirect(to: str, status: int = 302) -> bytes:
    return reply(status, b"", location=to)


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_of_a_get_are_followed(self, caller: Caller, server: Wire, status: int) -> None:
        server.replies.extend([redirect("/next?a=1", status), reply(200, b"there")])
        answer = caller.out.send(get(server.url + "/first", headers={"X-Token": "secret"}))
        assert (answer.status, answer.body) == (200, b"there")
        assert [asked.path for asked in server.asked] == ["/first", "/next?a=1"]
        assert server.asked[1].headers["x-token"] == "secret"

    def test_of_anything_else_are_the_answer(self, caller: Caller, server: Wire) -> None:
        server.replies.append(redirect("/next"))
        assert caller.out.send(post(server.url, repeatable=True)).status == 302
        assert len(server.asked) == 1

    def test_without_a_way_on_are_the_answer(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(302))
        assert caller.out.send(get(server.url)).status == 302

    def test_are_followed_three_times(self, caller: Caller, server: Wire) -> None:
        server.replies.extend([redirect("/2"), redirect("/3"), redirect("/4"), reply(200)])
        assert caller.out.send(get(server.url)).status == 200

    def test_are_not_followed_a_fourth_time(self, caller: Caller, server: Wire) -> None:
        server.replies.append(redirect("/again"))
        with pytest.raises(ProviderFailed, match="on and on"):
            caller.out.send(get(server.url))
        assert len(server.asked) == 4

    def test_to_another_host_take_no_credential_along(self, caller: Caller, server: Wire) -> None:
        server.replies.append(reply(200))
        with wire() as first:
            first.replies.append(redirect(server.url + "/file"))
            headers = {"Authorization": "a", "X-Shopify-Access-Token": "b", "Cookie": "c", "Range": "bytes=5-"}
            caller.out.send(get(first.url, headers=headers))
        [asked] = server.asked
        assert set(asked.headers) & {"authorization", "x-shopify-access-token", "cookie"} == set()
        assert asked.headers["range"] == "bytes=5-"

    @pytest.mark.parametrize(
        "to",
        [
            "http://169.254.169.254/latest/meta-data/",
            "https://10.0.0.1/",
            "http://2130706433/",
            "https://[::ffff:127.0.0.1]/",
            "https://user@shop.example.com/",
            "http://shop.example.com/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "//10.0.0.1/",
        ],
    )
    def test_to_where_we_do_not_call_are_refused(self, caller: Caller, server: Wire, to: str) -> None:
        server.replies.append(redirect(to))
        with pytest.raises(Invalid):
            caller.out.send(get(server.url))
        assert len(server.asked) == 1

    def test_to_what_is_no_address_are_a_broken_answer(self, caller: Caller, server: Wire) -> None:
        server.replies.append(redirect("https://[::1"))
        with pytest.raises(ProviderFailed):
            caller.out.send(get(server.url))

    def test_to_a_name_that_leads_inside_are_refused(self, calling: Callable[..., Caller], server: Wire) -> None:
        caller = calling(guard=AddressGuard(allow_loopback=True, resolver=lambda _host, _port: ["10.0.0.1"]))
        server.replies.append(redirect("https://inside.example.com/"))
        with pytest.raises(Invalid, match="private"):
            caller.out.send(get(server.url))


@dataclass(slots=True)
class Names:
    """A resolver that gives its answers one after the other, the last one for ever."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(f"{host}:{port}")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    __hash__ = object.__hash__


WIRE = httpcore.SyncBackend()


@dataclass(slots=True)
class Diversion(httpcore.NetworkBackend):
    """The wire, but what is sent to a public address arrives at a server of the test."""

    port: int
    connected: list[str] = field(default_factory=list)
    down: frozenset[str] = frozenset()

    def connect_tcp(self, host: str, port: int, *rest: Any, **named: Any) -> httpcore.NetworkStream:
        self.connected.append(f"{host}:{port}")
        if host in self.down:
            raise httpcore.ConnectError
        return WIRE.connect_tcp("127.0.0.1", self.port, *rest, **named)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for NAME that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    unlocked = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unlocked)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def named() -> list[str | None]:
    """The names that callers of `secure` asked for in TLS."""
    return []


@pytest.fixture
def secure(certificate: Path, named: list[str | None]) -> Iterator[Wire]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    with wire(context) as serving:
        serving.replies.append(reply(200, b"safe"))
        yield serving


@pytest.fixture
def diverted(
    calling: Callable[..., Caller], secure: Wire, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Caller, Diversion]]:
    """`diverted(names)`: a caller with this resolver, whose connections end at `secure`."""

    def make(names: Names, **how: Any) -> tuple[Caller, Diversion]:
        diversion = Diversion(secure.port, **how)
        monkeypatch.setattr(connecting.httpcore, "SyncBackend", lambda: diversion)
        tls = ssl.create_default_context(cafile=str(certificate))
        return calling(guard=AddressGuard(resolver=names), tls=tls), diversion

    return make


class TestNames:
    def test_are_looked_up_once_and_that_very_address_is_connected_to(
        self, diverted: Callable[..., tuple[Caller, Diversion]], secure: Wire, named: list[str | None]
    ) -> None:
        names = Names([[PUBLIC], ["127.0.0.1"]])
        caller, diversion = diverted(names)
        assert caller.out.send(get(f"https://{NAME}/x")).body == b"safe"
        assert names.asked == [f"{NAME}:443"]
        assert diversion.connected == [f"{PUBLIC}:443"]
        assert secure.asked[0].headers["host"] == NAME
        assert named == [NAME]

    def test_that_lead_inside_the_second_time_are_refused_then(
        self, diverted: Callable[..., tuple[Caller, Diversion]]
    ) -> None:
        names = Names([[PUBLIC], ["169.254.169.254"]])
        caller, diversion = diverted(names)
        caller.out.send(get(f"https://{NAME}/"))
        with pytest.raises(Invalid, match="private"):
            caller.out.send(get(f"https://{NAME}/"))
        assert diversion.connected == [f"{PUBLIC}:443"]

    def test_with_several_addresses_are_reached_by_the_next_if_one_is_down(
        self, diverted: Callable[..., tuple[Caller, Diversion]]
    ) -> None:
        caller, diversion = diverted(Names([["93.184.215.1", PUBLIC]]), down=frozenset({"93.184.215.1"}))
        assert caller.out.send(post(f"https://{NAME}/")).status == 200
        assert diversion.connected == ["93.184.215.1:443", f"{PUBLIC}:443"]

    def test_must_be_in_the_certificate(self, diverted: Callable[..., tuple[Caller, Diversion]], secure: Wire) -> None:
        caller, _ = diverted(Names([[PUBLIC]]))
        with pytest.raises(ProviderFailed, match="cannot be reached"):
            caller.out.send(post("https://other.example.com/"))
        assert secure.asked == []

    def test_that_nobody_knows_are_the_provider_s_failure(self, calling: Callable[..., Caller]) -> None:
        def unknown(_host: str, _port: int) -> Sequence[str]:
            raise OSError("no such name")

        with pytest.raises(ProviderFailed, match="cannot be reached"):
            calling(guard=AddressGuard(resolver=unknown)).out.send(get(f"https://{NAME}/"))


def test_proxies_of_the_environment_are_not_used(caller: Caller, server: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.replies.append(reply(200))
    assert caller.out.send(get(server.url)).status == 200


class TestTheProcessSOwnClient:
    def test_is_one_for_all_services_and_made_by_the_first_call(
        self, server: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[AddressGuard] = []
        make = connecting.guarded_client
        monkeypatch.setattr(connecting, "guarded_client", lambda guard: made.append(guard) or make(guard))
        forget_clients()
        clock = FakeClock()
        local = AddressGuard(allow_loopback=True)
        outs = [HttpOutbound(service(name), FakeCircuits(clock), local, clock) for name in ("shopify", "another")]
        assert made == []
        server.replies.append(reply(200))
        assert [out.send(get(server.url)).status for out in outs for _ in range(2)] == [200] * 4
        assert made == [local]
        forget_clients()

    def test_is_not_loaded_before_the_first_call(self) -> None:
        """Nor where the circuit is open: most of what is put back never calls."""
        code = """
import sys
from skuflow.platform.outbound import addresses, circuits, http, known, rates
from skuflow.platform.outbound.calls import Call, CircuitOpen
class Open:
    def admit(self, service, credential, *, lease_seconds):
        raise circuits.refused(service, 300)
out = http.HttpOutbound(known.service("shopify"), Open(), addresses.AddressGuard())
try:
    out.send(Call("read", "GET", "https://shop.example.com/"))
except CircuitOpen:
    print({"httpx", "httpcore", "tenacity", "asyncio", "pydantic", "boto3"} & set(sys.modules))
"""
        told = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
        assert told.stdout.splitlines()[-1] == "set()"
