"""A browser, as far as an installation needs one: it keeps cookies, follows redirects, reads forms and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from urllib.request import Request

from local.problems import LocalProblem

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 10
_MOVED = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Form:
    """`fields` as the page fills them in. `buttons` are those with a name: the one that is pressed is sent along."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`url` is where the redirects ended, `passed` the addresses before it."""

    url: str
    status: int
    text: str
    forms: tuple[Form, ...]
    passed: tuple[str, ...]


class Browser:
    """One visitor. Secure cookies are sent over plain HTTP too, as browsers do on this machine's own address."""

    def __init__(self) -> None:
        self._cookies = CookieJar(policy=DefaultCookiePolicy(secure_protocols=("https", "http")))

    def open(self, url: str) -> Page:
        return self._go("GET", url, {})

    def submit(self, page: Page, form: Form, **fields: str) -> Page:
        """Send `form`, with `fields` besides or instead of what it holds."""
        return self._go(form.method, urljoin(page.url, form.action), form.fields | fields)

    def _go(self, method: str, url: str, fields: dict[str, str]) -> Page:
        passed: list[str] = []
        while len(passed) <= MOST_REDIRECTS:
            answer = self._request(method, url, fields)
            if answer.status_code not in _MOVED:
                return Page(url, answer.status_code, answer.text, _forms(answer.text), tuple(passed))
            passed.append(url)
            url = urljoin(url, answer.headers["location"])
            if answer.status_code not in _KEEPS_METHOD:
                method, fields = "GET", {}
        raise LocalProblem(f"redirected in circles: {passed[-1]}", "see: skuflow logs")

    def _request(self, method: str, url: str, fields: dict[str, str]) -> httpx.Response:
        import httpx

        asked = Request(url)  # noqa: S310 - never opened; it is what a cookie jar understands
        self._cookies.add_cookie_header(asked)
        cookie = asked.get_header("Cookie")
        how: dict[str, Any] = {"params" if method == "GET" else "data": fields} if fields else {}
        answer = httpx.request(
            method, url, headers={"Cookie": cookie} if cookie else {}, timeout=60, trust_env=False, **how
        )
        self._cookies.extract_cookies(_Answered(answer), asked)  # type: ignore[arg-type]
        return answer


class _Answered:
    """An answer as a cookie jar reads one."""

    def __init__(self, answer: httpx.Response) -> None:
        self._headers = Message()
        for value in answer.headers.get_list("set-cookie"):
            self._headers["Set-Cookie"] = value

    def info(self) -> Message:
        return self._headers


@dataclass
class _FormReader(HTMLParser):
    found: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").upper(), {}, ()))
        elif self.found and given.get("name"):
            self._note(tag, given)

    def _note(self, tag: str, given: dict[str, str]) -> None:
        form, named = self.found[-1], (given["name"], given.get("value", ""))
        if tag == "button" or given.get("type") == "submit":
            self.found[-1] = Form(form.action, form.method, form.fields, (*form.buttons, named))
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            form.fields[named[0]] = named[1]


def _forms(text: str) -> tuple[Form, ...]:
    reader = _FormReader()
    reader.feed(text)
    return tuple(reader.found)
