"""Which addresses are called: public ones in one unmistakable spelling, whatever their names say the second time."""

from __future__ import annotations

import pytest

from skuflow.kernel.errors import Invalid
from skuflow.platform.outbound.addresses import AddressGuard, is_public, loopback_allowed, resolve

GUARD = AddressGuard(resolver=lambda _host, _port: ["93.184.215.14"])
LOCAL = AddressGuard(allow_loopback=True, resolver=lambda _host, _port: ["127.0.0.1"])

SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "0177.0x0.0.1",
    "127.0.0.01",
    "127.0.0.1%00",
    "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "127。0。0。1",
    "127．0．0．1",
    "١٢٧.0.0.1",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "ⓛocalhost",
    "loc\u00adalhost",
    "foo.0x7f",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "3232235521",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "2852039166",
    "0xA9FEA9FE",
    "0251.0376.0251.0376",
    "192.0.0.192",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "metadata",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::8.8.8.8]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::1]",
    "[2001:0:808:808:0:0:5601:5601]",
    "[2606:4700::5efe:7f00:1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[2606:4700::1111%25eth0]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[v1.fe80::a+en1]",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_what_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(Invalid):
        GUARD.check_url(f"https://{host}/path")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///path",
        "https:shop.example.com",
        "//shop.example.com",
        "shop.example.com",
        "http://shop.example.com/",
        "ftp://shop.example.com/",
        "file:///etc/passwd",
        "gopher://shop.example.com/",
        "https://user@shop.example.com/",
        "https://user:word@shop.example.com/",
        "https://@shop.example.com/",
        "https://shop.example.com@127.0.0.1/",
        "https://127.0.0.1@shop.example.com/",
        "https://shop.example.com:80/",
        "https://shop.example.com:8443/",
        "https://shop.example.com:22/",
        "https://shop.example.com:0/",
        "https://shop.example.com:x/",
        "https://shop.example.com:99999/",
        "https://shop.example.com\\@127.0.0.1/",
        "https://127.0.0.1\\.shop.example.com/",
        "https://shop.example.com /",
        " https://shop.example.com/",
        "https://shop.exam\tple.com/",
        "https://shop.example.com/\r\nHost: inside",
        "https://shop.example.com./",
        "https://shop..example.com/",
        "https://.example.com/",
        "https://-shop.example.com/",
        "https://shop-.example.com/",
        "https://shöp.example.com/",
        "https://shop.example.com%2f@inside/",
        "https://shop.example.com%00.inside/",
        "https://" + "a" * 64 + ".example.com/",
        "https://" + "a." * 130 + "example.com/",
        "https://shop.example.com/" + "a" * 2048,
    ],
)
def test_what_two_readers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        GUARD.check_url(url)
    assert refusal.value.problems[0].field == "url"
    assert refusal.value.problems[0].remedy


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://shop.example.com", "shop.example.com"),
        ("https://SHOP.Example.COM:443/admin?a=b@c#d", "shop.example.com"),
        ("https://xn--shp-rna.example.com/", "xn--shp-rna.example.com"),
        ("https://_dmarc.example.com/", "_dmarc.example.com"),
        ("https://1.1.1.1/", "1.1.1.1"),
        ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111"),
        ("https://[64:ff9b::8.8.8.8]/", "64:ff9b::8.8.8.8"),
        ("https://127.0.0.1.example.com/", "127.0.0.1.example.com"),
    ],
)
def test_a_public_address_is_called(url: str, host: str) -> None:
    target = GUARD.check_url(url)
    assert (target.scheme, target.host, target.port) == ("https", host, 443)


PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "100.127.255.255", "169.254.169.254", "192.0.0.1", "192.0.0.192", "192.88.99.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
    "2002:a00:1::", "2001::1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fc00::1", "fd00:ec2::254",
    "ff02::1", "2001:db8::1", "3fff::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)
    for found in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
        guard = AddressGuard(resolver=lambda _host, _port, found=found: found)
        guard.check_url("https://shop.example.com/")
        with pytest.raises(Invalid, match="private"):
            guard.addresses_of("shop.example.com", 443)


def test_every_public_address_of_a_name_may_be_connected_to() -> None:
    found = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::8.8.8.8"]
    guard = AddressGuard(resolver=lambda _host, _port: found)
    assert guard.addresses_of("shop.example.com", 443) == tuple(found)


def test_a_name_that_leads_nowhere_is_no_refusal() -> None:
    with pytest.raises(OSError, match="no address"):
        AddressGuard(resolver=lambda _host, _port: []).addresses_of("shop.example.com", 443)


def test_an_address_is_not_looked_up() -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise AssertionError

    guard = AddressGuard(resolver=resolver)
    assert guard.addresses_of("1.1.1.1", 443) == ("1.1.1.1",)
    with pytest.raises(Invalid):
        guard.addresses_of("10.0.0.1", 443)


def test_the_system_s_resolver_names_each_address_once() -> None:
    found = resolve("localhost", 443)
    assert "127.0.0.1" in found
    assert len(found) == len(set(found))


class TestThisMachine:
    @pytest.mark.parametrize(
        ("url", "port"),
        [
            ("http://127.0.0.1:8080/x", 8080),
            ("http://localhost:4000", 4000),
            ("http://[::1]:80/", 80),
            ("https://127.0.0.1/", 443),
            ("http://127.0.0.1/", 80),
        ],
    )
    def test_is_called_where_that_is_allowed(self, url: str, port: int) -> None:
        target = LOCAL.check_url(url)
        assert target.port == port
        assert set(LOCAL.addresses_of(target.host, port)) <= {"127.0.0.1", "::1"}
        with pytest.raises(Invalid):
            GUARD.check_url(url)

    @pytest.mark.parametrize(
        "url",
        [
            "http://shop.example.com/",
            "https://shop.example.com:8443/",
            "http://10.0.0.1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://user@127.0.0.1/",
            "http://169.254.169.254/",
            "http://0.0.0.0/",
        ],
    )
    def test_is_all_that_is_allowed(self, url: str) -> None:
        with pytest.raises(Invalid):
            LOCAL.check_url(url)

    def test_is_not_reached_by_another_name(self) -> None:
        with pytest.raises(Invalid):
            LOCAL.addresses_of("shop.example.com", 443)

    @pytest.mark.parametrize(
        ("setting", "stage", "allowed"),
        [
            (True, "local", True),
            (False, "local", False),
            (True, "prod", False),
            (True, "staging", False),
            (True, "Local", False),
            (True, "", False),
        ],
    )
    def test_is_allowed_on_the_local_stage_by_a_setting_only(self, setting: bool, stage: str, allowed: bool) -> None:
        assert loopback_allowed(setting, {"SKUFLOW_STAGE": stage}) is allowed
        assert loopback_allowed(setting, {}) is False
