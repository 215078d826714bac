"""How this course differs from nbgrader's defaults, and why."""

import os
import shutil
import sys
from importlib.resources import files

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, DeduplicateIds, Execute

from nbexaminer.course.preprocessors import ExecuteApart, KeepMarkers, RestoreCells
from nbexaminer.pages.feedback import FeedbackExporter

c = get_config()  # noqa: F821 (nbgrader provides it)

# nbgrader calls alembic by its bare name to make a gradebook, also when .venv/ is not activated.
if not shutil.which("alembic"):
    os.environ["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))

# The exchange, the formgrader and the gradebook ask for a name.
c.CourseDirectory.course_id = "cnn"

# `nbexaminer lab` puts a student's copy into work/: that is what the exchange lists and hands in.
c.Exchange.assignment_dir = "work" if os.path.isdir("work") else "."

# The markers of the exercise, known to its readers, mark what the release leaves out. They stay in it,
# with the hint of how many lines they hold; the stub between them says kindly what to do.
c.ClearSolutions.begin_solution_delimeter = "START CODE HERE"
c.ClearSolutions.end_solution_delimeter = "END CODE HERE"
c.ClearSolutions.code_stub = {
    "python": "# Replace the next line with your code. 请把下一行换成你的代码。\n"
    'raise NotImplementedError("not answered yet")'
}
c.GenerateAssignment.preprocessors = [
    KeepMarkers if step is ClearSolutions else step for step in GenerateAssignment.preprocessors.default()
]

# A mangled submission is put right first, and none stops the others. It comes before all else, since
# every other step trusts the cells and their metadata.
c.Autograde.sanitize_preprocessors = [
    RestoreCells,
    *(step for step in Autograde.sanitize_preprocessors.default() if step is not DeduplicateIds),
]

# Students' code and the tests run in processes of their own; see docs/security.md.
c.Autograde.autograde_preprocessors = [
    ExecuteApart if step is Execute else step for step in Autograde.autograde_preprocessors.default()
]

# A feedback page keeps the hidden tests hidden, and is sent alone, without the folder of its figures.
c.GenerateFeedback.exporter_class = FeedbackExporter

# The formgrader shows equations as MathML, where it would load MathJax from another machine, and of a
# student's Markdown only what can do no harm.
c.HTMLExporter.filters = {"markdown2html": "nbexaminer.pages.formgrader.markdown2html"}
c.HTMLExporter.extra_template_basedirs = [
    str(files("nbexaminer.pages") / "jupyter" / "templates"),
    str(files("nbgrader") / "server_extensions" / "formgrader" / "templates"),
]
