"""A folder of pages for the tests: served as any static host would, and looked through for its links."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_LINKS = {"href", "src", "srcset", "poster", "action", "data"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the tests' output to the tests."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve the folder on this machine; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Link(NamedTuple):
    page: Path
    tag: str
    target: str


class Page(HTMLParser):
    """The ids of a page and what it links to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file, self.links, self.ids = file, [], []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [Link(self.file, tag, value or "") for name, value in attrs if name in _LINKS]
        self.ids += [value for name, value in attrs if name == "id"]


def outside(link: Link) -> bool:
    """Whether a link leaves the site, by naming a scheme or a host."""
    return bool(urlsplit(link.target).scheme or urlsplit(link.target).netloc)


def broken(site: Path) -> list[Link]:
    """All links of a site's pages that lead to no file of it, or to no place in the file."""
    pages = {file.resolve(): Page(file) for file in site.rglob("*.html")}
    return [
        link for page in pages.values() for link in page.links if not (outside(link) or _leads(link, pages))
    ]


def _leads(link: Link, pages: dict[Path, Page]) -> bool:
    url = urlsplit(link.target)
    file = (link.page.parent / unquote(url.path)).resolve() if url.path else link.page.resolve()
    if not file.is_file() or url.path.startswith("/"):
        return False
    return not url.fragment or (file in pages and unquote(url.fragment) in pages[file].ids)
