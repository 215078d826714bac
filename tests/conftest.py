"""What many tests share: the order of the modules, a course folder with part one released, a browser."""

import os
import shutil
from pathlib import Path

import pytest
from browser import chromium_path
from playwright.sync_api import sync_playwright

from nbexaminer.course.course import Course
from nbexaminer.course.release import release

HERE = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"
# Modules that take half a minute and more, the longest first.
LONG = [
    "stock", "jupyterlab", "attacks", "sample_class", "scale", "website", "guides", "batch", "ordinary_user",
    "exchange", "any_course", "mutants", "notebook", "engine", "sandbox", "regrade", "package", "oracle",
    "hostile_pages", "feedback", "courses", "mistakes",
]  # fmt: skip


os.environ.pop("COLUMNS", None)  # pytest-xdist sets it: the commands under test would believe in a terminal


def pytest_collection_modifyitems(items):
    """Begin with what takes long, so that the workers, which take module after module, end together."""
    order = {f"test_{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course whose assignment is in release/ and in the gradebook; not to be changed."""
    root = tmp_path_factory.mktemp("released")
    shutil.copy(HERE / "nbgrader_config.py", root)
    for folder in (f"source/{ASSIGNMENT}", "reference"):
        shutil.copytree(HERE / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    release(Course(root), ASSIGNMENT)
    return root


@pytest.fixture
def course(released, tmp_path):
    """A course of the test's own; its folder is `course.root`."""
    shutil.copytree(released, tmp_path, dirs_exist_ok=True)
    return Course(tmp_path)


@pytest.fixture(scope="module")
def browser():
    """A Chromium; each test opens a context of its own in it."""
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium_path()) as browser,
    ):
        yield browser
