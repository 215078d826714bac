"""How this course differs from nbgrader's defaults, and why."""

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

import nbexaminer
from nbexaminer.course.preprocessors import KeepMarkers

c = get_config()  # noqa: F821 (nbgrader provides it)
nbexaminer.configure(c)

# The exchange, the formgrader and the gradebook ask for a name.
c.CourseDirectory.course_id = "cnn"

# One cell, or one call of a test, takes a second at most; nbgrader's own limit is 30.
c.Execute.timeout = 10

# Hidden tests, reference solutions and known mistakes; the notebooks read a photograph and data from HDF5.
c.IsolatedExecute.hidden_packages = ["reference"]
c.IsolatedExecute.preload = ["h5py"]

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
