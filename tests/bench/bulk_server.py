"""A place for files, in a process of its own: answers PUT and GET with ranges, as S3 and as whoever serves a bulk operation's
result do. Objects lie on disk, so that neither this process nor the measured one holds them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.architecture.repository import ROOT

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        with self._path().open("wb") as file:
            while left:
                piece = self.rfile.read(min(left, _PIECE))
                file.write(piece)
                left -= len(piece)
        self.send_response(200)
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        path = self._path()
        size = path.stat().st_size
        found = _RANGE.fullmatch(self.headers.get("Range", ""))
        start = int(found[1]) if found else 0
        end = min(int(found[2]) + 1, size) if found and found[2] else size
        self.send_response(206 if found else 200)
        self.send_header("Content-Length", str(end - start))
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            while start < end:
                start += self.wfile.write(file.read(min(_PIECE, end - start)))

    def _path(self) -> Path:
        return self.folder / hashlib.sha256(urlsplit(self.path).path.encode()).hexdigest()

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """The measured process ends without saying goodbye."""


def place(folder: Path, path: str) -> Path:
    """Where the object that is served at `path` lies on disk."""
    return folder / hashlib.sha256(path.encode()).hexdigest()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server of `folder`, for as long as the block lasts."""
    command = [sys.executable, "-m", "tests.bench.bulk_server", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    Handler.folder = Path(sys.argv[1])
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
