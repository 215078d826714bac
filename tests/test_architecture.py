"""docs/architecture.md says what is so: its layers are those of `make lint`, and what it names is there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def layers():
    """Return the rows of the picture, each with the names that stand in it."""
    picture = re.search(r"^```layers\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]
    return [re.split(r"\s{2,}", line)[0] for line in picture.splitlines()]


def test_the_picture_has_the_layers_that_lint_holds():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (held,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert layers() == held


def test_every_sub_package_is_in_the_picture():
    there = {path.parent.name for path in (ROOT / "nbexaminer").glob("*/__init__.py")}
    shown = {name for row in layers() for name in row.split(" | ")}
    assert there <= shown


def test_every_file_that_is_named_is_there():
    named = set(re.findall(r"`((?:nbexaminer|reference|tests)/[\w/.-]*)`", PAGE))
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
