"""The demo's browser does what an installation asks of one: cookies, redirects, forms."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from local.demo.browser import MOST_REDIRECTS, Browser
from local.problems import LocalProblem
from tests.serving import serving

CONSENT = """
<form method="post" action="agree?step=2"><input type="hidden" name="state" value="a&amp;b">
<input type="checkbox" name="newsletter" value="yes"><input type="checkbox" name="terms" value="read" checked>
<button name="answer" value="install">Install</button><button name="answer" value="cancel">Cancel</button></form>
"""


class Site(ThreadingHTTPServer):
    """`seen` is what came: method, path, cookie, body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.seen: list[tuple[str, str, str, str]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self._note("GET", "")
        match self.path.split("?")[0]:
            case "/start":
                cookies = ("state=s1; Path=/shop; Secure; HttpOnly; SameSite=Lax", "theme=dark; Path=/elsewhere")
                return self._answer(302, "", Location="/shop/consent", cookies=cookies)
            case "/shop/consent":
                return self._answer(200, CONSENT)
            case "/circle":
                return self._answer(302, "", Location="/circle")
            case _:
                return self._answer(200, "done")

    def do_POST(self) -> None:
        self._note("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())
        again = self.path == "/shop/same"
        self._answer(307 if again else 303, "", Location="/shop/end")

    def _note(self, method: str, body: str) -> None:
        self.server.seen.append((method, self.path, self.headers.get("Cookie", ""), body))

    def _answer(self, status: int, text: str, *, cookies: tuple[str, ...] = (), **headers: str) -> None:
        self.send_response(status)
        for name, value in [*headers.items(), *(("Set-Cookie", cookie) for cookie in cookies)]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the terminal."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as server:
        yield server


def test_a_redirect_is_followed_with_the_cookies_that_belong_to_its_path(site: Site) -> None:
    page = Browser().open(f"{site.base}/start")
    assert (page.status, page.url, page.passed) == (200, f"{site.base}/shop/consent", (f"{site.base}/start",))
    assert site.seen[1] == ("GET", "/shop/consent", "state=s1", "")


def test_a_form_is_sent_as_the_page_fills_it_in_with_the_button_that_is_pressed(site: Site) -> None:
    browser = Browser()
    page = browser.open(f"{site.base}/start")
    (form,) = page.forms
    assert form.buttons == (("answer", "install"), ("answer", "cancel"))
    ended = browser.submit(page, form, answer="install")
    assert (ended.url, ended.text) == (f"{site.base}/shop/end", "done")
    assert site.seen[2] == ("POST", "/shop/agree?step=2", "state=s1", "state=a%26b&terms=read&answer=install")
    assert site.seen[3][0] == "GET"


def test_another_browser_has_no_part_in_the_cookies(site: Site) -> None:
    Browser().open(f"{site.base}/start")
    Browser().open(f"{site.base}/shop/consent")
    assert site.seen[-1][2] == ""


def test_going_round_in_circles_ends(site: Site) -> None:
    with pytest.raises(LocalProblem, match="circles"):
        Browser().open(f"{site.base}/circle")
    assert len(site.seen) == MOST_REDIRECTS + 1
