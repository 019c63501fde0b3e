"""Which addresses we call: public ones, by https, on port 443. A guard against server-side request forgery (OWASP SSRF
Prevention Cheat Sheet): clients tell us addresses, and our functions stand where private things can be reached.

An address is judged twice. `check_url` refuses what is written in a way that two readers could understand differently.
`addresses_of` looks the name up once and judges every address it stands for; the connection is then made to exactly those, so
that the name's owner cannot answer differently the second time (DNS rebinding). Redirects go through both again.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from skuflow.kernel.errors import Invalid, Problem

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses, as text, that a host name and port stand for. Raises OSError."""

_MOST_CHARACTERS = 2048
_PLAIN = re.compile(r"[!#-;=?-Z_a-z~\[\]]+")
"""What an address is written in: visible ASCII without quotes, angle brackets, backslash, caret, backtick, braces and bar."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_NUMBERED = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
"""A last label that makes readers take the whole host for an IPv4 address in some spelling (WHATWG URL, "ends in a number")."""

_GLOBAL = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address as IPv6-only subnets see it; AWS resolvers give it. Judged by the IPv4 address inside."""

_NOT_HOSTS_V6 = (IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("3fff::/20"))
"""Protocol assignments, among them Teredo (RFC 4380), and 6to4 (RFC 3056), whose addresses hide an IPv4 address that they lead to:
nobody that we call is reached that way. Documentation (RFC 9637). Here, because Python's own list differs by version."""

_NOT_HOSTS_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
"""Protocol assignments (RFC 6890), where a cloud has its metadata; 6to4 relays (RFC 7526); and one that is public by its number
but a cloud's inside (Azure's host agent)."""

_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""RFC 5214: the third quarter of an address whose last quarter is an IPv4 address."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an address means. `host` as it is written, lower-case; an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int


def loopback_allowed(setting: bool, environ: Mapping[str, str] | None = None) -> bool:
    """The one rule for `OUTBOUND_ALLOW_LOOPBACK`: honoured on the local stage, where the provider sandbox listens, and nowhere
    else, whatever the setting says."""
    return setting and (os.environ if environ is None else environ).get("SKUFLOW_STAGE") == "local"


def resolve(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """`allow_loopback`: also http, any port, and this machine itself, if the address names it outright."""

    allow_loopback: bool = False
    resolver: Resolver = resolve

    def check_url(self, url: str) -> Target:
        """Whom `url` means. Raises Invalid that says what is wrong with it; looks nothing up."""
        if len(url) > _MOST_CHARACTERS or not _PLAIN.fullmatch(url):
            raise _refused("is too long or has characters that an address cannot have", "use plain ASCII, %-encoded")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _refused("cannot be read", "write https://host/path") from None
        host = (parts.hostname or "").lower()
        if parts.username is not None or parts.password is not None or "@" in parts.netloc:
            raise _refused("has a user name or password in it", "leave them out")
        local = self.allow_loopback and _names_loopback(host)
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise _refused("is not https", "use an https address")
        target = Target(parts.scheme, host, port if port is not None else {"http": 80, "https": 443}[parts.scheme])
        if local:
            return target
        if target.port != 443:
            raise _refused("names another port than 443", "leave the port out")
        self._check_host(host, bracketed="[" in parts.netloc)
        return target

    def addresses_of(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses to connect to, all of which are fit to be. Raises Invalid if any is not: a name that leads inside as
        well as outside is an attack. Raises OSError if the name leads nowhere."""
        found = [host] if _is_address(host) else self.resolver(host, port)
        local = self.allow_loopback and _names_loopback(host)
        for text in found:
            if not (is_public(text) or (local and _is_loopback(text))):
                raise _refused("leads to a private or reserved network", "use the address of a public server")
        if not found:
            raise OSError("the name has no address")
        return tuple(found)

    def _check_host(self, host: str, *, bracketed: bool) -> None:
        if bracketed or _NUMBERED.fullmatch(host.rpartition(".")[2]):
            if not is_public(host):
                raise _refused("is no public address, or one in an unusual spelling", "use the name of a public server")
        elif not _NAME.fullmatch(host) or len(host) > 253:
            raise _refused("has no full host name", "use the name of a public server, e.g. shop.example.com")


def is_public(text: str) -> bool:
    """Whether `text` is an IP address, in its usual spelling, of a host on the public internet."""
    if "%" in text or not _is_address(text):  # a zone means this network only (RFC 4007)
        return False
    address = ip_address(text)
    return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _NOT_HOSTS_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    if address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _GLOBAL or not address.is_global or any(address in network for network in _NOT_HOSTS_V6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP


def _names_loopback(host: str) -> bool:
    return host == "localhost" or _is_loopback(host)


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ip_address(text).is_loopback


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _refused(message: str, remedy: str) -> Invalid:
    return Invalid(f"the address {message}", problems=[Problem("url", message, remedy)])
