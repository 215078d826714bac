"""An assignment to begin with: it lints, releases and grades as it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nbexaminer.course.course import Course
from nbexaminer.course.plan import run_limits
from nbexaminer.course.preprocessors import solution_markers
from nbexaminer.errors import CourseError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_ .][A-Za-z0-9]+)*")

_HEAD = """# {name}

Fill in the functions below, and run the cell after each: it checks your answer.
请补全下面的函数，再运行其后的检查。"""

_MEAN = """## 1 - The mean

Return the mean of a list of numbers. 返回一组数的平均值。"""

_MEAN_ANSWER = '''def mean(numbers):
    """Return the mean of a list of numbers."""
    ### {begin} ### (1 line)
    result = sum(numbers) / len(numbers)
    ### {end} ###
    return result'''

_MEAN_TEST = """assert mean([1, 2, 3]) == 2, "the mean of 1, 2, 3 is 2"
### BEGIN HIDDEN TESTS
assert mean([5]) == 5, "the mean of one number is that number"
assert mean([0.5, 1.5, -5]) == -1, "numbers may be fractions, or negative"
### END HIDDEN TESTS"""

_SCALE = """## 2 - Scaling

Return an array divided by its largest absolute value. 返回除以最大绝对值后的数组。"""

_SCALE_ANSWER = '''def scale(x):
    """Return x, an array of any shape, divided by its largest absolute value."""
    ### {begin} ### (1 line)
    result = x / np.max(np.abs(x))
    ### {end} ###
    return result'''

_SCALE_TEST = """print(scale(np.array([1.0, -4.0, 2.0])))
### BEGIN HIDDEN TESTS
from {module} import hidden_tests

hidden_tests.scale(scale, points=3)()
### END HIDDEN TESTS"""

_HIDDEN_TESTS = '''"""The hidden tests of {name}: what exercises are tried on, and known mistakes."""

import numpy as np

from nbexaminer.checks import Case, Exercise, Mistake, Text


def _scale(x):
    return x / np.max(np.abs(x))


def _by_the_largest(x):
    return x / np.max(x)


def _by_the_sum(x):
    return x / np.sum(np.abs(x))


scale = Exercise(
    "scale",
    _scale,
    cases=(
        Case("the notebook's example", (np.array([1.0, -4.0, 2.0]),)),
        Case("two rows", (np.array([[0.5, 3.0, -1.0], [2.0, -0.25, 1.5]]),)),
        Case("negative numbers alone", (np.array([-2.0, -0.5]),)),
    ),
    mistakes=(
        Mistake(
            "largest-not-absolute",
            _by_the_largest,
            Text(
                "it divides by the largest value; take absolute values first.",
                "除以的是最大值，应先取绝对值。",
            ),
            credit=0.5,
        ),
        Mistake(
            "divided-by-sum",
            _by_the_sum,
            Text("it divides by the sum; the largest is wanted.", "除以的是总和，应当除以最大的那一个。"),
        ),
    ),
)

EXERCISES = (scale,)
'''


def write(course: Course, name: str) -> list[Path]:
    """Write an assignment's notebook and hidden tests; return the files.

    Raises CourseError if the name can't be one, or if there is such an assignment.
    """
    if not _NAME.fullmatch(name):
        raise CourseError(
            f"{name!r} can't be an assignment's name: letters, digits, and single dashes between them."
        )
    folder = course.folder("source", name)
    if folder.exists():
        raise CourseError(f"there is an assignment {name} already, in {folder}.")
    hidden = run_limits(course).hidden_packages
    package = hidden[0] if hidden else "hidden_tests"
    module = f"{package}.{re.sub(r'[^A-Za-z0-9]', '_', name)}"
    place = course.root.joinpath(*module.split("."))
    files = {
        course.root / package / "__init__.py": "",
        place / "__init__.py": f'"""{name}: what students do not see."""\n',
        place / "hidden_tests.py": _HIDDEN_TESTS.format(name=name),
    }
    made = [path for path in files if not path.exists()]
    path = folder / f"{name}.ipynb"
    try:
        for file in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(files[file], encoding="utf-8")
        folder.mkdir(parents=True)
        nbformat.write(_notebook(name, module, *solution_markers(course.config)[0]), path)
    except OSError:  # half an assignment would be in the way of the next try
        shutil.rmtree(folder, ignore_errors=True)
        for file in made:
            file.unlink(missing_ok=True)
        raise
    return [path, *made]


def _notebook(name: str, module: str, begin: str, end: str) -> NotebookNode:
    answer: dict[str, Any] = {"solution": True}
    markers = {"begin": begin, "end": end}
    notebook: NotebookNode = new_notebook(
        cells=[
            new_markdown_cell(_HEAD.format(name=name), id="title"),
            _cell("setup", "import numpy as np", locked=True),
            new_markdown_cell(_MEAN, id="about-mean"),
            _cell("mean", _MEAN_ANSWER.format(**markers), **answer),
            _cell("test_mean", _MEAN_TEST, grade=True, locked=True, points=2),
            new_markdown_cell(_SCALE, id="about-scale"),
            _cell("scale", _SCALE_ANSWER.format(**markers), **answer),
            _cell("test_scale", _SCALE_TEST.format(module=module), grade=True, locked=True, points=3),
        ]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def _cell(name: str, source: str, **marks: Any) -> NotebookNode:
    roles = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    metadata = {"nbgrader": roles | {"grade_id": name} | marks}
    cell: NotebookNode = new_code_cell(source, id=name.replace("_", "-"), metadata=metadata)
    return cell
