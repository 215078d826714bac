"""Guards "no student can cheat, look or break it": every attack ends as the honest wrong answers do.

Each is a submission whose answers are wrong, graded by an engine that then grades an honest one. The course
folder around it holds secrets that must show up nowhere, and must stay as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from attacks import ATTACKS, EXERCISES, Attack
from nbformat.v4 import new_code_cell, new_notebook

from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.engine.restore import restore
from nbexaminer.isolation import processes, sandbox
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.pages.feedback import without_secrets
from reference.cnn_step_by_step import hidden_tests

ROOT = Path(__file__).parents[1]
NAME = "cnn-step-by-step"
CANARY = "CANARY-5f1c"
LIMITS = RunLimits(call_seconds=1, submission_seconds=40)
SAFE = {"text/plain", "image/png", "image/jpeg"}
HARMLESS_TAGS = {
    *("svg", "title", "style", "rect", "g", "text"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "span", "p", "b", "code", "pre", "br", "caption"),
    *("details", "summary"),
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _hidden_numbers() -> list[str]:
    """Some numbers that only the hidden tests know, as they would be printed."""
    numbers = []
    for exercise in (hidden_tests.conv_single_step, hidden_tests.conv_forward, hidden_tests.pool_forward):
        for case in exercise.cases[-4:]:
            result = exercise.reference(*case.args, **case.kwargs)
            first = np.ravel(result[0] if isinstance(result, tuple) else result)[0]
            numbers.append(f"{abs(first):.8g}"[:8])
    return numbers


SECRETS = [
    CANARY,
    "hidden_tests.zero_pad(",
    "BEGIN HIDDEN",
    "_conv_gradient_case",
    "HIDDEN-TEXT",
    *_hidden_numbers(),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source", root / "source")
    for path in ("gradebook.db", f"submitted/other/{NAME}/{NAME}.ipynb", "nbgrader_config.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(CANARY)
    notebook = root / "source" / NAME / f"{NAME}.ipynb"
    notebook.write_text(notebook.read_text().replace("BEGIN HIDDEN TESTS", f"BEGIN HIDDEN TESTS {CANARY}"))
    return root


@pytest.fixture(scope="module")
def known(course):
    cells = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", 4).cells
    named = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    wanted = {"setup", "checks", *EXERCISES, *(f"test_{name}" for name in EXERCISES)}
    return {name: cell for name, cell in named.items() if name in wanted}


@pytest.fixture(scope="module")
def engine():
    os.environ["GRADER_CANARY"] = CANARY
    engine = Engine(LIMITS)
    yield engine
    engine.close()
    del os.environ["GRADER_CANARY"]


def _submission(known, answers: dict[str, str], cell: str = "", metadata: dict | None = None):
    """The released notebook with these answers and an extra cell above them."""
    notebook = new_notebook()
    for name, given in known.items():
        if name == "zero_pad" and cell:
            notebook.cells.append(new_code_cell(cell))
        released = re.sub(r"### BEGIN HIDDEN.*### END HIDDEN TESTS\n", "", given.source, flags=re.DOTALL)
        notebook.cells.append(new_code_cell(released, metadata=dict(given.metadata)))
        if name in answers:
            notebook.cells[-1].source = answers[name]
    for cell in notebook.cells:
        cell.metadata.update(metadata or {})
    restore(notebook, known)
    return notebook


def _grade(engine, course, known, notebook):
    return engine.grade(notebook, instructor_cells(known), AssignmentFiles(course / "source" / NAME))


def _filled(text: str, course: Path) -> str:
    return text.replace("COURSE", str(course)).replace("REPO", str(ROOT)).replace("ENGINE", str(os.getpid()))


def _state(folder: Path) -> dict[str, tuple]:
    """What must not change: names, content, owners, permissions and times."""
    state = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        state[str(path)] = (content, status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns)
    return state


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack_gains_nothing(attack: Attack, engine, course, known):
    before = _state(course)
    answers = {name: _filled(attack.answer(name), course) for name in EXERCISES}
    notebook = _submission(known, answers, _filled(attack.cell, course), attack.metadata)

    outcomes = _grade(engine, course, known, notebook)

    for outcome in outcomes:
        name = outcome.grade_id.removeprefix("test_")
        assert outcome.score == 0
        assert outcome.verdict.reason in attack.bad.get(name, attack.bad.get("all", "wrong")).split("|"), (
            outcome.verdict.reason,
            outcome.verdict.message,
        )
    assert len(outcomes) == len(EXERCISES)
    _assert_fit_to_show(notebook, [f"{outcome.printed}\n{outcome.verdict.message}" for outcome in outcomes])
    extra = [cell for cell in notebook.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]
    printed = "".join(output.get("text", "") for cell in extra for output in cell.outputs)
    if attack.refused:
        assert "refused:" in printed and "GOT" not in printed, printed[-3000:]
    assert not processes.descendants(engine._template.pid)
    assert os.getuid() or not sandbox.count_tasks(engine._template.user)
    assert _state(course) == before

    alone = {name: known[name] for name in ("setup", "checks", "zero_pad", "test_zero_pad")}
    assert [outcome.score for outcome in _grade(engine, course, alone, _submission(alone, {}))] == [15]


def _assert_fit_to_show(notebook, messages: list[str]) -> None:
    """No secret, nothing that a page or a terminal would run, and no more than a page can show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = json.dumps([outputs, messages], ensure_ascii=False)
    shown.encode()
    assert len(shown) < 40_000_000
    assert [secret for secret in SECRETS if secret in shown] == []
    page = without_secrets(notebook).cells  # what a feedback page is made of
    tests = json.dumps([cell for cell in page if cell.metadata.get("nbgrader", {}).get("grade")])
    assert [secret for secret in ("HIDDEN TESTS", "hidden_tests.", "visible=") if secret in tests] == []
    tests_own = [
        output.data for output in outputs if {"image/svg+xml", "text/html"} & set(output.get("data", ()))
    ]
    for data in tests_own:  # drawings and tables of the tests, with some numbers of the student's in them
        drawn = data.get("image/svg+xml", "") + data.get("text/html", "")
        assert set(re.findall(r"<(\w+)", drawn)) <= HARMLESS_TAGS
        assert not re.search(r"<[^>]*\s(on\w+|href|src)\s*=", drawn)
        assert len(drawn) < 30_000
    for output in outputs:
        if output.get("data") in tests_own:
            continue
        assert set(output.get("data", ())) <= SAFE
        for picture in (name for name in output.get("data", ()) if name.startswith("image")):
            assert re.fullmatch(r"[A-Za-z0-9+/=]+", output["data"][picture])
        texts = (output.get("text", ""), output.get("ename", ""), output.get("evalue", ""))
        for text in (*texts, *output.get("traceback", ()), output.get("data", {}).get("text/plain", "")):
            assert not CONTROL.search(COLOUR.sub("", text)), repr(text)[:500]
    for message in messages:
        assert len(message) < 300_000
        assert not CONTROL.search(message), repr(message)[:500]
