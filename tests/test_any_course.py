"""Guards docs/any-course.md: each example is graded as it says; other assignments score as in stock."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path

import pytest
from foreign_courses.assignments import ASSIGNMENTS
from foreign_courses.compare import compare, table
from foreign_courses.notebooks import Foreign
from nbformat.v4 import new_notebook
from nbgrader.utils import determine_grade

from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.engine.program import program_of
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import RunLimits

PAGE = (Path(__file__).parents[1] / "docs" / "any-course.md").read_text(encoding="utf-8")
EXAMPLES = [
    Foreign.parse(f"example{number}", "\n" + text)
    for number, text in enumerate(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
]
TOGETHER = tuple(name for made in (*EXAMPLES, *ASSIGNMENTS.values()) for name in made.together)
# Each of these has the habits of another kind of course; all of them: python -m tests.foreign_courses
IN_THE_SUITE = ("variables", "values")
LIBRARIES = ("pandas", "scipy.linalg", "scipy.optimize", "scipy.sparse", "scipy.stats")


@pytest.fixture(scope="module")
def engine():
    engine = Engine(RunLimits(preload=LIBRARIES, together=TOGETHER))
    yield engine
    engine.close()


def _outcomes(engine, assignment, root, answers=None):
    """Grade the instructor's notebooks, with other answers in place of some of theirs."""
    assignment.write_source(root)
    folder = root / "source" / assignment.name
    for name, cells in assignment.notebooks.items():
        cells = copy.deepcopy(cells)
        known = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
        mine = instructor_cells(known)
        for cell in cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = (answers or {}).get(grade_id, cell.source)
        program = program_of(mine, folder / f"{name}.ipynb")
        outcomes = engine.grade(new_notebook(cells=cells), mine, AssignmentFiles(folder), program)
        scores = {one.grade_id: one.score for one in outcomes}
        for cell in cells:  # nbgrader reads its scores from the outputs
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in scores:
                assert determine_grade(cell)[0] == scores[grade_id], (grade_id, cell.outputs)
        yield from outcomes


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_of_the_page_passes_and_its_untouched_release_does_not(example, engine, tmp_path):
    outcomes = list(_outcomes(engine, example, tmp_path))
    assert outcomes and all(one.score == one.points for one in outcomes), [one.verdict for one in outcomes]
    solutions = [
        cell.metadata.nbgrader.grade_id
        for cells in example.notebooks.values()
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    ]
    blank = dict.fromkeys(solutions, "raise NotImplementedError()")
    assert not any(one.score for one in _outcomes(engine, example, tmp_path, blank))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_solutions_of_other_courses_pass(name, engine, tmp_path):
    failed = [one for one in _outcomes(engine, ASSIGNMENTS[name], tmp_path) if one.score != one.points]
    assert [(one.grade_id, one.verdict.text.en) for one in failed] == []


@pytest.mark.parametrize("question", ("assert 'for' not in In[-2]", "%rerun", "print(Out)"))
def test_what_students_typed_is_asked_for_in_one_process_only(question, engine, tmp_path):
    text = (
        f"\n# %% solution numbers\nnumbers = [1]\n# %% test test_typed 1\n{question}\nassert numbers == [1]"
    )
    (outcome,) = _outcomes(engine, Foreign.parse("typed", text), tmp_path)
    assert outcome.score == 0 and "history" in outcome.verdict.text.en


def test_scores_are_those_of_stock_nbgrader(tmp_path):
    found = compare(tmp_path, [replace(ASSIGNMENTS[name]) for name in IN_THE_SUITE])
    assert (found.less(), found.more()) == ([], []), table(found)
