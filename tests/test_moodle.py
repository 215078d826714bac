"""The way from Moodle and back on what a Moodle 4.5.6 gave (tests/data/), and Canvas's groups by its sources.

Guards what docs/lms.md promises: what is not understood is refused, and nobody gets another's grade.
"""

import csv
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from gradebook_entries import cells, changed, grade
from lms_archives import Pupil, canvas_files, canvas_gradebook, canvas_groups, moodle_files, zip_of

from examples import lms_archive
from nbexaminer.cli.commands import main
from nbexaminer.course import queries
from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.dates import parse_date
from nbexaminer.lms.worksheet import MoodleRoster

DATA = Path(__file__).parent / "data" / "moodle-4.5"
ASSIGNMENT = "cnn-step-by-step"
RIGHT = f"{ASSIGNMENT}.ipynb"
GROUPS = {  # of the worksheet in teams/, but for the default group
    "Group 1 Ü": {"2026001", "omar@example.org"},
    "Group 2": {"2026002", "wei2@example.org"},
    "第三组": {"00042", "ana+cnn@example.org"},
}


def command(course, *arguments):
    return CliRunner().invoke(main, ["--course", str(course.root), *map(str, arguments)])


def collect(course, folder, *options, worksheet="worksheet.csv", archive="submissions.zip"):
    roster = ("--roster", DATA / folder / worksheet) if worksheet else ()
    return command(course, "collect", DATA / folder / archive, *roster, *options)


def export(course, roster, *options):
    return command(course, "export", "--to", "moodle", "--roster", roster, *options)


def exported(course):
    return (course.root / "report" / f"{ASSIGNMENT}-moodle.csv").read_text(encoding="utf-8")


def text_of(path):
    return path.read_bytes().decode()


def students(course):
    return set(course.students(ASSIGNMENT))


def row_of(text, name):
    return next(number for number, row in enumerate(cells(text)) if name in row)


def edited(course, path, old, new):
    """Write a copy of a worksheet with one text changed."""
    text = text_of(path)
    assert old in text
    copy = course.root / "worksheet.csv"
    copy.write_bytes(text.replace(old, new).encode())
    return copy


def write_pages(course, *ids):
    for student in ids:
        page = course.root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        page.parent.mkdir(parents=True)
        page.write_text(student)


def packed(course):
    with zipfile.ZipFile(course.root / "report" / f"{ASSIGNMENT}-feedback.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


# -------------------------------------------------------------- what Moodle's settings make of the files


def table(rows, delimiter=","):
    """Return the text of a worksheet in which Moodle quotes what it must."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def rows_of(*columns):
    """Return the worksheet of individual/ with these of its columns; `(title, cell)` is a new one."""
    titles, *old = cells(text_of(DATA / "individual" / "worksheet.csv"))
    wanted = [column if isinstance(column, tuple) else (column, None) for column in columns]
    body = [
        [row[titles.index(title)] if cell is None else cell for title, cell in wanted] for row in old if row
    ]
    return [[title for title, _ in wanted], *body]


IDENTITY = ("Identifier", "Full name", "Email address", "ID number")
BEHIND = ("Grade", "Maximum grade", "Grade can be changed")
BEHIND += ("Last modified (submission)", "Last modified (grade)", "Feedback comments")
SETTINGS = {
    "anonymous": rows_of("Identifier", "Status", *BEHIND),
    "anonymous, with markers": rows_of("Identifier", "Status", ("Marker", "Ada Marker"), *BEHIND),
    "anonymous, for who may see names": rows_of(*IDENTITY, "Status", *BEHIND),
    "workflow and markers": rows_of(
        *IDENTITY,
        "Status",
        ("Marker", "Ada Marker"),
        *BEHIND[:2],
        ("Marking workflow state", "Not marked"),
        *BEHIND[2:],
    ),
    "no identity": rows_of("Identifier", "Full name", "Status", *BEHIND),
    "a number of the university's": rows_of(
        *IDENTITY[:3], ("Phone", "+49 30 1"), ("Department", "Physics"), "Status", *BEHIND
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_settings_of_moodle_and_of_a_spreadsheet(course, setting):
    """Whoever hands in gets their score, whatever the worksheet shows of them."""
    anonymous = setting.startswith("anonymous")
    with zipfile.ZipFile(DATA / "individual" / "submissions.zip") as given:
        files = {name: given.read(name) for name in given.namelist()}
    if anonymous:
        files = {"Participant" + name[name.index("_") :]: content for name, content in files.items()}
    archive, roster = course.root / "all.zip", course.root / "sheet.csv"
    archive.write_bytes(zip_of(files))
    text = table(SETTINGS[setting], ";")
    roster.write_bytes(("\ufeff" + text).encode())  # as Excel saves it in many countries
    collected = command(course, "collect", archive, "--roster", roster)
    assert "the archive calls" not in collected.output, collected.output
    assert len(students(course)) == len(students_of(SETTINGS[setting])), collected.output
    grade(course, dict.fromkeys(students(course), 50))
    done = export(course, roster)
    count = len(students(course)) - 1  # the grade of one can't be changed
    assert f"Filled {count} cells" in done.output and "can't be changed" in done.output, done.output
    filled = exported(course)
    assert filled.startswith("\ufeff") and filled.count(";50;") == count
    write_pages(course, *students(course))
    assert command(course, "return", archive, "--roster", roster).exit_code == 0
    assert len(packed(course)) == len(students(course))


def students_of(sheet):
    """Return the rows of who handed in more than typed text, and no draft."""
    return [row for row in sheet[1:] if any(cell.startswith("Submitted") for cell in row)]


def test_a_group_that_older_editions_put_before_the_name(course, released):
    notebook = (released / "release" / ASSIGNMENT / RIGHT).read_bytes()
    names = ("Tutorial 1-小明 王_15", "Tutorial 1-Tess Textonly_6", "Tutorial 1-Somebody Else_10")
    archive = course.root / "group.zip"
    archive.write_bytes(zip_of({f"{name}_assignsubmission_file/x.ipynb": notebook for name in names}))
    done = command(course, "collect", archive, "--roster", DATA / "individual" / "worksheet.csv")
    assert students(course) == {"2026001", "text@example.org"}
    assert "calls this number Tutorial 1-Somebody Else, the roster does not" in done.output


def test_the_gradebook_is_not_the_worksheet(course):
    roster = course.root / "grades.csv"
    roster.write_text('"First name","Last name","ID number",Assignment\nAda,Lovelace,2026001,-\n')
    done = command(course, "collect", DATA / "individual" / "submissions.zip", "--roster", roster)
    assert done.exit_code == 1 and "Download grading worksheet" in done.output


# ------------------------------------------------------------------------------------------ languages


def test_a_worksheet_says_the_same_in_every_language():
    names = ("worksheet.csv", "worksheet-de.csv", "worksheet-zh_cn.csv")
    english, german, chinese = (MoodleRoster(DATA / "individual" / name) for name in names)
    for roster in (english, german, chinese):
        people = {roster.student(person): person for person in roster.people}
        assert len(people) == 23 and people.keys() >= {"00042", "S-77", "F17-1234-2019", "late@example.org"}
        column = roster.grade_column(ASSIGNMENT, "")
        assert roster.titles[column] in ("Grade", "Bewertung", "成绩") and roster.maximum(column) == 100
        late, draft, none = (people[f"{name}@example.org"] for name in ("late", "draft", "none"))
        assert late.late and late.submitted and not people["extended@example.org"].late
        assert draft.draft and not draft.submitted and none.submitted is False
        assert people["S-77"].submitted_at == datetime(2026, 11, 27, 0, 53).astimezone(UTC)
        assert "can't be changed" in roster.locked(people["fixed@example.org"], column)
        assert roster.locked(late, column) is None
        ming = people["2026001"]
        assert ming.email == "wangxm@example.org" and roster.name_matches(ming, "小明 王")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Status", "Staða máls", "the status of the submissions"),
        (",Yes,", ",Joo,", "whether a grade can be changed"),
    ],
)
def test_a_language_that_is_not_known_is_refused(course, old, new, what):
    path = edited(course, DATA / "individual" / "worksheet.csv", old, new)
    with pytest.raises(SpreadsheetError, match=f"no column tells {what}. Switch Moodle to English"):
        MoodleRoster(path)
    grade(course, {"2026001": 50})
    refused = export(course, path)
    assert refused.exit_code == 1 and "Switch Moodle to English" in refused.output
    assert not (course.root / "report" / f"{ASSIGNMENT}-moodle.csv").exists()


@pytest.mark.parametrize(
    "text",
    [
        "Friday, 27 November 2026, 8:53 PM",
        "Freitag, 27. November 2026, 20:53",
        "2026年11月27日 星期五 20:53",
        "2026年11月27日 星期五 下午 8:53",
        "vendredi 27 novembre 2026, 20:53",
        "viernes, 27 de noviembre de 2026, 20:53",
        "пятница, 27 ноября 2026, 20:53",
        "pátek, 27. listopadu 2026, 20.53",
        "piątek, 27 listopada 2026, 20:53",
        "2026年 11月 27日(金曜日) 20:53",
        "2026年 11月 27日(五) 20:53",
        "2026년 11월 27일(금) 20:53",
        "sexta-feira, 27 nov. 2026, 20:53",
        "27 Kasım 2026, Cuma, 20:53",
        "2026(e)ko azaroaren 27(a), ostirala, 20:53",
    ],
)
def test_dates_are_read_in_many_languages(text):
    assert parse_date(text) == datetime(2026, 11, 27, 20, 53).astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "Saturday, 27 November 2026, 8:53 PM",  # it is a Friday
        "27/11/2026 20:53",
        "2026年 11月 27日(日) 20:53",
        "Παρασκευή, 27 Νοεμβρίου 2026, 8:53 qq",  # perhaps in the evening
    ],
)
def test_a_date_that_is_not_sure_is_none(text):
    assert parse_date(text) is None


LANGUAGES = list(
    csv.DictReader((DATA.parent / "moodle-languages.tsv").open(encoding="utf-8"), delimiter="\t")
)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words["language"])
def test_a_worksheet_in_the_words_of_a_language(words, tmp_path):
    """Made by hand, in words of Moodle's translations: somebody on time, a draft, nothing, somebody late."""
    what = (words["submitted"], words["draft"], words["none"], f"{words['submitted']} - {words['late']}")
    rows = [words["titles"].split("|")]
    for number, status in enumerate(what, 1):
        who = [f"{words['participant']}{number}", "Ada", f"{number}@example.org", f"000{number % 3}"]
        when = "-" if number == 3 else words["when"]
        rows.append([*who, f"{status} -  - ", "", words["maximum"], words["yes"], when, "-", ""])
    (tmp_path / "worksheet.csv").write_text(table(rows), encoding="utf-8")
    roster = MoodleRoster(tmp_path / "worksheet.csv")
    people = roster.people
    assert [person.ids[1] for person in people] == ["0001", "0002", "0000", "0001"]
    assert [person.submitted for person in people] == [True, False, False, True]
    assert [person.draft for person in people] == [False, True, False, False]
    assert [person.late for person in people] == [False, False, None, True]
    when = datetime(2026, 11, 27, 0, 53).astimezone(UTC)
    assert [person.submitted_at for person in people] == [when, when, None, when]
    column = roster.grade_column(ASSIGNMENT, "")
    assert roster.maximum(column) == 100 and column == 5 and roster.locked(people[0], column) is None


def test_the_maximum_of_a_german_worksheet_is_minded(course):
    """Without it, 35 of 100 points would be stored as 35 of 10."""
    grade(course, {"2026001": 35, "both@example.org": 100})
    path = DATA / "text-and-file" / "worksheet-de.csv"
    refused = export(course, path)
    assert refused.exit_code == 1 and "Bewertung has 10 points in the roster and 100 here" in refused.output
    done = export(course, path, "--scale")
    assert done.exit_code == 0, done.output
    before = text_of(path)
    column = cells(before)[0].index("Bewertung")
    wanted = {
        (row_of(before, "wangxm@example.org"), column): "3.5",
        (row_of(before, "both@example.org"), column): "10",
    }
    assert changed(before, exported(course)) == wanted


# --------------------------------------------------------------------------------------------- groups


def test_grade_and_feedback_of_a_group_go_to_all_its_members(course):
    done = collect(course, "teams")
    assert done.exit_code == 0 and "23 new" in done.output, done.output
    notebooks = {
        s: (course.folder("submitted", ASSIGNMENT, s) / RIGHT).read_bytes() for s in students(course)
    }
    default = notebooks.keys() - set.union(*GROUPS.values())
    for members in (*GROUPS.values(), default):
        assert len({notebooks[student] for student in members}) == 1
    assert len(set(notebooks.values())) == 4

    for student, notebook in notebooks.items():  # as grading leaves them
        folder = course.folder("autograded", ASSIGNMENT, student)
        folder.mkdir(parents=True)
        (folder / RIGHT).write_bytes(notebook)
    texts, _ = queries.answers(course, ASSIGNMENT)
    assert {len(of_students) for of_students in texts.values()} == {4}  # nobody copied from their own group

    grade(course, dict.fromkeys(notebooks, 15) | dict.fromkeys(GROUPS["Group 2"], 50))
    path = DATA / "teams" / "worksheet.csv"
    assert export(course, path).exit_code == 0
    rows = csv.DictReader(io.StringIO(exported(course).removeprefix("\ufeff")))
    assert {row["Email address"]: row["Grade"] for row in rows if row["Grade"] == "50"} == {
        "wei1@example.org": "50",
        "wei2@example.org": "50",
    }

    write_pages(course, *notebooks)
    done = command(course, "return", DATA / "teams" / "submissions.zip", "--to", "moodle", "--roster", path)
    assert done.exit_code == 0 and "feedback of 23 students" in done.output
    assert "Upload the grades first" in done.output
    by_number = {name.split("_")[1]: page for name, page in packed(course).items()}
    roster = MoodleRoster(path)
    assert by_number == {person.ids[0]: roster.student(person) for person in roster.people}
    assert "Wei Zhang_74_assignsubmission_file_cnn-step-by-step.html" in packed(course)


def test_a_group_is_refused_by_name_without_the_column_that_tells_who_is_in_it(course):
    """`Group 2_2` is not the student with number 2."""
    done = collect(course, "teams", worksheet=None)
    assert done.exit_code == 3 and "a group's" in done.output
    assert "Default group" not in students(course)
    done = command(
        course,
        *("collect", DATA / "teams" / "submissions.zip", "--roster", DATA / "individual" / "worksheet.csv"),
    )
    assert done.exit_code == 3 and "the archive calls this number Group 2" in done.output
    assert students(course) <= {"1", "2", "3"}  # of the first try, in which they were called by number
    done = command(course, "return", DATA / "teams" / "submissions.zip", "--to", "moodle")
    assert done.exit_code == 1 and "give the grading worksheet (--roster)" in done.output


def test_a_number_alone_gives_nobody_the_grade_of_a_group(course):
    collect(course, "teams", worksheet=None)
    grade(course, {"2": 90})
    done = export(course, DATA / "individual" / "worksheet.csv")
    assert done.exit_code == 3
    assert "NOT EXPORTED, the gradebook calls this number Group 2, the roster 很长" in done.output


def test_numbers_of_another_assignment_fill_no_rows(course):
    """A participant has another number in each assignment: an ID that equals a number is no number."""
    path = edited(course, DATA / "individual" / "worksheet.csv", "S-77", "15")  # 15 is a participant's number
    grade(course, {"15": 60})
    assert export(course, path).exit_code == 0
    text = text_of(path)
    column = cells(text)[0].index("Grade")
    assert changed(text, exported(course)) == {(row_of(text, "jr@example.org"), column): "60"}


def test_groups_of_canvas(course, released):
    """One submission of a group, with its name and one member's number; who is in it tells another file."""
    notebook = (released / "release" / ASSIGNMENT / RIGHT).read_bytes()
    group = Pupil(2, "Group 7: Ü", {RIGHT: notebook})
    alone = Pupil(4, "Li, Bo", {RIGHT: notebook + b" "})
    class_ = [Pupil(1, "王, 小明"), Pupil(2, "Doe, Jo"), Pupil(3, "Doe, Jo"), alone]
    archive = course.root / "submissions.zip"
    archive.write_bytes(zip_of(canvas_files([group, alone])))
    gradebook, groups = course.root / "gradebook.csv", course.root / "groups.csv"
    gradebook.write_text(canvas_gradebook(class_), encoding="utf-8")
    groups.write_text(canvas_groups({"Group 7: Ü": class_[:2], "Other": class_[2:3]}), encoding="utf-8")
    roster = ("--roster", gradebook)
    done = command(course, "collect", archive, *roster)
    assert done.exit_code == 3 and "who is in a group, --groups tells" in done.output
    assert students(course) == {"4"}
    done = command(course, "collect", archive, *roster, "--groups", groups)
    assert done.exit_code == 0 and "1 unchanged, 2 new" in done.output, done.output
    assert students(course) == {"1", "2", "4"}
    write_pages(course, "1", "2", "4")
    done = command(course, "return", archive, "--to", "canvas", *roster, "--groups", groups)
    assert done.exit_code == 0 and "feedback of 3 students" in done.output
    assert sorted(packed(course)) == [
        f"group7ü_2_90020_{ASSIGNMENT}.html",
        f"libo_4_90040_{ASSIGNMENT}.html",
    ]


# ------------------------------------------------------------------------------------- text, scale, names


def test_the_sample_archive_of_the_documents(course):
    """As docs/lms.md says of it."""
    students = lms_archive.write(course.root / "sample", ASSIGNMENT)
    archive, roster = (course.root / "sample" / name for name in ("submissions.zip", "worksheet.csv"))
    done = command(course, "collect", archive, "--roster", roster)
    lines = {line.split()[1]: line for line in done.output.splitlines() if line.startswith("S4")}
    assert lines.keys() == {*students} and f"{len(students) - 1} new, 1 left out" in done.output
    assert "2 days late  new" in lines["right"] and "a draft" in lines["right-vectorised"]
    assert queries.absent(course, ASSIGNMENT) == ["S4102", f"S{4101 + len(students)}"]


def test_folders_may_be_laid_out_otherwise(course):
    """nbgrader's directory_structure, from the archive to the feedback's zip."""
    config = course.root / "nbgrader_config.py"
    structure = "{nbgrader_step}/{assignment_id}/{student_id}"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.directory_structure = {structure!r}\n")
    assert "new" in collect(course, "individual").output
    submitted = course.root / "submitted" / ASSIGNMENT
    assert len(list(submitted.glob("*/*.ipynb"))) == len(list(submitted.iterdir())) > 10
    for student in ("2026001", "ghost"):
        page = course.root / "feedback" / ASSIGNMENT / student / f"{ASSIGNMENT}.html"
        page.parent.mkdir(parents=True)
        page.write_text(student)
    folder = DATA / "individual"
    done = command(course, "return", folder / "submissions.zip", "--roster", folder / "worksheet.csv")
    assert list(packed(course).values()) == ["2026001"]
    assert "NOT PACKED, not in the archive: ghost" in done.output


@pytest.mark.parametrize("archive", ["submissions.zip", "submissions-flat.zip"])
def test_feedback_is_packed_where_typed_text_stands_first(course, archive):
    done = collect(course, "text-and-file", archive=archive)
    assert "typed text or a link" in done.output and students(course) == {"2026001", "both@example.org"}
    write_pages(course, "2026001", "both@example.org")
    roster = ("--roster", DATA / "text-and-file" / "worksheet-de.csv")
    done = command(course, "return", DATA / "text-and-file" / archive, *roster)
    assert done.exit_code == 0, done.output
    assert "No feedback, only typed text was handed in: text@example.org" in done.output
    assert packed(course) == {
        f"Bo Both_27_assignsubmission_file_{ASSIGNMENT}.html": "both@example.org",
        f"小明 王_43_assignsubmission_file_{ASSIGNMENT}.html": "2026001",
    }


@pytest.mark.parametrize("maximum", [None, "", "0.00", "-"])
def test_a_scale_or_no_grade_is_refused(course, maximum):
    path = DATA / "scale" / "worksheet.csv"
    if maximum is not None:
        path = edited(course, DATA / "individual" / "worksheet.csv", ",100.00,", f",{maximum},")
    grade(course, {"2026001": 50})
    refused = export(course, path)
    assert refused.exit_code == 1 and "has a scale or no grade in Moodle" in refused.output
    assert not (course.root / "report" / f"{ASSIGNMENT}-moodle.csv").exists()


@pytest.mark.parametrize("archive", ["submissions.zip", "submissions-flat.zip"])
def test_all_names_that_moodle_wrote_are_understood(course, archive):
    done = collect(course, "individual", archive=archive)
    roster = MoodleRoster(DATA / "individual" / "worksheet.csv")
    assert students(course) == {roster.student(person) for person in roster.people if person.submitted} - {
        "text@example.org"  # its file was taken back
    }
    assert done.exit_code == 3 and "a draft, not submitted yet" in done.output  # and nothing else is amiss
    assert done.output.count("left out") == 2


def test_a_file_with_an_awkward_name_is_left_out_alone(course):
    done = collect(course, "file-names")
    assert done.exit_code == 3 and "aux.py left out: its name is a device's" in done.output
    assert students(course) == {"2026001", "omar@example.org"}


def test_an_id_number_with_slashes_finds_its_row_again(course):
    collect(course, "individual")
    grade(course, {"F17-1234-2019": 70})
    path = DATA / "individual" / "worksheet-de.csv"
    done = export(course, path)
    assert done.exit_code == 0
    text = text_of(path)
    wanted = (row_of(text, "slash@example.org"), cells(text)[0].index("Bewertung"))
    assert changed(text, exported(course)) == {wanted: "70"}
    assert "handed in, but not collected or not graded yet: AB" not in done.output


def test_two_students_with_one_id_number_hold_up_nobody_else(course):
    path = edited(course, DATA / "individual" / "worksheet.csv", "2026002", "S-77")
    done = command(course, "collect", DATA / "individual" / "submissions.zip", "--roster", path)
    assert done.exit_code == 3
    assert done.output.count("John Smith, Jr. and Wei Zhang have one ID, S-77: set that right") == 2
    assert len(students(course)) == 17 and "S-77" not in students(course)
    grade(course, {"S-77": 50, "2026001": 60})
    done = export(course, path)
    assert done.exit_code == 3
    assert "NOT EXPORTED, more than one row of the roster is this student's: S-77 (50)" in done.output
    text = text_of(path)
    assert list(changed(text, exported(course)).values()) == ["60"]


def test_drafts_are_named_and_taken_if_wanted(course):
    done = collect(course, "individual")
    line = next(line for line in done.output.splitlines() if line.startswith("draft@example.org"))
    assert "Draft (not submitted)" in line and "left out" in line and "--drafts takes it" in line
    done = collect(course, "individual", "--drafts")
    assert "draft@example.org" in students(course) and "1 new" in done.output and done.exit_code == 0


def test_names_come_into_the_gradebook_of_the_absent_too(course):
    collect(course, "individual")
    with course.gradebook(ASSIGNMENT) as gradebook:
        known = {student.id: student for student in gradebook.students}
    assert len(known) == 23
    nina = known["none@example.org"]
    assert (nina.first_name, nina.last_name, nina.email) == ("Nina", "None", "none@example.org")
    assert queries.absent(course, ASSIGNMENT) == sorted(known.keys() - students(course))


# ---------------------------------------------------------------------------------------------- times


def test_the_worksheet_tells_when_a_submission_was_handed_in(course, monkeypatch):
    """Files are saved before they are handed in: by their times alone who was late would be in time."""
    due = datetime(2026, 11, 27, 0, 30).astimezone(UTC)
    with course.gradebook(ASSIGNMENT) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=f"{due:%Y-%m-%d %H:%M:%S} UTC")
    collect(course, "individual", worksheet=None)
    assert course.timestamp(ASSIGNMENT, "15") is None  # saved in time, handed in who knows when
    done = collect(course, "individual")
    assert "≥" not in done.output
    late = course.timestamp(ASSIGNMENT, "late@example.org").replace(tzinfo=UTC)
    assert late == datetime(2026, 11, 27, 8, 53).astimezone(UTC) > due
    assert course.timestamp(ASSIGNMENT, "extended@example.org").replace(tzinfo=UTC) == due


def test_the_zone_in_which_times_are_read_is_told(course, monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        done = collect(course, "individual", "--dry-run")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "times       read in this machine's zone, CET (UTC+01:00); TZ sets another" in done.output or (
        "CEST (UTC+02:00)" in done.output
    )
    assert "2026-11-26 23:53" in done.output


# ------------------------------------------------------------------------------- what Moodle would skip


def test_a_worksheet_that_is_older_than_the_last_export_is_told(course):
    grade(course, {"2026001": 50})
    path = course.root / "worksheet.csv"
    path.write_bytes((DATA / "individual" / "worksheet.csv").read_bytes())
    first = export(course, path)
    assert first.exit_code == 0 and "older than the last export" not in first.output
    os.utime(path, (1_700_000_000, 1_700_000_000))
    again = export(course, path)
    assert again.exit_code == 0
    assert "Careful: worksheet.csv is older than the last export" in again.output
    assert "Allow updating records that have been modified more recently in Moodle" in again.output


def test_who_moodle_would_skip_because_of_its_language_is_told(course):
    grade(course, {"both@example.org": 50})
    german = export(course, DATA / "individual" / "worksheet-de.csv")
    assert "Careful: Moodle can't read its own dates in this language" in german.output
    assert german.output.rstrip().endswith("in the spreadsheet': Bo Both")
    english = export(course, DATA / "individual" / "worksheet.csv")
    assert "can't read its own dates" not in english.output


# --------------------------------------------------------------------------------- where it comes from


def test_an_archive_of_another_lms_is_told(course, released):
    notebook = (released / "release" / ASSIGNMENT / RIGHT).read_bytes()
    pupils = [Pupil(n, f"Last, First{n}", {RIGHT: notebook}) for n in (1, 2, 3)]
    canvas, moodle = course.root / "canvas.zip", course.root / "moodle.zip"
    canvas.write_bytes(zip_of(canvas_files(pupils)))
    moodle.write_bytes(zip_of(moodle_files(pupils)))
    for archive, told, found in (
        (canvas, "folder", "canvas"),
        (canvas, "moodle", "canvas"),
        (moodle, "canvas", "moodle"),
        (moodle, "folder", "moodle"),
    ):
        done = command(course, "collect", archive, "--from", told)
        assert done.exit_code == 3 and f"say --from {found}, or leave --from out" in done.stderr
        assert students(course) == set()
    assert command(course, "collect", canvas).exit_code == 0
    assert students(course) == {"1", "2", "3"}
    done = command(course, "collect", canvas, "--roster", DATA / "individual" / "worksheet.csv")
    assert done.exit_code == 3 and "it is Canvas's, and the roster Moodle's" in done.stderr


def test_a_dry_run_changes_nothing(course):
    before = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    done = collect(course, "individual", "--dry-run")
    assert "19 new, 1 left out" in done.output and "Nothing was changed yet." in done.output
    after = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    changed_files = {path.name for path in after if after[path] != before.get(path)}
    assert changed_files <= {f"{ASSIGNMENT}.log"}
    assert students(course) == set()
    collect(course, "individual")
    assert "19 unchanged, 1 left out" in collect(course, "individual", "--dry-run").output
