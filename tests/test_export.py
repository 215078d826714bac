"""From the gradebook into the CSV that the LMS exported, and the whole way from its archive back to it.

Guards promise 2 of docs/architecture.md, on the way back to the LMS.
"""

import csv
import logging
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from gradebook_entries import cells, changed, grade, note
from lms_archives import Pupil, canvas_files, canvas_gradebook, moodle_files, moodle_worksheet, zip_of
from nbgrader.api import Gradebook
from nbgrader.apps import ExportApp

from examples import steps
from examples.cnn_step_by_step.students import ANSWERS
from nbexaminer.cli.commands import main
from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.export import CanvasExporter
from nbexaminer.lms.rosters import CanvasRoster
from nbexaminer.lms.spreadsheet import Spreadsheet

ASSIGNMENT = "cnn-step-by-step"
RIGHT = f"{ASSIGNMENT}.ipynb"
TITLE = "CNN Step by Step (4711)"
BIN = Path(sys.executable).parent
LIMIT = 300  # seconds for a command that takes far less

PUPILS = [
    Pupil(1, "王, 小明"),
    Pupil(2, "O'Brien-Smith, Ada"),
    Pupil(3, "Doe, Jo"),
    Pupil(4, "Doe, Jo"),
    Pupil(5, "علي, فاطمة"),
]


def write(course, text, name="roster.csv"):
    path = course.root / name
    path.write_bytes(text.encode())
    return path


def export(course, lms, roster=None, *options):
    given = ["--roster", str(roster)] if roster else []
    return CliRunner().invoke(main, ["--course", str(course.root), "export", "--to", lms, *given, *options])


def result(course, lms):
    return (course.root / "report" / f"{ASSIGNMENT}-{lms}.csv").read_bytes().decode()


# ----------------------------------------------------------------------------------------- the columns


@pytest.mark.parametrize(
    "form", [{}, {"lineterminator": "\r\n", "delimiter": ";"}, {"quoting": csv.QUOTE_ALL}]
)
def test_canvas_gets_its_file_back_with_one_column_filled(course, form):
    grade(course, {"1": 100, "2": 62.254, "3": 0, "4": 7.5})
    text = canvas_gradebook(PUPILS, cells={n: "{}" for n in range(1, 6)}, **form)
    given = ["", "1.00", "", "7.50", ""]
    done = export(course, "canvas", write(course, text.format(*given)))
    assert done.exit_code == 0, done.output
    assert result(course, "canvas") == text.format("100", "62.25", "0", "7.5", "")
    assert "Left as it was, nothing handed in: فاطمة علي (5)" in done.output
    assert "Student, Test" not in done.output and "999999" not in done.output


def test_moodle_gets_its_file_back_with_one_column_filled(course):
    grade(course, {"1": 100, "u2@example.org": 62.5, "3": 12})
    text = moodle_worksheet(PUPILS, changeable={3: "No"})
    done = export(course, "moodle", write(course, text))
    assert done.exit_code == 0, done.output
    grades = cells(text)[0].index("Grade")
    assert changed(text, result(course, "moodle")) == {(1, grades): "100", (2, grades): "62.5"}
    assert result(course, "moodle").count("\r\n") == text.count("\r\n")
    assert "can't be changed in Moodle: Jo Doe (3) (12)" in done.output


def test_quotes_byte_order_marks_and_broken_lines_stay(tmp_path):
    text = '\ufeff"a";b\r\n"1 ""x""\n;";"2"\r\n\r\n3;4\n5\n"open;6'
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode())
    sheet = Spreadsheet(path)
    assert sheet.rows == [["a", "b"], ['1 "x"\n;', "2"], [""], ["3", "4"], ["5"], ['"open', "6"]]
    sheet.write(tmp_path / "same.csv")
    assert (tmp_path / "same.csv").read_bytes() == text.encode()
    sheet.fill(1, 1, "7")
    sheet.fill(3, 1, "8")
    sheet.fill(4, 1, "9")
    sheet.write(tmp_path / "new.csv")
    wanted = '\ufeff"a";b\r\n"1 ""x""\n;";"7"\r\n\r\n3;8\n5;9\n"open;6'
    assert (tmp_path / "new.csv").read_bytes().decode() == wanted


def test_a_file_that_a_spreadsheet_saved(tmp_path, course):
    path = tmp_path / "x.csv"
    path.write_bytes("Müller,ID\n".encode("latin-1"))
    with pytest.raises(SpreadsheetError, match=r"x\.csv is not UTF-8 text: take it as the LMS exports it"):
        Spreadsheet(path)
    assert export(course, "canvas", path).exit_code == 1
    path.write_bytes(b"")
    with pytest.raises(SpreadsheetError, match="is empty"):
        Spreadsheet(path)


def test_canvas_with_first_and_last_names_in_columns_of_their_own(course):
    grade(course, {"1": 50})
    text = canvas_gradebook([Pupil(1, "王")]).replace("Student,ID", "LastName,FirstName,ID")
    text = (
        text.replace("王,1,", "王,小明,1,")
        .replace("Points Possible,", "Points Possible,,")
        .replace("\n,", "\n,,")
    )
    text = text.replace('"Student, Test",', "Test,Student,")
    done = export(course, "canvas", write(course, text))
    assert done.exit_code == 0, done.output
    assert list(changed(text, result(course, "canvas")).values()) == ["50"]
    assert CanvasRoster(course.root / "roster.csv").person("1").name == "小明 王"


# ------------------------------------------------------------------------------------------------ who


def test_who_has_no_score_keeps_the_cell_and_is_named(course):
    grade(course, {"1": 50, "2": 60, "3": 70})
    note(course, "2", "There is no notebook.")  # graded once, then replaced by something that can't be
    note(course, "5", "Not JSON.")
    text = canvas_gradebook(PUPILS, cells={2: "55.00", 3: "EX", 4: "N/A"})
    done = export(course, "canvas", write(course, text))
    assert done.exit_code == 0, done.output
    column = cells(text)[0].index(TITLE)
    assert changed(text, result(course, "canvas")) == {(3, column): "50"}
    assert "Left as it was, could not be graded: Ada O'Brien-Smith (2), فاطمة علي (5)" in done.output
    assert "is excused in Canvas: Jo Doe (3) (70)" in done.output


def test_a_grade_that_waits_for_a_person_is_not_given_yet(course):
    grade(course, {"1": 50})
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("test_zero_pad", ASSIGNMENT, ASSIGNMENT, "1").needs_manual_grade = True
        gradebook.db.commit()
    done = export(course, "canvas", write(course, canvas_gradebook(PUPILS)))
    assert "waiting to be graded by hand: 小明 王 (1)" in done.output


def test_who_is_not_in_the_roster_is_told_with_the_score(course):
    grade(course, {"1": 50, "ghost": 90})
    note(course, "wraith", "Not JSON.")
    text = canvas_gradebook(PUPILS)
    done = export(course, "canvas", write(course, text))
    assert done.exit_code == 3
    assert "NOT EXPORTED, not in the roster: ghost (90)" in done.output
    assert "NOT EXPORTED, could not be graded: wraith" in done.output
    assert list(changed(text, result(course, "canvas")).values()) == ["50"]


def test_logins_serve_where_the_course_knows_students_by_them(course):
    grade(course, {"login1": 10, "S2": 20, "4": 30})
    pupils = [*PUPILS, Pupil(6, "Li, Bo")]
    text = canvas_gradebook(pupils).replace("S3,login3", "4,login3")  # another one's SIS number is her number
    done = export(course, "canvas", write(course, text))
    assert done.exit_code == 0, done.output
    assert list(changed(text, result(course, "canvas")).values()) == ["10", "20", "30"]
    assert cells(result(course, "canvas"))[6][1] == "4"


def test_one_person_under_two_names_gets_neither_score(course):
    grade(course, {"1": 10, "login1": 20, "2": 30})
    text = canvas_gradebook(PUPILS)
    done = export(course, "canvas", write(course, text))
    assert done.exit_code == 3
    assert "1 and login1 are the same student in the roster: 1 (10), login1 (20)" in done.output
    assert list(changed(text, result(course, "canvas")).values()) == ["30"]


# ------------------------------------------------------------------------------------- what is refused


def test_points_that_differ_are_not_passed_over(course):
    grade(course, {"1": 50})
    for lms, text in (
        ("canvas", canvas_gradebook(PUPILS, possible="20.00")),
        ("moodle", moodle_worksheet(PUPILS, maximum="20.00")),
    ):
        roster = write(course, text)
        refused = export(course, lms, roster)
        assert refused.exit_code == 1 and "has 20 points in the roster and 100 here" in refused.output
        assert not (course.root / "report" / f"{ASSIGNMENT}-{lms}.csv").exists()
        assert export(course, lms, roster, "--scale").exit_code == 0
        assert list(changed(text, result(course, lms)).values()) == ["10"]


def test_a_column_is_found_or_named(course):
    grade(course, {"1": 50})
    other = write(course, canvas_gradebook(PUPILS, title="Homework 3 (5)"))
    refused = export(course, "canvas", other)
    assert refused.exit_code == 1 and "Essay (4710), Homework 3 (5)" in refused.output
    for name in ("Homework 3", "Homework 3 (5)"):
        assert export(course, "canvas", other, "--column", name).exit_code == 0
        assert cells(result(course, "canvas"))[3][6] == "50"
    assert "no column for Final Score" in export(course, "canvas", other, "--column", "Final Score").output
    twice = write(course, canvas_gradebook(PUPILS).replace("Essay (4710)", "cnn-step-by-step (8)"))
    assert "more than one column" in export(course, "canvas", twice).output


def test_a_roster_is_needed_and_must_be_one(course):
    grade(course, {"1": 50})
    assert "say which file Canvas exported (--roster)" in export(course, "canvas").output
    twice = write(course, canvas_gradebook([*PUPILS, PUPILS[0]]))
    assert "has more than one row of 1" in export(course, "canvas", twice).output
    nobody = write(course, "Identifier,Grade\n")
    assert "has no students" in export(course, "moodle", nobody).output


def test_nbgraders_own_table(course):
    grade(course, {"1": 50})
    done = export(course, "csv")
    assert done.exit_code == 0
    with (course.root / "report" / f"{ASSIGNMENT}-grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["assignment"], row["student_id"], row["score"]) == (ASSIGNMENT, "1", "50.0")


# -------------------------------------------------------------------------------------- the whole way


@pytest.fixture(scope="module")
def notebooks(released):
    """A right answer, an answer to one exercise, and none, as bytes."""
    path = f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
    source = nbformat.read(released / "source" / path, as_version=4)
    answers = {steps.grade_id(c): steps.REGION.search(c.source)[2] for c in steps.solutions(source)}

    def answered(names, *changes):
        notebook = nbformat.read(released / "release" / path, as_version=4)
        for name in names:
            steps.fill(notebook, name, answers[name])
        for step in changes:
            step(notebook)
        return nbformat.writes(notebook).encode()

    vectorised = answered(answers, steps.written(ANSWERS / "right-vectorised.py"))
    return {"right": vectorised, "one": answered(["zero_pad"]), "blank": answered([])}


def run(root, *command):
    return subprocess.run(
        [BIN / command[0], *command[1:]], cwd=root, capture_output=True, text=True, timeout=LIMIT
    )


ON_TIME = "Tuesday, 3 February 2026, 9:15 AM"


def set_up(course, lms, pupils):
    """Write the LMS's archive and roster, downloaded after the due date; who is late gets nothing."""
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-02-05 12:00:00 UTC")
    files = canvas_files(pupils) if lms == "canvas" else moodle_files(pupils)
    (course.root / "submissions.zip").write_bytes(zip_of(files, (2026, 2, 20, 10, 0, 0)))
    text = canvas_gradebook(pupils) if lms == "canvas" else moodle_worksheet(pupils)
    write(course, text)
    return text


def test_from_canvas_and_back_by_the_commands_of_the_readme(course, notebooks):
    pupils = [
        Pupil(11, "王, 小明", {"作业.ipynb": notebooks["right"]}),
        Pupil(12, "O'Brien-Smith, Ada", {"hw.zip": zip_of({f"cnn/{RIGHT}": notebooks["one"]})}),
        Pupil(13, "Doe, Jo", {f"{RIGHT}.txt": notebooks["blank"]}),
        Pupil(14, "Doe, Jo", {RIGHT: notebooks["one"]}, late=True),
        Pupil(15, "علي, فاطمة", {"hw.pdf": b"%PDF"}),
        Pupil(16, "Plato"),
    ]
    text = set_up(course, "canvas", pupils)
    roster = ("--roster", "roster.csv")
    collected = run(course.root, "nbexaminer", "collect", "submissions.zip", "--from", "canvas", *roster)
    assert collected.returncode == 3 and "5 new" in collected.stdout, collected.stderr  # one has no notebook
    graded = run(course.root, "nbexaminer", "autograde", "--jobs", "1")
    assert graded.returncode == 3, graded.stderr
    exported = run(course.root, "nbexaminer", "export", "--to", "canvas", *roster)
    assert exported.returncode == 0, exported.stderr
    column = cells(text)[0].index(TITLE)
    grades = {(3, column): "100", (4, column): "15", (5, column): "0", (6, column): "0"}  # the last is late
    assert changed(text, result(course, "canvas")) == grades
    assert "could not be graded: فاطمة علي" in exported.stdout
    assert "nothing handed in: Plato (16)" in exported.stdout

    plain = ("nbgrader", "export", "--exporter=nbexaminer.lms.export.CanvasExporter", "--to", "plain.csv")
    done = run(course.root, *plain, "--CanvasExporter.roster=roster.csv")
    assert done.returncode == 0 and "Filled 4 cells" in done.stderr
    assert (course.root / "plain.csv").read_bytes().decode() == result(course, "canvas")


def test_from_moodle_and_back(course, notebooks):
    pupils = [
        Pupil(21, "علي, فاطمة", {"work.ipynb": notebooks["one"]}, submitted=ON_TIME),
        Pupil(22, "Doe, Jo", {RIGHT: notebooks["one"]}, True, submitted="Monday, 9 February 2026, 8:00 PM"),
        Pupil(23, "Plato"),
    ]
    text = set_up(course, "moodle", pupils)
    roster = ("--roster", str(course.root / "roster.csv"))
    archive = str(course.root / "submissions.zip")
    to_course = ["--course", str(course.root)]
    collected = CliRunner().invoke(main, [*to_course, "collect", archive, "--from", "moodle", *roster])
    assert collected.exit_code == 0 and "2 new" in collected.output, collected.output
    assert run(course.root, "nbexaminer", "autograde", "--jobs", "1").returncode == 0
    exported = export(course, "moodle", course.root / "roster.csv")
    assert exported.exit_code == 0, exported.output
    grades = cells(text)[0].index("Grade")
    assert changed(text, result(course, "moodle")) == {(1, grades): "15", (2, grades): "0"}
    assert "nothing handed in: Plato (u23@example.org)" in exported.output

    pages = {
        student: course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        for student in ("u21@example.org", "u22@example.org")
    }
    packed = CliRunner().invoke(main, [*to_course, "return", archive, "--to", "moodle", *roster])
    assert packed.exit_code == 0, packed.output
    with zipfile.ZipFile(course.root / "report" / f"{ASSIGNMENT}-feedback.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"فاطمة علي_21_assignsubmission_file_{ASSIGNMENT}.html": pages["u21@example.org"].read_bytes(),
            f"Jo Doe_22_assignsubmission_file_{ASSIGNMENT}.html": pages["u22@example.org"].read_bytes(),
        }


def test_feedback_for_canvas_is_named_as_the_submissions(course):
    """Canvas takes the first two numbers between underscores for the user's and the file's."""
    pupils = [
        Pupil(1, "王, 小明"),
        Pupil(2, "Eve_8"),
        Pupil(3, "2024"),
        Pupil(4, "Blank"),
        Pupil(5, "Typed", typed=True),
    ]
    for pupil in pupils:
        pupil.files = {} if pupil.typed else {"a_1.ipynb": b"{}", "b.ipynb": b"{}"}
        pupil.late = pupil.number == 1
    for student in ("1", "2", "3", "ghost"):
        page = course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        page.parent.mkdir(parents=True)
        page.write_text(student)
    archive = course.root / "submissions.zip"
    archive.write_bytes(zip_of(canvas_files(pupils)))
    roster = write(course, canvas_gradebook(pupils))
    command = [
        "--course",
        str(course.root),
        "return",
        str(archive),
        "--to",
        "canvas",
        "--roster",
        str(roster),
    ]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 3, done.output
    assert "No feedback, no page: 4\nNo feedback, only typed text was handed in: 5\n" in done.output
    assert "not in the archive: ghost" in done.output
    with zipfile.ZipFile(course.root / "report" / f"{ASSIGNMENT}-feedback.zip") as packed:
        numbers = {
            packed.read(n).decode(): [p for p in n.split("_") if p.isdigit()][:2] for n in packed.namelist()
        }
        assert numbers == {"1": ["1", "90011"], "2": ["2", "90021"], "3": ["3", "90031"]}
        assert f"王小明_LATE_1_90011_{ASSIGNMENT}.html" in packed.namelist()


def test_nbgraders_command_ends_with_the_reason_when_it_can_not_export(course, monkeypatch, caplog):
    grade(course, {"ghost": 50})
    monkeypatch.chdir(course.root)
    app = ExportApp()
    app.log = logging.getLogger("app")
    for roster, said in (
        ("", "say which file Canvas exported"),
        ("roster.csv", "not in the roster: ghost (50)"),
    ):
        write(course, canvas_gradebook(PUPILS))
        exporter = CanvasExporter(parent=app, roster=roster, log=app.log)
        with course.gradebook(ASSIGNMENT) as gradebook, pytest.raises(SystemExit):
            exporter.export(gradebook)
        assert said in caplog.text
