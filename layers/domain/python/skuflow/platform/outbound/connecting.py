"""Connections to checked addresses only, within a deadline. Imports httpx: loaded with the first call.

The guard sits where httpcore opens a connection: the name stays the name for TLS (SNI, certificate), for `Host` and for the pool,
and only the address that was looked up and checked is connected to. Putting the address into the URL instead would make the pool
share a connection between all names behind one address, whatever name its certificate was checked for.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from skuflow.platform.aws import on_forget
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.course import ends_at

for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(
        logging.WARNING
    )  # below, they log addresses and headers, signatures and tokens included


@dataclass(frozen=True, slots=True)
class GuardedBackend(httpcore.NetworkBackend):
    guard: AddressGuard
    monotonic: Callable[[], float]
    wire: httpcore.NetworkBackend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries the addresses in the resolver's order. Raises Invalid, or what httpcore raises."""
        try:
            addresses = self.guard.addresses_of(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{type(error).__name__} while looking the name up") from error
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            within = _within(timeout, self.monotonic, httpcore.ConnectTimeout)
            try:
                stream = self.wire.connect_tcp(address, port, within, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self.monotonic)
        raise failure


@dataclass(frozen=True, slots=True)
class _DeadlineStream(httpcore.NetworkStream):
    """A stream that waits for no single byte longer than the whole call may take."""

    wire: httpcore.NetworkStream
    monotonic: Callable[[], float]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.wire.read(max_bytes, _within(timeout, self.monotonic, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.wire.write(buffer, _within(timeout, self.monotonic, httpcore.WriteTimeout))

    def close(self) -> None:
        self.wire.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = _within(timeout, self.monotonic, httpcore.ConnectTimeout)
        return _DeadlineStream(self.wire.start_tls(ssl_context, server_hostname, within), self.monotonic)

    def get_extra_info(self, info: str) -> Any:
        return self.wire.get_extra_info(info)


def _within(timeout: float | None, monotonic: Callable[[], float], overdue: type[Exception]) -> float:
    left = ends_at.get() - monotonic()
    if left <= 0:
        raise overdue("the call's time is over")
    return left if timeout is None else min(left, timeout)


class _GuardedTransport(httpx.HTTPTransport):
    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        # httpx offers everything of its pool as arguments but the backend; a test proves that the guard is asked.
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend, keepalive_expiry=5.0)


def guarded_client(
    guard: AddressGuard, monotonic: Callable[[], float] = time.monotonic, tls: ssl.SSLContext | None = None
) -> httpx.Client:
    """A client that follows no redirect by itself, keeps no cookie (they would pass from one client of ours to another), and
    reads neither proxies nor passwords from the environment. `tls` None: the usual authorities."""
    backend = GuardedBackend(guard, monotonic, httpcore.SyncBackend())
    return httpx.Client(
        transport=_GuardedTransport(backend, tls or httpx.create_ssl_context(trust_env=False)),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"user-agent": "Skuflow"},
    )


_clients: dict[AddressGuard, httpx.Client] = {}


def shared_client(guard: AddressGuard) -> httpx.Client:
    """The process's client for this guard: making one reads the certificates of all authorities, and connections are kept."""
    if guard not in _clients:
        _clients[guard] = guarded_client(guard)
    return _clients[guard]


def _close() -> None:
    while _clients:
        _clients.popitem()[1].close()


on_forget(_close)
