"""JupyterLite, built by `make lite`: it opens in Chromium with the released notebook in it.

Its Python is not tried here: Pyodide comes from another host when a kernel starts (docs/website.md).
"""

import subprocess
from pathlib import Path

import nbformat
import pytest
import static_site
from browser import chromium_path
from lab import PATIENCE, Watch, wait_for_images
from playwright.sync_api import expect, sync_playwright

HERE = Path(__file__).parent.parent
NOTEBOOK = "cnn-step-by-step/cnn-step-by-step.ipynb"
PYODIDE = "https://cdn.jsdelivr.net/pyodide/"
HANGS = 600  # seconds after which a build is given up that takes some fifteen of processor time


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    site = tmp_path_factory.mktemp("lite") / "site"
    subprocess.run(["make", "lite", f"SITE={site}"], cwd=HERE, check=True, timeout=HANGS)
    with static_site.serve(site) as address:
        yield address


@pytest.fixture
def page():
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium_path()) as browser,
        browser.new_context(viewport={"width": 1280, "height": 960}) as context,
    ):
        context.set_default_timeout(PATIENCE * 1000)
        yield context.new_page()


def test_the_released_notebook_opens_in_the_browser_alone(page, address):
    """Promise: nothing but Pyodide is asked from another host, and the site leads here."""
    watch = Watch(page)
    page.goto(f"{address}/index.html")
    page.get_by_role("link", name="JupyterLite").click()
    expect(page.get_by_role("menuitem", name="Kernel")).to_be_visible()
    page.goto(f"{address}/lite/lab/index.html?path={NOTEBOOK}")

    model = nbformat.read(HERE / "release" / NOTEBOOK, as_version=4)
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(model.cells))
    text = "".join(cell.source for cell in model.cells if cell.cell_type == "markdown")
    expect(page.locator(".jp-Notebook img")).to_have_count(text.count("<img "))
    wait_for_images(page, ".jp-Notebook")
    expect(page.locator("mjx-container[display=true]")).to_have_count(text.count("$$") // 2)
    expect(page.locator("mjx-merror")).to_have_count(0)
    assert all(url.startswith(PYODIDE) for url in watch.requests)
