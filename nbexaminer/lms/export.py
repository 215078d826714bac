"""Put the grades into the CSV file that the LMS exported, so that it takes them back.

Every cell but those filled stays as it was, byte for byte. Where there is no score to give, the cell is left
alone and the student named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from nbexaminer.course.ledger import Ledger
from nbexaminer.errors import ExportRefused, NoScore, SpreadsheetError
from nbexaminer.lms.names import LMS
from nbexaminer.lms.rosters import Person, Roster


@dataclass
class Outcome:
    """What became of everybody: names whose cell was filled, and others by reason.

    left: who is in the roster and got no score; refused: who has a score and no row to put it into.
    """

    path: Path
    column: str
    filled: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def lines(self) -> list[str]:
        """Return what there is to tell, a line for each reason."""
        return [
            f"{what}, {reason}: {', '.join(sorted(names))}"
            for what, reasons in (("Left as it was", self.left), ("NOT EXPORTED", self.refused))
            for reason, names in reasons.items()
        ]


class LmsExporter(ExportPlugin):
    """Fills the column of one assignment in a roster. Subclasses say whose roster it is."""

    lms = ""
    roster = Unicode("", help="the CSV file that the LMS exported").tag(config=True)
    column = Unicode("", help="the title of the column to fill; by default that of the assignment").tag(
        config=True
    )
    scale = Bool(False, help="scale scores to the points that the LMS gives at most").tag(config=True)
    root = Unicode("", help="the course folder; by default that of the app").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """What `nbgrader export` calls: fill the roster, and log what became of whom."""
        try:
            outcome = self.fill(gradebook)
        except ExportRefused as error:
            self.parent.fail(str(error))
        self.log.info("Filled %d cells of %s", len(outcome.filled), outcome.path)
        for line in outcome.lines():
            self.log.warning(line)
        if outcome.refused:
            self.parent.fail("not all scores were exported")

    def fill(self, gradebook: Gradebook) -> Outcome:
        """Write the filled roster to `to`; raises ExportRefused, and has then written nothing."""
        try:
            return self._filled(gradebook)
        except SpreadsheetError as error:
            raise ExportRefused(str(error)) from error

    def _filled(self, gradebook: Gradebook) -> Outcome:
        assignment = self._assignment(gradebook)
        if not self.roster:
            raise ExportRefused(
                f"say which file {self.lms.capitalize()} exported (--roster): it is filled and kept"
            )
        roster = LMS[self.lms].roster(Path(self.roster))
        column = roster.column(assignment.name, self.column)
        factor = self._factor(roster.points(column), assignment.max_score, roster.head[column])
        outcome = Outcome(self._path(assignment.name), roster.head[column])
        problems = self._problems(assignment.name)
        known = {student.id: student for student in gradebook.students}
        for name in problems.keys() - known.keys():
            known[name] = None
        rows = self._rows(roster, known)
        for student in known:
            row = rows.get(student)
            try:
                score = self._score(gradebook, assignment.name, student, problems.get(student))
            except NoScore as reason:
                if isinstance(row, Person):
                    outcome.left[str(reason)].append(_called(row, student))
                elif student in problems:
                    outcome.refused[str(reason)].append(student)
                continue
            said = f"{student} ({_written(score)})"
            if not isinstance(row, Person):
                outcome.refused[row or "not in the roster"].append(said)
            elif reason := roster.closed(row, column):
                outcome.left[reason].append(f"{_called(row, student)} ({_written(score)})")
            else:
                roster.sheet.fill(row.row, column, _written(score * factor))
                outcome.filled.append(student)
        met = {person.row for person in rows.values() if isinstance(person, Person)}
        for person in roster.people:
            if person.row not in met and roster.is_student(person):
                outcome.left["nothing handed in"].append(_called(person, person.ids[0]))
        roster.sheet.write(outcome.path)
        return outcome

    def _assignment(self, gradebook: Gradebook):
        names = [str(name) for name in self.assignment] or [one.name for one in gradebook.assignments]
        if len(names) != 1:
            raise ExportRefused(
                f"say which assignment, one of: {', '.join(names) or 'none is in the gradebook'}"
            )
        try:
            return gradebook.find_assignment(names[0])
        except MissingEntry as error:
            raise ExportRefused(f"the gradebook has no assignment {names[0]}") from error

    def _path(self, assignment: str) -> Path:
        return Path(self.to) if self.to else self._root() / "report" / f"{assignment}-{self.lms}.csv"

    def _root(self) -> Path:
        return Path(self.root or getattr(getattr(self.parent, "coursedir", None), "root", "."))

    def _factor(self, theirs: float | None, ours: float, title: str) -> float:
        if theirs is None or theirs == ours:
            return 1.0
        if not self.scale:
            raise ExportRefused(
                f"{title} has {_written(theirs)} points in the roster and {_written(ours)} here: "
                f"set them right in {self.lms.capitalize()} and export again, or scale the scores (--scale)"
            )
        return theirs / ours

    def _problems(self, assignment: str) -> dict[str, str]:
        """Return whose submission could not be graded, and so has no score, whatever the gradebook holds."""
        root = self._root()
        notes = Ledger(root / "report" / f"{assignment}.jsonl").read()
        return {
            name: "could not be graded"
            for name, done in notes.items()
            if done.problem and (root / "submitted" / name / assignment).is_dir()
        }

    def _rows(self, roster: Roster, students: dict) -> dict[str, Person | str]:
        """Return each student's row, or why there is none: by the LMS's number first, then by other ids."""
        width = max(len(person.ids) for person in roster.people)
        by_kind = [defaultdict(list) for _ in range(width)]
        for person in roster.people:
            for kind, name in enumerate(person.ids):
                if name:
                    by_kind[kind][name].append(person)
        rows: dict[str, Person | str] = {}
        for name, student in students.items():
            keys = [name] if student is None else [student.lms_user_id or "", name]
            found = next((kind[key] for key in keys for kind in by_kind if key in kind), [])
            if len(found) == 1:
                rows[name] = found[0]
            elif found:
                rows[name] = "more than one row of the roster is this student's"
        taken = defaultdict(list)
        for name, person in rows.items():
            if isinstance(person, Person) and _handed_in(students[name]):
                taken[person.row].append(name)
        for names in taken.values():
            if len(names) > 1:
                rows |= dict.fromkeys(names, f"{' and '.join(names)} are the same student in the roster")
        return rows

    def _score(self, gradebook: Gradebook, assignment: str, student: str, problem: str | None) -> float:
        """Return a student's score, less what comes off for being late; raises NoScore."""
        if problem:
            raise NoScore(problem)
        try:
            submission: SubmittedAssignment = gradebook.find_submission(assignment, student)
        except MissingEntry as error:
            raise NoScore("nothing handed in") from error
        if any(notebook.needs_manual_grade for notebook in submission.notebooks):
            raise NoScore("waiting to be graded by hand")
        return max(0.0, submission.score - (submission.late_submission_penalty or 0))  # as nbgrader's export


class CanvasExporter(LmsExporter):
    """`nbgrader export --exporter=nbexaminer.lms.export.CanvasExporter --CanvasExporter.roster=FILE`."""

    lms = "canvas"


class MoodleExporter(LmsExporter):
    """`nbgrader export --exporter=nbexaminer.lms.export.MoodleExporter --MoodleExporter.roster=FILE`."""

    lms = "moodle"


def _handed_in(student) -> bool:
    return student is not None and bool(student.submissions)


def _called(person: Person, student: str) -> str:
    return f"{person.name} ({student})" if person.name else student


def _written(score: float) -> str:
    """Return a score as both LMSs read it: two decimals at most, with a point."""
    return f"{score:.2f}".rstrip("0").rstrip(".")
