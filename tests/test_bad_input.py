"""Submissions that can't be graded are named with the reason, stop nobody, and stay as they were."""

import csv
import shutil

import pytest
from click.testing import CliRunner

from nbexaminer.cli.commands import main
from nbexaminer.engine.intake import submitted_notebooks
from nbexaminer.errors import UnusableSubmission

ASSIGNMENT = "cnn-step-by-step"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"

# What stands in the folder of each student, and what is said of it.
UNGRADABLE = {
    "a-empty-folder": ({}, "There is no notebook"),
    "b-not-json": ({NOTEBOOK: "{'cells': []}"}, f"{NOTEBOOK} is not JSON"),
    "c-empty-file": ({NOTEBOOK: ""}, f"{NOTEBOOK} is not JSON"),
    "d-binary": ({NOTEBOOK: b"PK\x03\x04\xff\xfe"}, f"{NOTEBOOK} is not JSON"),
    "e-no-notebook-in-it": ({NOTEBOOK: "[1, 2]"}, f"{NOTEBOOK} is JSON, but no notebook"),
    "f-no-cells": ({NOTEBOOK: '{"nbformat": 4, "nbformat_minor": 5}'}, "but no notebook"),
    "g-other-notebook": (
        {NOTEBOOK: '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'},
        "holds none of the assignment's cells",
    ),
    "h-wrong-name": ({"CNN (1).ipynb": None}, f"called CNN (1).ipynb, not {NOTEBOOK}"),
    "i-in-a-folder": ({f"homework/{NOTEBOOK}": None}, f"called homework/{NOTEBOOK}, not {NOTEBOOK}"),
    "j-two-wrong-names": (
        {"one.ipynb": None, "two.ipynb": None},
        f"None of one.ipynb, two.ipynb is called {NOTEBOOK}",
    ),
    "k-checkpoint-only": ({f".ipynb_checkpoints/{NOTEBOOK}": None}, "There is no notebook"),
    "m-no-timestamp": ({NOTEBOOK: None, "timestamp.txt": "yesterday"}, "holds no date and time"),
}
GRADABLE = {
    "l-ends-python": {NOTEBOOK: ("def zero_pad(X, pad):", "def zero_pad(X, pad=__import__('os')._exit(1)):")},
    "n-blank": {NOTEBOOK: None},
    "王小明": {NOTEBOOK: None},
}


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    """The class graded once; returns its folder and what the command gave."""
    root = shutil.copytree(released, tmp_path_factory.mktemp("class"), dirs_exist_ok=True)
    for student, files in ({name: files for name, (files, _) in UNGRADABLE.items()} | GRADABLE).items():
        submit(root, student, files)
    before = contents(root)
    result = run(root)
    assert contents(root) == before
    return root, result


def problem(folder, notebooks):
    with pytest.raises(UnusableSubmission) as refused:
        submitted_notebooks(folder, notebooks)
    return refused.value.text


def submit(root, student, files):
    """Write a submission; None stands for the released notebook, a pair for it with a text replaced."""
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    released = (root / "release" / ASSIGNMENT / NOTEBOOK).read_text(encoding="utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, tuple):
            assert content[0] in released
            content = released.replace(*content, 1)
        content = released if content is None else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def contents(root):
    return {path: path.read_bytes() for path in (root / "submitted").rglob("*") if path.is_file()}


def run(root, *options):
    return CliRunner().invoke(main, ["--course", str(root), "autograde", *options])


def rows(root):
    with (root / "report" / f"{ASSIGNMENT}.csv").open(newline="", encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_each_is_named_with_the_reason_and_the_others_are_graded(graded):
    root, result = graded
    assert result.exit_code == 3, result.output
    found = rows(root)
    for student, (_, reason) in UNGRADABLE.items():
        assert reason in found[student]["problem"]
        assert found[student]["total"] == ""
        assert f"  {student}: {found[student]['problem']}" in result.stdout
        assert not (root / "feedback" / student).exists()
    for student in GRADABLE:
        assert (found[student]["total"], found[student]["problem"]) == ("0", "")
        assert (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").exists()
    page = (root / "report" / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert all(student in page for student in found) and "没有笔记本文件" in page


def test_progress_is_told_and_nothing_else_on_standard_error(graded):
    _, result = graded
    lines = result.stderr.splitlines()
    assert len(lines) == len(UNGRADABLE) + len(GRADABLE)
    assert all(" a minute, " in line for line in lines)


def test_what_is_unchanged_is_graded_once_and_what_is_new_anew(graded):
    root, _ = graded
    again = run(root)
    assert again.exit_code == 3
    assert all("(unchanged)" in line for line in again.stderr.splitlines())
    submit(root, "a-empty-folder", {NOTEBOOK: None})
    for student in set(UNGRADABLE) - {"a-empty-folder"}:
        shutil.rmtree(root / "submitted" / student)
    corrected = run(root)
    assert corrected.exit_code == 0, corrected.output
    assert corrected.stderr.count("unchanged") == len(GRADABLE)
    assert rows(root)["a-empty-folder"]["total"] == "0"


def test_a_notebook_in_no_assignments_folder_is_told(course):
    submit(course.root, "ada", {NOTEBOOK: ""})
    for place in ("submitted", "submitted/bob", "submitted/bob/cnn/deep"):
        (course.root / place).mkdir(parents=True, exist_ok=True)
        (course.root / place / "mine.ipynb").write_text("{}")
    result = run(course.root)
    assert result.exit_code == 3
    assert "ASSIGNMENT/:\n  bob/cnn/deep/mine.ipynb\n  bob/mine.ipynb\n  mine.ipynb\n" in result.stdout


def test_nobody_of_that_name(course):
    (course.root / "submitted" / "ada" / ASSIGNMENT).mkdir(parents=True)
    result = run(course.root, "--student", "bob")
    assert result.exit_code == 2 and "from bob" in result.output


def test_no_submission_and_no_sample_class(course):
    result = run(course.root)
    assert result.exit_code == 1 and f"submitted/STUDENT/{ASSIGNMENT}/" in result.output


def test_a_file_that_can_not_be_read(tmp_path, monkeypatch):
    """As root everything can be read, so the refusal is made here."""
    (tmp_path / NOTEBOOK).write_text("{}")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    found = problem(tmp_path, {ASSIGNMENT: ["setup"]})
    assert found.en == f"{NOTEBOOK} can't be read: Permission denied."


@pytest.mark.parametrize("where", ["notebook", "data", "folder"])
def test_a_link_is_refused_wherever_it_leads(tmp_path, where):
    """It could lead to the solution, or to the work of another."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / NOTEBOOK).write_text("{}")
    mine = tmp_path / "mine"
    if where == "folder":
        mine.symlink_to(theirs)
    else:
        mine.mkdir()
        (mine / (NOTEBOOK if where == "notebook" else "data.csv")).symlink_to(theirs / NOTEBOOK)
    found = problem(mine, {ASSIGNMENT: ["setup"]})
    assert "is a link" in found.en


def test_names_do_nothing_to_a_terminal(tmp_path):
    name = "a\x1b[2Jb\u202ec\nd\u2028e.ipynb"
    (tmp_path / name).write_text("{}")
    found = problem(tmp_path, {ASSIGNMENT: ["setup"]})
    assert "a\\x1b[2Jb\\u202ec\\nd\\u2028e.ipynb" in found.en


def test_a_notebook_that_would_fill_the_memory(tmp_path):
    with (tmp_path / NOTEBOOK).open("wb") as file:
        file.truncate(2**40)
    assert "too much for a notebook" in problem(tmp_path, {ASSIGNMENT: ["setup"]}).en


@pytest.mark.parametrize("part", ["{}", "[]", "0"])
def test_a_notebook_of_more_parts_than_memory_holds(tmp_path, part):
    """A few MB of them would take hundreds in the process that reads them."""
    (tmp_path / NOTEBOOK).write_text(f'{{"cells": [{",".join([part] * 4_000_000)}]}}')
    assert "more parts than a notebook can have" in problem(tmp_path, {ASSIGNMENT: ["setup"]}).en
