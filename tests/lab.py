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
from playwright.sync_api import Locator, Page, Route, expect

TOKEN = "token-of-the-tests"
PATIENCE = 90  # seconds, for whatever a busy machine may be slow at
ELSEWHERE = re.compile(r"^(?!file:)\w+://(?!127\.0\.0\.1[:/])")

expect.set_options(timeout=PATIENCE * 1000)


def homely(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter finds and keeps all its files in that home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG_"))}
    return kept | {"HOME": str(home)}


@contextmanager
def serve(course: Path, home: Path, *given: str) -> Iterator[str]:
    """Run `nbexaminer lab` in a course folder; yield the address of its server, and stop it in the end."""
    options = (*given, "--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={TOKEN}")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("nbexaminer"), "--course", course, "lab", *options],
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
    """Wait until the server has written down its port."""
    written = home / ".local" / "share" / "jupyter" / "runtime" / f"jpserver-{server.pid}.json"
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            return json.loads(written.read_text())["port"]
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.1)
    raise RuntimeError(f"there is no server:\n{(home / 'server.log').read_text()}")


class Watch:
    """Notes the errors of a page, and the requests to other machines, which it stops."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.route(ELSEWHERE, self._stop)

    def _stop(self, route: Route) -> None:
        self.requests.append(route.request.url)
        route.abort()


class Notebook:
    """A notebook opened in JupyterLab; its cells go by their grade_id."""

    def __init__(self, page: Page, address: str, root: Path, file: Path) -> None:
        self.page = page
        self.model = nbformat.read(file, as_version=4)
        self.folded = [cell.metadata.get("jupyter", {}).get("source_hidden") for cell in self.model.cells]
        self.names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in self.model.cells]
        page.goto(f"{address}/lab/tree/{file.relative_to(root)}?token={TOKEN}&reset")
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        expect(self.cells).to_have_count(len(self.names))
        self.numbers = page.locator(".jp-CodeCell .jp-InputPrompt")

    def cell(self, name: str) -> Locator:
        return self.cells.nth(self.names.index(name))

    def output(self, name: str) -> Locator:
        return self.cell(name).locator(".jp-OutputArea-output")

    def run_all(self, before: int = 0) -> None:
        """Run all cells, after some number of runs of a cell, and wait until each has its own number."""
        self._wait_until_idle()
        choose(self.page, "Run", "Run All Cells")
        self._wait_until_all_ran(before)

    def restart_and_run_all(self) -> None:
        """The same in a fresh kernel, by its button; JupyterLab asks first."""
        self.page.get_by_role("button", name="Restart the kernel and run all cells").click()
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        self._wait_until_all_ran()
        self._wait_until_idle()

    def _wait_until_idle(self) -> None:
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle")

    def _wait_until_all_ran(self, before: int = 0) -> None:
        """Wait for the number of each cell; one whose code is folded away shows none."""
        folded = [
            one for one, cell in zip(self.folded, self.model.cells, strict=True) if cell.cell_type == "code"
        ]
        numbers = enumerate(folded, before + 1)
        expect(self.numbers).to_have_text(["" if hidden else f"[{number}]:" for number, hidden in numbers])

    def run(self, name: str) -> None:
        """Run one cell, and wait until it has another number than before."""
        number = self.cell(name).locator(".jp-InputPrompt")
        before = number.inner_text()
        self.cell(name).locator(".cm-line").first.click()
        self.page.keyboard.press("Control+Enter")
        expect(number).to_have_text(re.compile(r"^\[\d+\]:$"))
        expect(number).not_to_have_text(before)

    def run_and_check(self, name: str) -> None:
        """Run an answer and then its check, which is folded away, as one does: Shift+Enter, twice."""
        number = self.cell(name).locator(".jp-InputPrompt")
        before = number.inner_text()
        self.cell(name).locator(".cm-line").first.click()
        for active in (self.cell(name), self.cell(f"test_{name}")):
            expect(active).to_have_class(re.compile("jp-mod-active"))
            self.page.keyboard.press("Shift+Enter")
        expect(number).to_have_text(re.compile(r"^\[\d+\]:$"))
        expect(number).not_to_have_text(before)

    def answer(self, name: str, line: str, instead_of: str = "raise NotImplementedError") -> None:
        """Type one line in place of another, by default the one that stands for the answer."""
        self.cell(name).locator(".cm-line", has_text=instead_of).click()
        expect(self.cell(name).locator(".cm-focused")).to_be_visible()  # else keys are JupyterLab's commands
        for key in ("Home", "Shift+End"):
            self.page.keyboard.press(key)
        self.page.keyboard.type(line)
        expect(self.cell(name).locator(".cm-line").filter(has_text=line)).to_have_count(1)

    def validate(self) -> Locator:
        """Press the button, and return the dialog that answers."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog", has_text="Validation Results")
        expect(dialog).to_be_visible()
        return dialog


def choose(page: Page, menu: str, entry: str) -> None:
    for name in (menu, entry):
        page.get_by_role("menuitem", name=name, exact=True).click()


def wait_for_images(page: Page, where: str) -> None:
    """Wait until all images there are loaded and have a size."""
    loaded = "where => [...document.querySelectorAll(`${where} img`)].every(image => image.naturalWidth > 0)"
    page.wait_for_function(loaded, arg=where)
