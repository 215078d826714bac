"""Guards "nothing in a submission can choose it" (docs/any-course.md, Together)."""

import pytest
from foreign_courses.compare import CONFIG, OURS
from foreign_courses.notebooks import Foreign

from nbexaminer.course.course import Course
from nbexaminer.course.doctor import checkup
from nbexaminer.course.release import release
from nbexaminer.course.solution_check import check_solutions

LAB = Foreign.parse(
    "lab",
    """
# %% solution numbers
### BEGIN SOLUTION
numbers, others = [3], [4]
def double(n):
    return 2 * n
### END SOLUTION
# %% test test_numbers 1
assert numbers == [3] and double(4) == 8
# %% test test_main 1
import sys
assert sys.modules["__main__"].others == [4]
# %% test test_wrong 1
assert double(4) == 9, "it is not nine"
""",
)


@pytest.mark.parametrize("declared", [[], ["test_main", "test_numbers"]])
def test_tests_that_their_own_solution_passes_in_one_process_only_are_named(tmp_path, declared):
    LAB.write_source(tmp_path)
    extra = f"c.IsolatedExecute.together = {declared}\n"
    (tmp_path / "nbgrader_config.py").write_text(CONFIG + OURS + extra)
    course = Course(tmp_path)
    release(course, "lab")
    found = check_solutions(course, "lab")
    assert found.only_together == (() if declared else ("test_main",))
    assert found.needlessly == (("test_numbers",) if declared else ())
    assert [name for name, _ in found.failing] == ["test_wrong"]
    told = "\n".join(finding.text for finding in checkup(course, ["lab"]))
    assert ("run together with students' code, as declared: test_main" in told) == bool(declared)
    assert "lab: run apart from students' code: test_numbers" in told
    assert "does not pass 'test_wrong'" in told
    assert "it is not nine" in found.lines[-1 if not declared else 0]
