"""Grades nbgrader's notebooks: students' code apart from the tests, one submission apart from the other.

A course's nbgrader_config.py needs two lines:

    import nbexaminer
    nbexaminer.configure(get_config())
"""

from __future__ import annotations

import os
import sys
from typing import Any

# jsonschema, which nbformat needs, would take a second at each start to build grammars of web addresses.
# None of the notebooks' schemas asks for them; jsonschema then leaves that check out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def configure(c: Any) -> None:
    """Let nbgrader grade a course by this package; c: the configuration that get_config() returns.

    Steps that the course has put into nbgrader's lists before stay where they are. The traits of
    IsolatedExecute set the limits, and say which packages hold hidden tests.
    """
    import shutil  # imported here: who only asks for the version need not wait
    from importlib.resources import files

    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import DeduplicateIds, Execute

    from nbexaminer.course.preprocessors import IsolatedExecute, RestoreCells

    # nbgrader calls alembic by its bare name to make a gradebook, also where no environment is activated.
    if not shutil.which("alembic"):
        os.environ["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))

    # A mangled submission is put right first, and none stops the others. It comes before all else, since
    # every other step trusts the cells and their metadata.
    before = _steps(c.Autograde, Autograde, "sanitize_preprocessors")
    c.Autograde.sanitize_preprocessors = [
        RestoreCells,
        *(step for step in before if step not in (DeduplicateIds, RestoreCells)),
    ]

    # Students' code and the tests run in processes of their own; see docs/security.md.
    after = _steps(c.Autograde, Autograde, "autograde_preprocessors")
    c.Autograde.autograde_preprocessors = [IsolatedExecute if step is Execute else step for step in after]

    # A feedback page keeps the hidden tests hidden, and is sent alone, without the folder of its figures.
    c.GenerateFeedback.exporter_class = "nbexaminer.pages.feedback.FeedbackExporter"

    # The formgrader shows equations as MathML, where it would load MathJax from another machine, and of a
    # student's Markdown only what can do no harm.
    c.HTMLExporter.filters = {"markdown2html": "nbexaminer.pages.formgrader.markdown2html"}
    c.HTMLExporter.extra_template_basedirs = [
        str(files("nbexaminer") / "pages" / "jupyter" / "templates"),
        str(files("nbgrader") / "server_extensions" / "formgrader" / "templates"),
    ]


def _steps(section: Any, app: Any, trait: str) -> list[Any]:
    """Return the steps that a course has set, or nbgrader's own."""
    return list(section[trait] if trait in section else getattr(app, trait).default())
