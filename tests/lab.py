"""JupyterLab for the tests: a server in a course folder, and what one does and sees in its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

TOKEN = "token-of-the-tests"
PATIENCE = 90  # seconds, for whatever a busy machine may be slow at
ELSEWHERE = re.compile(r"(https?|wss?)://(?!127\.0\.0\.1[:/])")


def homely(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter keeps and finds all its files in another home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER_", "XDG_"))}
    return kept | {"HOME": str(home)}


@contextmanager
def serve(course: Path, home: Path) -> Iterator[str]:
    """Run `grader lab` in a course folder; yield the address of its server, and stop it in the end."""
    settings = home / ".jupyter" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    # JupyterLab would ask whether it may fetch news.
    settings.write_text('{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}')
    options = ("--no-browser", "--allow-root", "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("grader"), "--course", course, "lab", *options],
            env=homely(home),
            stdout=log,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{_port(server, home)}"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _port(server: subprocess.Popen, home: Path) -> int:
    """Wait until the server tells its port."""
    told = home / ".local" / "share" / "jupyter" / "runtime" / f"jpserver-{server.pid}.json"
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            return json.loads(told.read_text())["port"]
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.1)
    raise RuntimeError(f"no server:\n{(home / 'server.log').read_text()}")


class Watch:
    """Notes what goes wrong in a page, and which requests want to leave this machine; it stops those."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.route(ELSEWHERE, self._stop)

    def _stop(self, route) -> None:
        self.requests.append(route.request.url)
        route.abort()


class Notebook:
    """An open notebook, and its cells by grade_id."""

    def __init__(self, page: Page, server: str, file: Path, root: Path) -> None:
        self.page = page
        self.model = nbformat.read(file, as_version=4)
        self.names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in self.model.cells]
        page.goto(f"{server}/lab/tree/{file.relative_to(root)}?token={TOKEN}&reset")
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        expect(self.cells).to_have_count(len(self.names))
        self.prompts = page.locator(".jp-CodeCell .jp-InputPrompt")

    def cell(self, name: str) -> Locator:
        return self.cells.nth(self.names.index(name))

    def errors(self, name: str) -> Locator:
        return self.cell(name).locator("[data-mime-type='application/vnd.jupyter.stderr']")

    def run_all(self, before: int = 0) -> None:
        """Run all cells, of which some number ran before, and wait for the last one."""
        choose(self.page, "Run", "Run All Cells")
        codes = sum(cell.cell_type == "code" for cell in self.model.cells)
        expect(self.prompts).to_have_text([f"[{before + number}]:" for number in range(1, codes + 1)])

    def replace_stub(self, name: str, line: str) -> None:
        """Type a line in place of the one that raises NotImplementedError."""
        self.cell(name).locator(".cm-line", has_text="raise NotImplementedError").click()
        self.page.keyboard.press("Home")
        self.page.keyboard.press("Shift+End")
        self.page.keyboard.type(line)

    def validate(self) -> Locator:
        """Press Validate and return the dialog with the answer."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog", has_text="Validation Results")
        dialog.wait_for()
        return dialog


def choose(page: Page, menu: str, entry: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()
