"""Put the grades into the CSV file that the LMS exported, so that it takes them back.

Every cell but those filled stays as it was, byte for byte. Where there is no score to give, the cell is left
alone and the student named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from nbexaminer.course.course import Course
from nbexaminer.course.ledger import Ledger
from nbexaminer.errors import ExportRefused, NoScore, SpreadsheetError
from nbexaminer.lms.archives import printable
from nbexaminer.lms.rosters import CanvasRoster, Person, Roster
from nbexaminer.lms.worksheet import IGNORE_MODIFIED, MoodleRoster

Rows = dict[str, Person | str]  # by the id in the gradebook: the row in the roster, or why there is none


@dataclass
class Outcome:
    """What became of everybody: names whose cell was filled, and others by reason.

    left: who is in the roster and got no score; refused: who has a score and no row to put it into.
    warnings: what to know before the LMS gets the file.
    """

    path: Path
    column: str
    filled: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    warnings: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what there is to tell, a line for each reason."""
        reasons = [
            f"{what}, {reason}: {', '.join(sorted(names))}"
            for what, reasons in (("Left as it was", self.left), ("NOT EXPORTED", self.refused))
            for reason, names in reasons.items()
        ]
        return reasons + [f"Careful: {warning}" for warning in self.warnings]


class LmsExporter(ExportPlugin):
    """Fills the column of one assignment in a roster. Subclasses say whose roster it is."""

    roster_class: ClassVar[type[CanvasRoster | MoodleRoster]]
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
        assignment = self._assignment(gradebook)
        if not self.roster:
            lms = self.roster_class.lms.capitalize()
            raise ExportRefused(f"say which file {lms} exported (--roster): it is filled and kept")
        try:
            roster: Roster = self.roster_class(Path(self.roster))
            column = roster.grade_column(assignment.name, self.column)
        except SpreadsheetError as error:
            raise ExportRefused(str(error)) from error
        title = roster.titles[column]
        factor = self._factor(roster, column, assignment.max_score)
        outcome = Outcome(self._path(assignment.name), title)
        outcome.warnings += self._stale(roster, outcome.path)
        problems = self._problems(assignment.name)
        students: dict[str, Student | None] = {student.id: student for student in gradebook.students}
        for student in problems.keys() - students.keys():
            students[student] = None
        rows = _match(roster, students)
        for student in students:
            try:
                score = _score(gradebook, assignment.name, student, problems.get(student))
            except NoScore as reason:
                _leave(roster, rows.get(student), student, str(reason), student in problems, outcome)
            else:
                _fill(roster, column, rows.get(student), student, score, factor, outcome)
        matched = {person.row for person in rows.values() if isinstance(person, Person)}
        for person in roster.people:
            if person.row not in matched and roster.is_student(person):
                outcome.left[_missing(roster, person)].append(_called(person, person.ids[0]))
        roster.sheet.write(outcome.path)
        return outcome

    def _assignment(self, gradebook: Gradebook) -> Assignment:
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
        default = self._root() / "report" / f"{assignment}-{self.roster_class.lms}.csv"
        return Path(self.to) if self.to else default

    def _root(self) -> Path:
        return Path(self.root or getattr(getattr(self.parent, "coursedir", None), "root", "."))

    def _factor(self, roster: Roster, column: int, ours: float) -> float:
        """Return what scores are multiplied by; raises ExportRefused if that was not asked for."""
        theirs = roster.maximum(column)
        if theirs is None or theirs == ours:
            return 1.0
        if not self.scale:
            raise ExportRefused(
                f"{roster.titles[column]} has {_written(theirs)} points in the roster and {_written(ours)} "
                f"here: set them right in {roster.lms.capitalize()} and export again, or scale the scores "
                "(--scale)"
            )
        return theirs / ours

    def _problems(self, assignment: str) -> dict[str, str]:
        """Return whose submission could not be graded, and so has no score, whatever the gradebook holds."""
        course = Course(self._root())
        entries = Ledger(course.report_file(assignment, "jsonl")).read()
        there = course.students(assignment)
        return {
            name: "could not be graded" for name, entry in entries.items() if entry.problem and name in there
        }

    def _stale(self, roster: Roster, path: Path) -> list[str]:
        """Return what to warn of if Moodle would skip grades without a word."""
        if not isinstance(roster, MoodleRoster):
            return []
        warnings = []
        if path.exists() and roster.sheet.path.stat().st_mtime < path.stat().st_mtime:
            last = f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}"
            warnings.append(
                f"{roster.sheet.path.name} is older than the last export ({last}). Moodle will not overwrite "
                f"from it what it has got since: download a fresh worksheet, or tick {IGNORE_MODIFIED!r}"
            )
        if names := roster.unreadable_to_moodle():
            warnings.append(
                "Moodle can't read its own dates in this language and will skip who has a grade already, "
                f"unless you tick {IGNORE_MODIFIED!r}: {', '.join(names)}"
            )
        return warnings


class CanvasExporter(LmsExporter):
    """`nbgrader export --exporter=nbexaminer.lms.export.CanvasExporter --CanvasExporter.roster=FILE`."""

    roster_class = CanvasRoster


class MoodleExporter(LmsExporter):
    """`nbgrader export --exporter=nbexaminer.lms.export.MoodleExporter --MoodleExporter.roster=FILE`."""

    roster_class = MoodleRoster


_NOTHING = "nothing handed in"


def _match(roster: Roster, students: Mapping[str, Student | None]) -> Rows:
    """Return each student's row, or why there is none.

    By the id that collecting gives, then by other ids. In Moodle a number alone is not enough: it is another
    participant's in each assignment, and may have been a group's. There the names must agree, too.
    """
    by_kind: list[dict[str, list[Person]]] = [defaultdict(list) for _ in range(1 + len(roster.people[0].ids))]
    for person in roster.people:
        for kind, key in enumerate((roster.student(person), *person.ids[1:], person.ids[0])):
            if key and person not in by_kind[kind][key]:
                by_kind[kind][key].append(person)
    rows: Rows = {}
    for name, student in students.items():
        number = student.lms_user_id if student is not None and roster.lms == "canvas" else None
        found = next((kind[key] for key in (number, name) if key for kind in by_kind if key in kind), [])
        if len(found) > 1:
            rows[name] = "more than one row of the roster is this student's"
        elif found:
            rows[name] = _number_alone(roster, found[0], name, student) or found[0]
    taken = defaultdict(list)
    for name, row in rows.items():
        student = students[name]
        if isinstance(row, Person) and student is not None and student.submissions:
            taken[row.row].append(name)
    for names in taken.values():
        if len(names) > 1:
            rows |= dict.fromkeys(names, f"{' and '.join(names)} are the same student in the roster")
    return rows


def _number_alone(roster: Roster, person: Person, name: str, student: Student | None) -> str | None:
    """Return why a row that was found by a participant's number may be another's, or None."""
    if roster.lms != "moodle" or name != person.ids[0] or name in person.ids[1:]:
        return None
    known = f"{student.first_name or ''} {student.last_name or ''}".strip() if student is not None else ""
    if known and not roster.name_matches(person, known):
        return f"the gradebook calls this number {known}, the roster {person.name}"
    if not known and roster.has_groups:
        return "collected without the worksheet, so that the number may be a group's"
    return None


def _fill(
    roster: Roster,
    column: int,
    row: Person | str | None,
    student: str,
    score: float,
    factor: float,
    outcome: Outcome,
) -> None:
    """Put a score into a student's row, or note why not."""
    if not isinstance(row, Person):
        outcome.refused[row or "not in the roster"].append(f"{student} ({_written(score)})")
    elif reason := roster.locked(row, column):
        outcome.left[reason].append(f"{_called(row, student)} ({_written(score)})")
    else:
        roster.sheet.fill(row.row, column, _written(score * factor))
        outcome.filled.append(student)


def _leave(
    roster: Roster, row: Person | str | None, student: str, reason: str, is_here: bool, outcome: Outcome
) -> None:
    """Note why a student gets no score; of whom there is nothing here and in the roster, nothing is said."""
    if isinstance(row, Person):
        why = _missing(roster, row) if reason == _NOTHING else reason
        outcome.left[why].append(_called(row, student))
    elif is_here:
        outcome.refused[reason].append(student)


def _missing(roster: Roster, person: Person) -> str:
    """Return why there is nothing of somebody in the roster."""
    if reason := roster.clash(person):
        return reason
    if person.draft:
        return "a draft, not submitted"
    return "handed in, but not collected or not graded yet" if person.submitted else _NOTHING


def _score(gradebook: Gradebook, assignment: str, student: str, problem: str | None) -> float:
    """Return a student's score, less what comes off for being late; raises NoScore."""
    if problem:
        raise NoScore(problem)
    try:
        submission: SubmittedAssignment = gradebook.find_submission(assignment, student)
    except MissingEntry as error:
        raise NoScore(_NOTHING) from error
    if any(notebook.needs_manual_grade for notebook in submission.notebooks):
        raise NoScore("waiting to be graded by hand")
    penalty = submission.late_submission_penalty or 0
    return max(0.0, float(submission.score) - penalty)  # as nbgrader's export


def _called(person: Person, student: str) -> str:
    return f"{printable(person.name, 40)} ({student})" if person.name else student


def _written(score: float) -> str:
    """Return a score as both LMSs read it: two decimals at most, with a point."""
    return f"{score:.2f}".rstrip("0").rstrip(".")
