"""Make a sample class: write one notebook a student into submitted/, made from the released one.

A student starts with the answers of the source notebook; a few steps then change what makes this
student different. scores.csv says what each must get.

    python -m examples.sample_class          fills submitted/ of this course
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

ASSIGNMENT = "cnn-step-by-step"
ANSWERS = Path(__file__).parent / "answers"
REGION = re.compile(r"(### START CODE HERE ###[^\n]*\n)(.*?)([ ]*### END CODE HERE ###)", re.DOTALL)

Step = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Student:
    """What one student hands in.

    name: a label that says what is particular about the work.
    steps: changes to the notebook, in order.
    answered: the exercises that are answered at all, as in the source; None for all.
    spoil: what happens to the notebook's file in the end.
    """

    name: str
    steps: tuple[Step, ...] = ()
    answered: tuple[str, ...] | None = None
    spoil: Callable[[Path], object] | None = None


def write(course: Path, assignment: str = ASSIGNMENT) -> list[str]:
    """Write the class into the course's submitted/ folder; return the students' names."""
    file = f"{assignment}.ipynb"
    release = nbformat.read(course / "release" / assignment / file, as_version=4)
    source = nbformat.read(course / "source" / assignment / file, as_version=4)
    answers = {grade_id(cell): REGION.search(cell.source)[2] for cell in solutions(source)}
    for student in CLASS:
        notebook = deepcopy(release)
        for name in answers if student.answered is None else student.answered:
            fill(notebook, name, answers[name])
        for step in student.steps:
            step(notebook)
        path = course / "submitted" / student.name / assignment / file
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        if student.spoil:
            student.spoil(path)
    return [student.name for student in CLASS]


# ------------------------------------------------------------------------------------------ cells


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def solutions(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


def index(notebook: NotebookNode, name: str) -> int:
    return [grade_id(cell) for cell in notebook.cells].index(name)


def fill(notebook: NotebookNode, name: str, body: str) -> None:
    """Put code between the markers of an exercise."""
    cell = notebook.cells[index(notebook, name)]
    cell.source = REGION.sub(lambda region: region[1] + body + region[3], cell.source)


# ---------------------------------------------------------------- steps that change what is answered


def edit(pattern: str, by: str, *names: str) -> Step:
    """Replace a pattern between the markers, in the named exercises or in all."""

    def step(notebook: NotebookNode) -> None:
        for cell in list(solutions(notebook)):
            if not names or grade_id(cell) in names:
                body, count = re.subn(pattern, by, REGION.search(cell.source)[2], flags=re.MULTILINE)
                if names and not count:
                    raise ValueError(f"{grade_id(cell)} holds no {pattern!r}")
                fill(notebook, grade_id(cell), body)

    return step


def begin_with(line: str, *names: str) -> Step:
    """Put a line first in the named answers, or in all."""
    return edit(r"\A", f"    {line}\n", *names)


def written(file: str) -> Step:
    """Take over the functions in answers/FILE.

    A function's body goes between the markers, less the lines that follow them anyway. Where its
    first line differs, it replaces the cell. The rest of the file is a cell of the student's own.
    """
    text = (ANSWERS / file).read_text(encoding="utf-8")

    def step(notebook: NotebookNode) -> None:
        own = []
        for code in text.split("\n\n\n"):
            head, _, body = code.rstrip().partition("\n")
            cell = next((cell for cell in solutions(notebook) if f"def {grade_id(cell)}(" in head), None)
            if cell is None:
                own.append(code.rstrip())
            elif cell.source.startswith(head):
                after = REGION.split(cell.source)[-1]
                fill(notebook, grade_id(cell), body.removesuffix(after).rstrip("\n") + "\n")
            else:
                cell.source = code.rstrip()
        notebook.cells.insert(index(notebook, "zero_pad"), new_code_cell("\n\n\n".join(own), id="my-own"))

    return step


def none_everywhere(notebook: NotebookNode) -> None:
    for cell in list(solutions(notebook)):
        results = cell.source.rpartition("return ")[2]
        fill(notebook, grade_id(cell), f"    {results.replace(', ', ' = ')} = None\n")


# -------------------------------------------------------------------- steps that change the notebook


def delete(name: str) -> Step:
    return lambda notebook: notebook.cells.pop(index(notebook, name))


def insert_before(name: str, cell: NotebookNode) -> Step:
    return lambda notebook: notebook.cells.insert(index(notebook, name), deepcopy(cell))


def duplicate(name: str, old: str = "", new: str = "") -> Step:
    """Leave an earlier attempt, a copy with the same grade_id, before a cell."""

    def step(notebook: NotebookNode) -> None:
        original = notebook.cells[index(notebook, name)]
        copy = deepcopy(original) | {"id": f"{original.id}-copy", "source": original.source.replace(old, new)}
        notebook.cells.insert(index(notebook, name), nbformat.from_dict(copy))

    return step


def passing_test(name: str) -> Step:
    """Replace a test by one that always passes, and ask ten times the points for it."""

    def step(notebook: NotebookNode) -> None:
        cell = notebook.cells[index(notebook, name)]
        cell.source = "float(300)"
        cell.metadata.nbgrader.points *= 10

    return step


def sections_reversed(notebook: NotebookNode) -> None:
    """The last exercise first, each with all that follows it up to the next one."""
    starts = [index(notebook, grade_id(cell)) for cell in solutions(notebook)]
    sections = [notebook.cells[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    notebook.cells[starts[0] :] = [cell for section in reversed(sections) for cell in section]


def another_notebook(notebook: NotebookNode) -> None:
    notebook.cells = [
        new_markdown_cell("# Week 1", id="title"),
        new_code_cell('print("Hello, world")', id="hello"),
    ]


# ----------------------------------------------------------------------------- what befalls the file


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def not_handed_in(path: Path) -> None:
    path.with_name("note.txt").write_text("I shall hand it in next week.\n")
    path.unlink()


# ------------------------------------------------------------------------------------------ the class

STRIDE_IGNORED = edit(r"\b([hw]) \* stride", r"\1")
BIAS_PER_ELEMENT = edit(r" {4}s = .*\n.*\n", "    Z = np.sum(a_slice_prev * W + b)\n", "conv_single_step")
PAD_ZERO_SLICE = edit(r"pad : pad \+ n_[HW]_prev", "pad:-pad", "conv_backward")
READ_AT_THE_CORNER = edit(r"dA\[i, h, w, c\]", "dA[i, vert_start, horiz_start, c]", "pool_backward")
PRINTS_IN_LOOPS = edit(r"^( *)(for w in .*)", r"\1\2\n\1    print(h, w)")
WARNS = 'warnings.warn("slow"); print("slow", file=__import__("sys").stderr)'
NOTES = (
    new_markdown_cell("My notes: the channels stay as they are.", id="my-notes"),
    new_code_cell("1 / 0", id="my-error"),
    new_code_cell("hparameters = {}\nzero_pad(np.ones((1, 2, 2, 1)), 1)[0, :, :, 0]", id="my-trial"),
)

CLASS = (
    Student("right"),
    Student("right-vectorised", (written("right-vectorised.py"),)),
    Student("right-while-loops", (written("right-while-loops.py"),)),
    Student("right-renamed-parameters", (written("right-renamed-parameters.py"),)),
    # wrong in one place
    Student("array-not-scalar", (edit(r"b\.item\(\)", "b", "conv_single_step"),)),
    Student("bias-per-element", (BIAS_PER_ELEMENT,)),
    Student("divided-by-sum", (edit(r"n_H \* n_W", "n_H + n_W", "distribute_value"),)),
    Student("float-of-bias", (edit(r"b\.item\(\)", "float(b)", "conv_single_step"),)),
    Student("helpers-wrong", (edit('"constant"', '"edge"', "zero_pad"),)),
    Student("mask-is-maximum", (edit(r"x == np\.max\(x\)", "np.max(x)", "create_mask_from_window"),)),
    Student("old-edition", (BIAS_PER_ELEMENT, PAD_ZERO_SLICE, READ_AT_THE_CORNER)),
    Student("pad-zero-slice", (PAD_ZERO_SLICE,)),
    Student("stride-ignored", (STRIDE_IGNORED,)),
    Student("two-strides-for-two-pads", (edit(r"2 \* pad", "2 * stride", "conv_forward"),)),
    Student("unpadding-forgotten", (edit(r"(dA_prev_pad)\[:, pad .*\]", r"\1", "conv_backward"),)),
    Student("width-from-height", (edit("n_W_prev ([-+])", r"n_H_prev \1", "conv_forward", "pool_forward"),)),
    # unfinished or not running
    Student("blank", answered=()),
    Student(
        "half-done",
        (edit(r"int\(.*", "None", "conv_forward"),),
        answered=("zero_pad", "conv_single_step", "conv_forward"),
    ),
    Student("infinite-loop", (written("infinite-loop.py"),)),
    Student("name-error", (edit(r"\(n_H_prev", "(n_height", "conv_forward", "pool_forward"),)),
    Student("none-everywhere", (none_everywhere,)),
    Student("syntax-error", (edit(r"range\(m\):", "range(m)", "pool_forward"),)),
    # noisy
    Student("prints-everywhere", (PRINTS_IN_LOOPS, begin_with("print(locals())", "zero_pad"))),
    Student("warnings", (begin_with(WARNS, "zero_pad", "conv_forward", "pool_forward"),)),
    # notebooks taken apart
    Student("deleted-solution-cell", (delete("conv_forward"),)),
    Student("deleted-test-cell", (delete("test_conv_forward"),)),
    Student("duplicated-cell", (duplicate("zero_pad", "np.pad", "np.padded"), duplicate("test_zero_pad"))),
    Student("edited-test-cell", (STRIDE_IGNORED, passing_test("test_pool_forward"))),
    Student("extra-cells", tuple(insert_before("conv_forward", note) for note in NOTES)),
    Student("other-order", (sections_reversed,)),
    # nothing to grade
    Student("no-notebook", spoil=not_handed_in),
    Student("not-json", spoil=cut_short),
    Student("other-notebook", (another_notebook,)),
    Student("wrong-file-name", spoil=lambda path: path.rename(path.with_name("Untitled.ipynb"))),
)

if __name__ == "__main__":
    course = Path(__file__).parent.parent
    print(f"Wrote {len(write(course))} students' work into {course / 'submitted'}.")
