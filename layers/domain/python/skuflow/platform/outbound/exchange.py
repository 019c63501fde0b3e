"""One call on the wire: attempts, redirects, what each failure means. Imports httpx and tenacity: loaded with the first call.

Nothing that httpx says is passed on: its messages quote headers and addresses, which hold tokens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import tenacity

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Invalid, Problem, SkuflowError, Throttled, TooLarge
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import Answer, Call, ProviderFailed, Service
from skuflow.platform.outbound.course import Course

T = TypeVar("T")

MOST_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HARMLESS = frozenset({"accept", "accept-encoding", "accept-language", "if-modified-since", "if-none-match", "range"})
"""Headers that go along to another host. Which of the others hold a credential is the provider's affair, so none does."""

_BACKOFF = tenacity.wait_exponential(multiplier=0.5, max=8)
"""0.5 s, 1 s, 2 s … 8 s: bounds of what is drawn."""

_LONGEST_RETRY_AFTER = 86_400.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance, to be replaced by tests. `chance` draws from [0, 1)."""

    clock: Clock
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]


class _Trouble(Exception):
    """An attempt failed. `again`: another one does no harm. `wait`: seconds that the service asked for."""

    def __init__(self, kind: str, error: SkuflowError, *, again: bool, wait: float = 0.0) -> None:
        super().__init__(kind)
        self.kind, self.error, self.again, self.wait = kind, error, again, wait


@dataclass(frozen=True, slots=True)
class Exchange:
    """One service's way of being called."""

    service: Service
    client: httpx.Client
    guard: AddressGuard
    pace: Pace

    def whole(self, call: Call, course: Course) -> Answer:
        """The answer, read whole. Raises Throttled, ProviderFailed, TooLarge or Invalid."""

        def attempt() -> Answer:
            response = self._open(call, course, "gzip, deflate")
            try:
                with self._understood(call):
                    body = _body(response, self.service.max_bytes)
            finally:
                response.close()
            return Answer(response.status_code, _headers(response), body)

        return self._repeated(attempt, course)

    def opened(self, call: Call, course: Course) -> httpx.Response:
        """The answer up to its body, to be read and closed by the caller. Asked for uncompressed, so that a byte range of it
        means what it says. Raises as `whole` does."""
        return self._repeated(lambda: self._open(call, course, "identity"), course)

    def chunks(self, call: Call, response: httpx.Response, course: Course) -> Iterator[bytes]:
        """The body. Raises ProviderFailed where it breaks off or ends before its Content-Length."""
        try:
            with self._understood(call):
                yield from response.iter_bytes()
        except _Trouble as trouble:
            raise self._told(trouble, course) from None

    def _repeated(self, attempt: Callable[[], T], course: Course) -> T:
        """Full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog), but never sooner than the service
        asks, and not at all if that would be past the deadline."""
        retrying = tenacity.Retrying(
            sleep=self.pace.sleep,
            wait=self._wait,
            stop=lambda state: self._is_over(state, course),
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, _Trouble) and error.again),
            reraise=True,
        )
        try:
            return retrying(attempt)
        except _Trouble as trouble:
            raise self._told(trouble, course) from None

    def _told(self, trouble: _Trouble, course: Course) -> SkuflowError:
        if isinstance(trouble.error, Throttled):
            course.throttled()
        else:
            course.failed(trouble.kind, self.pace.monotonic())
        return trouble.error

    def _wait(self, state: tenacity.RetryCallState) -> float:
        trouble = state.outcome.exception() if state.outcome else None
        asked = trouble.wait if isinstance(trouble, _Trouble) else 0.0
        return max(asked, self.pace.chance() * _BACKOFF(state))

    def _is_over(self, state: tenacity.RetryCallState, course: Course) -> bool:
        late = self.pace.monotonic() + state.upcoming_sleep >= course.ends
        return late or state.attempt_number >= course.most_attempts

    def _open(self, call: Call, course: Course, encodings: str) -> httpx.Response:
        """The answer to `call` or to where it was sent on to: each hop is checked as the first was."""
        course.attempts += 1
        course.status = 0
        asked = replace(call, headers={"accept-encoding": encodings, **_lower(call.headers)})
        for _ in range(1 + MOST_HOPS):
            with self._understood(call):
                response = self.client.send(self._request(asked), stream=True)
            course.status = response.status_code
            onward = response.headers.get("location") if response.status_code in _REDIRECTS else None
            if onward is None or call.method != "GET":
                return self._accepted(call, response)
            response.close()
            asked = _sent_on(asked, onward)
        raise _Trouble("redirects", self._failure(call, "sends us on and on"), again=False)

    def _request(self, call: Call) -> httpx.Request:
        target = self.guard.check_url(call.url)
        limits = self.service
        timeout = httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout, pool=limits.connect_timeout)
        request = self.client.build_request(
            call.method, call.url, headers=dict(call.headers), content=call.body, timeout=timeout
        )
        default = {"https": 443, "http": 80}[target.scheme]
        if (request.url.host, request.url.port or default) != (target.host, target.port):
            raise Invalid("the address can be read in two ways", problems=[Problem("url", "is ambiguous")])
        return request

    def _accepted(self, call: Call, response: httpx.Response) -> httpx.Response:
        if response.status_code < 500 and response.status_code != 429:
            return response
        response.close()
        wait = self._retry_after(response.headers.get("retry-after", ""))
        if response.status_code == 429:
            asked = Throttled(f"{self._name(call)}: too many requests", retry_after=max(1, math.ceil(wait)))
            raise _Trouble("http_429", asked, again=call.repeatable, wait=wait)
        error = self._failure(call, f"answered {response.status_code}")
        raise _Trouble("http_5xx", error, again=call.repeatable, wait=wait)

    def _retry_after(self, text: str) -> float:
        """Seconds, from seconds or an HTTP date (RFC 9110, 10.2.3; some services send fractions). 0 if it says nothing."""
        try:
            seconds = float(text)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(text) - self.pace.clock()).total_seconds()
            except (ValueError, TypeError):  # TypeError: a date without a zone
                return 0.0
        return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER) if math.isfinite(seconds) else 0.0

    @contextmanager
    def _understood(self, call: Call) -> Iterator[None]:
        """httpx's errors as what they mean for the call."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise _Trouble("connect", self._failure(call, "cannot be reached"), again=True) from None
        except httpx.TimeoutException:
            error = self._failure(call, "did not answer in time")
            raise _Trouble("timeout", error, again=call.repeatable) from None
        except httpx.NetworkError:
            raise _Trouble("cut", self._failure(call, "broke off"), again=call.repeatable) from None
        except (httpx.RemoteProtocolError, httpx.DecodingError):
            error = self._failure(call, "broke off or does not speak HTTP")
            raise _Trouble("broken_answer", error, again=call.repeatable) from None
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
            fault = Problem("url or headers", "cannot be sent", "use what HTTP allows in them")
            raise Invalid(f"{self._name(call)}: the request cannot be sent", problems=[fault]) from None

    def _failure(self, call: Call, what: str) -> ProviderFailed:
        return ProviderFailed(f"{self._name(call)}: the service {what}")

    def _name(self, call: Call) -> str:
        return f"{self.service.name} {call.operation}"


def _sent_on(call: Call, location: str) -> Call:
    """`call` to where `location` leads; to another host without anything that might be a credential."""
    try:
        here = httpx.URL(call.url)
        there = here.join(location)
    except (httpx.InvalidURL, ValueError):
        raise Invalid("a redirect leads to no address", problems=[Problem("location", "cannot be read")]) from None
    same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
    kept = call.headers if same else {name: value for name, value in call.headers.items() if name in _HARMLESS}
    return replace(call, url=str(there), headers=kept)


def _body(response: httpx.Response, most: int) -> bytes:
    """Raises TooLarge as soon as it is: the length that is told may be the compressed one, or a lie."""
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most and response.request.method != "HEAD":
        raise TooLarge(f"the answer is larger than {most} bytes")
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > most:
            raise TooLarge(f"the answer is larger than {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _headers(response: httpx.Response) -> Mapping[str, str]:
    return _lower(response.headers)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
