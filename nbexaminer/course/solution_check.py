"""Do the instructor's own solutions pass their tests, here and in one process?

Which tests must run together with the student's code is found out by the instructor's notebook alone, when
an assignment is released: a test that its own solution passes only in one process. Nothing that a
submission does can choose that; the instructor declares it in nbgrader_config.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import nbformat

from nbexaminer.course.course import Course
from nbexaminer.course.plan import GradingPlan, grading_plan, run_limits
from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.packages import make_importable
from nbexaminer.model import CheckOutcome


@dataclass(frozen=True)
class SolutionCheck:
    """What came of an assignment's own solutions.

    apart: tests that they pass as tests run by default; declared: those that are to run together with
    students' code; only_together: tests that they pass in one process only, and that are not declared so;
    failing: tests that they don't pass in either way, each with what it says; needlessly: tests that are
    declared to run together, and pass apart as well.
    """

    apart: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    only_together: tuple[str, ...] = ()
    failing: tuple[tuple[str, str], ...] = ()
    needlessly: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What to tell the instructor, and what to do about it."""
        found = []
        if self.only_together:
            names = ", ".join(map(repr, self.only_together))
            found.append(
                f"In one process only, your own solution passes {names}. Ask for it in another way, or "
                f"declare it in nbgrader_config.py: c.IsolatedExecute.together = [{names}]. Such a test can "
                "be read and fooled by students' code, as under nbgrader alone."
            )
        found += [f"Your own solution does not pass {name!r}: {text}" for name, text in self.failing]
        if self.needlessly:
            names = ", ".join(map(repr, self.needlessly))
            found.append(
                f"{names} need not run together with students' code: your own solution passes apart."
            )
        return found


def check_solutions(course: Course, assignment: str) -> SolutionCheck:
    """Grade the instructor's own notebooks of a released assignment, both ways.

    Raises SandboxError if students' code can't be sandboxed here, MissingEntry before the release.
    """
    limits = run_limits(course)
    plan = grading_plan(course, assignment, replace(limits, together=()))
    make_importable(plan.packages)
    apart = _failing(plan, ())
    declared = [name for name in limits.together if any(name in cells for cells in plan.known.values())]
    tests = [
        name
        for cells in plan.known.values()
        for name, cell in instructor_cells(cells).items()
        if cell.role == "test"
    ]
    passing = tuple(name for name in tests if name not in apart)
    if not apart:
        return SolutionCheck(passing, tuple(declared), needlessly=tuple(declared))
    together = _failing(plan, apart)
    return SolutionCheck(
        passing,
        tuple(declared),
        only_together=tuple(name for name in apart if name not in together and name not in declared),
        failing=tuple((name, _told(outcome)) for name, outcome in together.items()),
        needlessly=tuple(name for name in declared if name not in apart),
    )


def _failing(plan: GradingPlan, together: Collection[str]) -> dict[str, CheckOutcome]:
    """Return the outcomes of tests that don't give the solutions their points."""
    found: dict[str, CheckOutcome] = {}
    engine = Engine(replace(plan.limits, together=tuple(together)))
    try:
        for name, known in plan.known.items():
            path = plan.files / f"{name}.ipynb" if plan.files else None
            if path and path.is_file():
                nb = nbformat.read(path, as_version=4)
                files = AssignmentFiles(path.parent)
                outcomes = engine.grade(nb, instructor_cells(known), files, plan.programs.get(name))
                found |= {one.grade_id: one for one in outcomes if not one.verdict.credit >= 1}
    finally:
        engine.close()
    return found


def _told(outcome: CheckOutcome) -> str:
    return (outcome.verdict.text.en or str(outcome.verdict.reason)).partition("\n")[0]
