"""From an LMS's archive into submitted/: awkward names, resubmissions, late marks, archives that mean harm.

Guards promise 2 of docs/architecture.md.
"""

import csv
import io
import os
import random
import stat
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from lms_archives import (
    Pupil,
    canvas_files,
    canvas_gradebook,
    moodle_files,
    moodle_worksheet,
    zip_of,
)
from nbgrader.api import Gradebook

from nbexaminer.cli.commands import main
from nbexaminer.errors import ArchiveRefused
from nbexaminer.lms import archives, attempts, collect, collect_table
from nbexaminer.lms.names import CanvasNames
from nbexaminer.lms.rosters import CanvasRoster
from nbexaminer.lms.worksheet import MoodleRoster
from nbexaminer.pages import tables

ASSIGNMENT = "cnn-step-by-step"
RIGHT = f"{ASSIGNMENT}.ipynb"
NAMES = (
    "王, 小明",
    "علي, فاطمة",
    "O'Brien-Smith, Ada",
    "Łukasiewicz, Zoë 🎓",
    "Plato",
    "李, 小龙 👨‍👩‍👧",
    "van der Berg, J. M.",
    "नेहा, शर्मा",
    "Doe, Jo",
    "Doe, Jo",
    "2024",
    "🎓",
)


@pytest.fixture(scope="module")
def notebook(released):
    """The released notebook as bytes; `b" " * n` behind it makes others of it."""
    return (released / "release" / ASSIGNMENT / RIGHT).read_bytes()


def take(course, archive, lms, roster=None, name="class.zip", **options):
    """Collect an archive, given as bytes, in this process; return its rows by student."""
    path = course.root / name
    path.write_bytes(archive)
    rows = collect.Collector(course, ASSIGNMENT, lms, roster, **options).collect(path)
    return {row.student: row for row in rows}


def command(course, *arguments):
    return CliRunner().invoke(main, ["--course", str(course.root), "collect", *map(str, arguments)])


def files_of(course, student):
    folder = course.root / "submitted" / student / ASSIGNMENT
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def students(course):
    return set(course.students(ASSIGNMENT))


def contents(root):
    """Return all that taking in could change: whatever is in the course folder, and beside it."""
    ignored = (".log", ".zip", ".db", ".db-journal")
    return {
        path: path.read_bytes()
        for path in root.parent.rglob("*")
        if path.is_file() and path.suffix not in ignored and root.name in str(path)
    }


def a_class(notebook):
    """Pupils with awkward names, each with another notebook, so that none can stand for another."""
    return [
        Pupil(100 + n, name, {RIGHT: notebook + b" " * n}, late=n % 3 == 1, submitted="-")
        for n, name in enumerate(NAMES)
    ]


# ---------------------------------------------------------------------------------- whose, and which file


@pytest.mark.parametrize("flags", [True, False], ids=["utf-8", "utf-8 unmarked"])
def test_canvas_names_of_any_script(course, notebook, flags):
    pupils = a_class(notebook)
    rows = take(course, zip_of(canvas_files(pupils), flags=flags), "canvas")
    assert students(course) == {str(pupil.number) for pupil in pupils} == rows.keys()
    for pupil in pupils:
        assert files_of(course, str(pupil.number))[RIGHT] == pupil.files[RIGHT]
        assert rows[str(pupil.number)].late == pupil.late
        assert rows[str(pupil.number)].status == "new" and not rows[str(pupil.number)].needs_review
    assert rows["100"].name == "王小明" and rows["102"].name == "obriensmithada"


@pytest.mark.parametrize("folders", [True, False])
def test_moodle_names_of_any_script(course, notebook, folders):
    pupils = a_class(notebook)
    rows = take(course, zip_of(moodle_files(pupils, folders)), "moodle")
    assert students(course) == {str(pupil.number) for pupil in pupils} == rows.keys()
    for pupil in pupils:
        assert files_of(course, str(pupil.number))[RIGHT] == pupil.files[RIGHT]
    assert rows["100"].name == "小明 王" and rows["102"].name == "Ada OBrien-Smith"


def test_moodles_older_folders_and_a_folder_within(course, notebook):
    files = {
        "Ada Smith_7_assignsubmission_file_/deep/er/mine.ipynb": notebook,
        "Bo Li_8_assignsubmission_file_/Ada Smith_7_assignsubmission_file_/mine.ipynb": notebook + b" ",
    }
    take(course, zip_of(files), "moodle")
    assert files_of(course, "7")[RIGHT] == notebook
    assert files_of(course, "8")[RIGHT] == notebook + b" "  # whoever calls a folder like another's


def test_anonymous_canvas(course, notebook):
    files = {"anon_x7Yz1_55_a.ipynb": notebook, "LATE_anon_q9_56_b_57_c.ipynb": notebook}
    rows = take(course, zip_of(files), "canvas")
    assert students(course) == {"anon_x7Yz1", "anon_q9"}
    assert rows["anon_q9"].late and not rows["anon_x7Yz1"].late


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_folder_for_each_or_a_file_for_each(course, notebook, wrapped):
    files = {
        "王小明/homework.ipynb": notebook,
        "ada/cnn/work.ipynb": notebook,
        "bob.smith.ipynb": notebook,
        "eve.zip": zip_of({"x.ipynb": notebook}),
    }
    top = "class 7/" if wrapped else ""
    take(course, zip_of({f"{top}{name}": data for name, data in files.items()}), "folder")
    assert students(course) == {"王小明", "ada", "bob.smith", "eve"}


def test_one_students_folder_is_not_taken_for_the_class(course, notebook):
    take(course, zip_of({"ada/work.ipynb": notebook, "ada/mine/more.csv": b"1"}), "folder")
    assert files_of(course, "ada").keys() == {RIGHT, "mine/more.csv", "timestamp.txt"}


def test_an_archive_unpacked_and_packed_again_on_a_mac(course, notebook, tmp_path):
    files = {
        "submissions/ada_1_2_x.ipynb": notebook,
        "__MACOSX/submissions/._ada_1_2_x.ipynb": b"junk",
        "submissions/.DS_Store": b"junk",
    }
    assert take(course, zip_of(files), "canvas").keys() == {"1"}
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(zip_of(files))) as archive:
        archive.extractall(folder)
    result = command(course, folder, "--from", "canvas")
    assert result.exit_code == 0 and "1 unchanged" in result.output


@pytest.mark.parametrize(
    "name",
    [
        "my_work_2024_1.ipynb",
        "CNN (1).ipynb",
        f"{ASSIGNMENT}-3.ipynb",
        f"{RIGHT}.json",
        f"{RIGHT}.txt",
        "作业 最终版.ipynb",
        "no-ending",
        "CNN.IPYNB",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_the_notebook_is_known_by_its_cells(course, notebook, name, zipped):
    files = {"hw.zip": zip_of({f"my homework/{name}": notebook})} if zipped else {name: notebook}
    row = take(course, zip_of(canvas_files([Pupil(1, "Doe, Jo", files)])), "canvas")["1"]
    assert files_of(course, "1").keys() == {RIGHT, "timestamp.txt"}
    assert files_of(course, "1")[RIGHT] == notebook
    assert row.notes == [f"was called {name}"]


def test_a_byte_order_mark_that_an_editor_left(course, notebook):
    take(course, zip_of({"ada.ipynb.txt": b"\xef\xbb\xbf" + notebook}), "folder")
    assert files_of(course, "ada")[RIGHT] == notebook


def test_names_in_the_encoding_of_a_chinese_windows(course, notebook):
    data = zip_of({"WWWW/x.ipynb": notebook}).replace(b"WWWW", "小明".encode("gbk"))
    take(course, data, "folder", encoding="gbk")
    assert students(course) == {"小明"}


def test_data_stays_unless_the_assignment_has_it(course, notebook):
    own = next(path.name for path in (course.root / "source" / ASSIGNMENT).rglob("*.h5"))
    files = {"a.ipynb": notebook, own: b"mine", "helper.py": b"x = 1", "timestamp.txt": b"1999-01-01 UTC"}
    row = take(course, zip_of(canvas_files([Pupil(1, "Doe, Jo", files)])), "canvas")["1"]
    assert files_of(course, "1").keys() == {RIGHT, "helper.py", "timestamp.txt"}
    assert b"1999" not in files_of(course, "1")["timestamp.txt"]
    assert "timestamp.txt: kept aside" in row.notes


def test_what_is_no_notebook_of_the_assignment_is_left_to_grading_to_name(course, notebook):
    other = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    pupils = [
        Pupil(1, "A", {"week1.ipynb": other}),
        Pupil(2, "B", {"hw.pdf": b"%PDF"}),
        Pupil(3, "C", {"cut.ipynb": notebook[:20_000]}),
        Pupil(4, "D", {"a.ipynb": notebook, "week1.ipynb": other}),
        Pupil(5, "E", typed=True),
    ]
    rows = take(course, zip_of(canvas_files(pupils)), "canvas")
    assert [rows[str(n)].needs_review for n in range(1, 6)] == [True, True, False, False, True]
    assert files_of(course, "1")[RIGHT] == other
    assert files_of(course, "2").keys() == {"hw.pdf", "timestamp.txt"}
    assert files_of(course, "4").keys() == {RIGHT, "timestamp.txt"}
    assert kept(course) == [other]
    assert students(course) == {"1", "2", "3", "4"} and "typed text" in rows["5"].notes[0]


def test_files_that_can_not_stand_beside_each_other(course, notebook):
    other = b'{"cells": []}'
    inside = {
        "a.ipynb": other,
        "a.ipynb/b.ipynb": other,
        "x": b"1",
        "X": b"2",
        "x/y": b"3",
        "timestamp.txt/z": b"4",
    }
    pupil = Pupil(1, "A", {"one.zip": zip_of(inside), "two.zip": zip_of({"x": b"5", "b.ipynb": other})})
    row = take(course, zip_of(canvas_files([pupil])), "canvas")["1"]
    assert row.status == "new" and row.needs_review
    assert files_of(course, "1").keys() == {"a.ipynb", "b.ipynb", "x", "timestamp.txt"}
    aside = kept(course)
    assert aside == sorted([other, b"2", b"3", b"4", b"5"])
    take(course, zip_of(canvas_files([pupil])), "canvas")
    assert kept(course) == aside


def test_documents_and_data_that_are_zip_files_stay_what_they_are(course, notebook):
    data = zip_of({"arr_0.npy": b"1"})
    files = {"hw.zip": zip_of({"a.ipynb": notebook, "weights.npz": data}), "report.docx": data}
    row = take(course, zip_of(canvas_files([Pupil(1, "A", files)])), "canvas")["1"]
    assert not row.needs_review
    stamp = files_of(course, "1").pop("timestamp.txt")
    assert files_of(course, "1") == {
        RIGHT: notebook,
        "weights.npz": data,
        "report.docx": data,
        "timestamp.txt": stamp,
    }


# ------------------------------------------------------------------------------------------- attempts


def kept(course):
    return sorted(path.read_bytes() for path in (course.root / "collected").rglob("*") if path.is_file())


def test_the_latest_of_several_files_wins_and_the_others_are_kept(course, notebook):
    first, second, third = (notebook + b" " * n for n in (1, 2, 3))
    canvas = Pupil(1, "Doe, Jo", {RIGHT: first, "x-9.ipynb": second, "x.ipynb": third})
    row = take(course, zip_of(canvas_files([canvas])), "canvas")["1"]
    assert files_of(course, "1")[RIGHT] == third  # the number of the file decides, not its name
    assert kept(course) == sorted([first, second])
    assert sum("kept aside" in note for note in row.notes) == 2
    times = {"ada/a.ipynb": (third, (2026, 2, 1, 9, 0, 0)), "ada/b.ipynb": (first, (2026, 2, 1, 8, 0, 0))}
    take(
        course, zip_of(times | {"bo/w.ipynb": first, "bo/w-2.ipynb": third, "bo/w-1.ipynb": second}), "folder"
    )
    assert files_of(course, "ada")[RIGHT] == third
    assert files_of(course, "bo")[RIGHT] == third


@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_a_second_archive(course, notebook, lms):
    def archive(addition, day, late=False):
        pupil = Pupil(1, "Doe, Jo", {RIGHT: notebook + addition}, late)
        files = canvas_files([pupil]) if lms == "canvas" else moodle_files([pupil])
        return zip_of(files, (2026, 2, day, 10, 0, 0))

    def what(*given):
        return take(course, archive(*given), lms)["1"].status

    assert what(b"", 2) == "new"
    stamp = files_of(course, "1")["timestamp.txt"]
    assert what(b"", 3) == "unchanged" and files_of(course, "1")["timestamp.txt"] == stamp
    assert what(b" ", 4) == "newer"
    assert files_of(course, "1")[RIGHT] == notebook + b" " and kept(course) == [stamp, notebook]
    assert what(b"  ", 3) == "older"
    assert files_of(course, "1")[RIGHT] == notebook + b" "
    assert what(b"  ", 3) == "older"
    assert kept(course) == sorted([stamp, notebook, notebook + b"  "])  # no second copy of it
    (course.root / "submitted" / "1" / ASSIGNMENT / RIGHT).write_bytes(
        b"{}"
    )  # the instructor's change is newer
    assert what(b" ", 5) == "older"
    assert course.students(ASSIGNMENT) == ["1"] and course.strays() == []


# ---------------------------------------------------------------------------------------------- times

DUE = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


def due(course):
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=f"{DUE:%Y-%m-%d %H:%M:%S} UTC")


def noted(course, student):
    when = course.timestamp(ASSIGNMENT, student)
    return when and when.replace(tzinfo=UTC)


def test_times_without_a_due_date_are_kept_for_nbgrader(course, notebook):
    local = datetime(2026, 2, 3, 23, 58, 2)
    row = take(
        course, zip_of(canvas_files([Pupil(1, "A", {RIGHT: notebook})]), local.timetuple()[:6]), "canvas"
    )
    assert noted(course, "1") == local.astimezone(UTC) == row["1"].submitted_at
    assert row["1"].bound == "≤"


def test_a_time_zone_that_is_named_in_the_archive_counts(course, notebook):
    info = zipfile.ZipInfo("ada.ipynb", (2026, 2, 3, 1, 0, 0))
    when = datetime(2026, 2, 3, 12, 34, 56, tzinfo=UTC)
    info.extra = b"UT\x05\x00\x01" + int(when.timestamp()).to_bytes(4, "little")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, notebook)
    take(course, buffer.getvalue(), "folder")
    assert noted(course, "ada") == when


def test_no_time_at_all(course, notebook):
    row = take(course, zip_of({"ada.ipynb": notebook}, (1980, 1, 1, 0, 0, 0)), "folder")["ada"]
    assert noted(course, "ada") is None and row.submitted_at is None
    assert "when it was handed in is not known" in row.notes


@pytest.mark.parametrize(("late", "downloaded"), [(False, 10), (True, 10), (False, 1), (True, 1)])
def test_canvas_says_who_is_late_not_the_time_of_the_download(course, notebook, late, downloaded):
    due(course)
    archive = zip_of(canvas_files([Pupil(1, "A", {RIGHT: notebook}, late)]), (2026, 2, downloaded, 10, 0, 0))
    row = take(course, archive, "canvas")["1"]
    assert (noted(course, "1") > DUE) == late == row.late


@pytest.mark.parametrize(("saved", "known"), [(1, False), (10, True)])
def test_moodle_without_a_worksheet_knows_when_files_were_saved_not_when_handed_in(
    course, notebook, saved, known
):
    """A file that was saved in time may have been handed in later; one that was saved late was not."""
    due(course)
    archive = zip_of(moodle_files([Pupil(1, "A", {RIGHT: notebook})]), (2026, 2, saved, 10, 0, 0))
    row = take(course, archive, "moodle")["1"]
    assert row.bound == "≥" and row.late == known
    assert (noted(course, "1") is not None) == known
    assert ("when it was handed in is not known" in row.notes) != known


def worksheet(course, pupils, **options):
    path = course.root / "worksheet.csv"
    path.write_text(moodle_worksheet(pupils, **options), encoding="utf-8", newline="")
    return MoodleRoster(path)


def test_moodles_worksheet_knows_times_and_names(course, notebook):
    due(course)
    pupils = [
        Pupil(1, "王, 小明", {RIGHT: notebook}, submitted="Tuesday, 3 February 2026, 9:15 AM"),
        Pupil(2, "Doe, Jo", {RIGHT: notebook}, True, submitted="Thursday, 5 February 2026, 11:00 PM"),
        Pupil(3, "Li, Bo", {RIGHT: notebook}, submitted="2026年02月5日 星期四 23:00"),
    ]
    archive = zip_of(moodle_files(pupils), (2026, 2, 10, 10, 0, 0))
    first = take(course, archive, "moodle", worksheet(course, pupils))
    assert first.keys() == {"u1@example.org", "u2@example.org", "u3@example.org"}
    assert noted(course, "u1@example.org") == datetime(2026, 2, 3, 9, 15).astimezone(UTC)
    assert noted(course, "u2@example.org") == datetime(2026, 2, 5, 23, 0).astimezone(UTC)
    assert noted(course, "u3@example.org") <= DUE  # a time in another language, but its status is not late
    assert [row.late for row in first.values()].count(True) == 1
    with course.gradebook(ASSIGNMENT) as gradebook:
        ming = gradebook.find_student("u1@example.org")
        assert (ming.first_name, ming.last_name, ming.email) == ("小明", "王", "u1@example.org")
        assert ming.lms_user_id is None  # the number is another student's in the next assignment
    pupils[0].submitted = "Monday, 2 February 2026, 9:15 AM"
    again = take(course, archive, "moodle", worksheet(course, pupils))["u1@example.org"]
    assert again.status == "unchanged" and "its time was put right" in again.notes
    assert noted(course, "u1@example.org") == datetime(2026, 2, 2, 9, 15).astimezone(UTC)


# -------------------------------------------------------------------------------- who claims to be another


def gradebook_of(course, pupils):
    path = course.root / "gradebook.csv"
    path.write_text(canvas_gradebook(pupils), encoding="utf-8")
    return CanvasRoster(path)


def test_a_name_that_looks_like_another_ones_number(course, notebook):
    """Canvas takes `_8_` out of names, but `_8` at their end it leaves; the roster tells who is who."""
    victim = Pupil(8, "Doe, Jo", {RIGHT: notebook})
    liar = Pupil(9, "Eve_8", {RIGHT: notebook + b" "}, attachment=77)
    archive = zip_of(canvas_files([victim, liar]))
    rows = take(course, archive, "canvas")
    assert rows["8"].status == "left out" and "doejo, eve" in rows["8"].notes[0]
    assert students(course) == set()
    rows = take(course, archive, "canvas", gradebook_of(course, [victim, liar]))
    assert files_of(course, "8")[RIGHT] == notebook and files_of(course, "9")[RIGHT] == notebook + b" "
    assert not any(row.needs_review for row in rows.values())


def test_who_is_not_in_the_roster_is_taken_in_and_named(course, notebook):
    ada = Pupil(1, "Smith, Ada", {RIGHT: notebook})
    rows = take(course, zip_of(canvas_files([ada, Pupil(2, "Li, Bo", {RIGHT: notebook})])), "canvas",
                gradebook_of(course, [ada]))  # fmt: skip
    assert not rows["1"].needs_review and rows["1"].name == "Ada Smith"
    assert rows["2"].status == "new" and rows["2"].needs_review and "not in the roster" in rows["2"].notes


def test_a_number_under_another_name_than_in_the_roster_is_left_out(course, notebook):
    ada = Pupil(1, "Smith, Ada", {RIGHT: notebook})
    archive = zip_of({"eve_1_5_x.ipynb": notebook})
    row = take(course, archive, "canvas", gradebook_of(course, [ada]))["1"]
    assert row.status == "left out" and "calls this number eve" in row.notes[0]
    assert students(course) == set()


def test_a_folder_name_that_can_not_be_a_student(course, notebook):
    files = {".hidden/a.ipynb": notebook, "x" * 200 + "/a.ipynb": notebook, "ada/a.ipynb": notebook}
    rows = take(course, zip_of(files), "folder")
    assert students(course) == {"ada"}
    assert [row.status for row in rows.values()].count("left out") == 2


# ------------------------------------------------------------------------------------- what means harm


def members(*infos, claims=None):
    """Return a zip file of (ZipInfo or name, content); `claims` is what the list of members says of sizes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in infos:
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        for info in archive.filelist if claims else ():
            info.file_size = claims
    return buffer.getvalue()


def special(name, kind):
    info = zipfile.ZipInfo(name, (2026, 2, 3, 10, 0, 0))
    info.external_attr = (kind | 0o777) << 16
    return info


def encrypted(name, content):
    data = bytearray(members((name, content)))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def hostile(notebook):
    """Archives by what is wrong with them, each with what must be said of it."""
    name = "ada_1_2_x.ipynb"
    good = members((name, notebook))
    many = [(f"ada_1_{n}_x.txt", b"") for n in range(10_000)]
    big = b"\0" * (archives.MEMBER_BYTES + 1)
    return {
        "traversal": (members((f"../../{name}", notebook)), "../../ada_1_2_x.ipynb' leads out"),
        "traversal inside": (members((f"a/../../../{name}", notebook)), "leads out"),
        "windows traversal": (members((f"..\\..\\{name}", notebook)), "leads out"),
        "absolute": (members((f"/tmp/{name}", notebook)), "'/tmp/ada_1_2_x.ipynb' is absolute"),
        "double slash": (members((f"ada//tmp/{name}", notebook)), "a part without a name"),
        "dot": (members((f"./{name}", notebook)), "a part without a name"),
        "drive": (members((f"C:/{name}", notebook)), "is absolute"),
        "link": (members((special(name, stat.S_IFLNK), b"/etc/passwd")), "a link"),
        "pipe": (members((special(name, stat.S_IFIFO), b"")), "no plain file"),
        "device": (members((special(name, stat.S_IFCHR), b"")), "no plain file"),
        "encrypted": (encrypted(name, notebook), "encrypted"),
        "ten thousand": (members(*many), "10,000 members"),
        "claims much": (members(*many[:40], claims=archives.MEMBER_BYTES), "bomb"),
        "cut short": (good[:-30], "no zip file, or cut short"),
        "half": (good[: len(good) // 2], "no zip file, or cut short"),
        "no zip": (b"<html>Please log in</html>", "no zip file, or cut short"),
        "empty": (b"", "no zip file, or cut short"),
        "too large": (members((name, big)), "too large"),
        "claims little": (members((name, big), claims=10), "damaged"),
        "damaged": (good[:200] + bytes(9) + good[209:], "damaged"),
        "long list": (long_list(good), "too long"),
    }


def long_list(data):
    """An archive whose end claims that the list of its members takes a gigabyte, and that it has them."""
    end = data.rindex(b"PK\5\6")
    padding = b"\0" * (5 * 2**20)
    size = int.from_bytes(data[end + 12 : end + 16], "little") + len(padding)
    return data[:end] + padding + data[end : end + 12] + size.to_bytes(4, "little") + data[end + 16 :]


TWICE = "twice"
# the archive is an LMS's, one file in it is bad
PARTLY = {"too large", "claims little", "damaged", "link", "pipe", "device", "encrypted", TWICE}


@pytest.fixture(scope="module")
def classes(notebook):
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = members(("ada_1_2_x.ipynb", notebook), ("ada_1_2_x.ipynb", notebook + b" "))
    return hostile(notebook) | {TWICE: (twice, "there twice")}


def test_every_hostile_archive_is_refused_by_name_and_the_rest_is_taken_in(course, classes, notebook):
    before = contents(course.root)
    paths = {}
    for number, (kind, (data, _)) in enumerate(classes.items()):
        paths[kind] = course.root / f"bad-{number}.zip"
        paths[kind].write_bytes(data)
    good = course.root / "good.zip"
    good.write_bytes(zip_of({"zoe_99_100_x.ipynb": notebook}))
    result = command(course, *paths.values(), good, "--from", "canvas")
    assert result.exit_code == 3
    refusals = result.stderr.splitlines()
    for kind, (_, said) in classes.items():
        if kind in PARTLY:
            assert f"x.ipynb refused: it is {said}" in result.stdout, kind
        else:
            (line,) = [line for line in refusals if line.startswith(f"{paths[kind]} refused")]
            assert said in line, kind
    assert len(refusals) == len(classes) - len(PARTLY)
    assert students(course) == {"99"}
    new = contents(course.root).keys() - before.keys()
    assert {path.relative_to(course.root).parts[0] for path in new} == {"submitted", "records"}
    assert all(before[path] == path.read_bytes() for path in before)


def test_a_hostile_zip_of_one_student_holds_up_nobody(course, classes, notebook):
    nested = zip_of({"a/b.zip": zip_of({"c.ipynb": notebook})})
    bomb = members(("x.ipynb", b"\0" * (archives.MEMBER_BYTES + 1)))
    much = members(*((f"{n}.bin", b"0") for n in range(3)), claims=archives.MEMBER_BYTES)
    zips = {kind: data for kind, (data, _) in classes.items() if data[:2] == b"PK"}
    zips |= {"nested": nested, "bomb": bomb, "much": much}
    pupils = [Pupil(n, kind, {"hw.zip": data}) for n, (kind, data) in enumerate(zips.items(), 1)]
    honest = Pupil(500, "Honest", {"hw.zip": zip_of({"x.ipynb": notebook})})
    both = Pupil(501, "Both", {"bad.zip": bomb, "good.ipynb": notebook})
    rows = take(course, zip_of(canvas_files([*pupils, honest, both])), "canvas")
    assert students(course) == {"500", "501"}
    for pupil in pupils:
        assert rows[str(pupil.number)].status == "left out", pupil.name
        assert rows[str(pupil.number)].notes[0].startswith("hw.zip refused: "), pupil.name
    assert rows["501"].needs_review and files_of(course, "501")[RIGHT] == notebook


@pytest.mark.parametrize("lms", ["moodle", "folder"])
def test_what_stands_behind_a_students_own_part_of_a_name_does_not_lead_out(course, notebook, lms, tmp_path):
    target = tmp_path / "stolen.txt"
    start = "Eve_9_assignsubmission_file" if lms == "moodle" else "eve"
    with pytest.raises(ArchiveRefused, match="a part without a name"):
        take(course, zip_of({f"{start}/{target}": b"x", f"{start}/a.ipynb": notebook}), lms)
    inside = zip_of({f"top/{target}": b"x", "top/a.ipynb": notebook})
    assert take(course, zip_of({f"{start}/a.zip": inside}), lms).popitem()[1].status == "left out"
    assert not target.exists() and students(course) == set()


def test_links_in_a_folder_are_left_out_by_name(course, notebook, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "ada_1_2_x.ipynb").symlink_to(course.root / "source" / ASSIGNMENT / RIGHT)
    (folder / "eve_3_4_x.ipynb").write_bytes(notebook)
    (folder / "deep").symlink_to(course.root / "source")
    result = command(course, folder, "--from", "canvas")
    assert result.exit_code == 3 and "x.ipynb refused: it is a link" in result.stdout
    assert students(course) == {"3"}


def test_names_that_unzip_has_garbled_are_told(course, notebook, tmp_path):
    folder = tmp_path / "unpacked"
    for name in ("Zoë_1", "Ada_2"):
        path = os.fsencode(folder) + b"/" + name.encode("cp850") + b"_assignsubmission_file"
        os.makedirs(path)
        with open(path + b"/x.ipynb", "wb") as file:
            file.write(notebook)
    result = command(course, folder)
    assert result.exit_code == 3 and students(course) == {"2"}
    assert "garbled, as by Debian's unzip; give the zip file itself" in result.stdout


@pytest.mark.parametrize("lms", ["moodle", "folder", "canvas"])
def test_the_name_of_one_file_holds_up_nobody(course, notebook, lms):
    """Notebooks are known by their cells, so that any name will do; data with such a name is left out."""
    composed, parted = "résumé.ipynb", unicodedata.normalize("NFD", "résumé.ipynb")
    names = {
        1: "con.ipynb",
        2: "字" * 100 + ".ipynb",
        3: "x" * 250 + ".ipynb",
        4: "a\nb.ipynb",
        5: "\x1b[2J.ipynb",
        6: "a/" * 25 + "b.ipynb",
    }
    files = {number: {name: notebook + b" " * number} for number, name in names.items()}
    files[7] = {composed: notebook, parted: notebook + b" "}
    files[8] = {RIGHT: notebook, "aux.txt": b"1", "字" * 100 + ".csv": b"2", "d/" * 25 + "e.csv": b"3"}
    files[9] = {RIGHT: notebook}
    pupils = [Pupil(number, f"Last, First{number}", content) for number, content in files.items()]
    if lms == "folder":
        archive = {f"{p.number}/{name}": data for p in pupils for name, data in p.files.items()}
    else:
        archive = {"canvas": canvas_files, "moodle": moodle_files}[lms](pupils)
    rows = take(course, zip_of(archive), lms)
    assert students(course) == {str(number) for number in files}
    for number in names:
        assert files_of(course, str(number))[RIGHT] == notebook + b" " * number
        assert all(unicodedata.category(char) != "Cc" for note in rows[str(number)].notes for char in note)
    assert files_of(course, "7")[RIGHT] in (notebook, notebook + b" ") and kept(course)
    left_out = [note for note in rows["8"].notes if "left out: its name" in note]
    assert len(left_out) == (3 if lms != "canvas" else 2) and rows["8"].needs_review
    assert files_of(course, "8").keys() - {"timestamp.txt"} >= {RIGHT} and not rows["9"].needs_review


def test_many_files_of_one_student_do_not_fill_the_memory(course, notebook, monkeypatch):
    monkeypatch.setattr(attempts, "STUDENT_BYTES", 3 * len(notebook))
    files = {f"{n}.ipynb": notebook + b" " * n for n in range(5)}
    row = take(course, zip_of(canvas_files([Pupil(1, "A", files)])), "canvas")["1"]
    assert sum("of one student may take" in note for note in row.notes) == 3 and row.needs_review


def test_an_archive_with_random_damage_is_refused_or_taken_in_and_nothing_else(course, notebook):
    short = notebook[:4000]
    good = zip_of(canvas_files([Pupil(n, name, {"hw.zip": zip_of({RIGHT: short})}) for n, name in
                                enumerate(NAMES[:4], 1)]))  # fmt: skip
    chance = random.Random(5)
    before = contents(course.root)
    outcomes = set()
    collector, path = collect.Collector(course, ASSIGNMENT, "canvas"), course.root / "class.zip"
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            outcomes |= {row.status for row in collector.collect(path)}
        except ArchiveRefused as error:
            outcomes.add("refused")
            assert str(error)
    assert outcomes >= {"refused", "left out", "new", "unchanged"}
    assert all(before[path] == path.read_bytes() for path in before)
    new = contents(course.root).keys() - before.keys()
    assert {path.relative_to(course.root).parts[0] for path in new} <= {"submitted", "collected", "report"}


# --------------------------------------------------------------------------------------------- the table


def test_the_table_is_aligned_and_the_csv_holds_no_formulas(course, notebook):
    pupils = [*a_class(notebook), Pupil(7, "=cmd", {"hw.pdf": b"%PDF"})]
    path = course.root / "class.zip"
    path.write_bytes(zip_of(canvas_files(pupils) | {"stray.txt": b""}))
    result = command(course, path, "--from", "canvas")
    lines = result.stdout.splitlines()
    assert "stray.txt: its name is not as the LMS makes them" in result.stdout
    start = lines[2].index("became")
    for pupil in a_class(notebook):
        (line,) = [line for line in lines if line.startswith(f"{pupil.number} ")]
        assert tables.width(line[: line.index("new")]) == start
    assert all(unicodedata.category(char) != "Cc" for char in "".join(lines))
    command(course, path, "--from", "canvas")
    with (course.root / "records" / f"{ASSIGNMENT}.collected.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    assert {row["archive"] for row in rows} == {"class.zip"}
    became = [row["became"] for row in rows if row["student"] == "7"]
    assert became == ["new", "unchanged"] and len(rows) == 2 * (len(pupils) + 1), "each time is kept"
    collect_table.append_csv(course.root / "f.csv", [("=a.zip", collect.Row("@b", "=c", notes=["-d"]))])
    assert ",'=a.zip,'@b,'=c,,,,,left out,'-d" in (course.root / "f.csv").read_text(encoding="utf-8-sig")


def test_a_narrow_terminal_and_a_large_class():
    rows = [collect.Row(f"s{n}", "Ada", notes=["late"] * (n == 7), status="new") for n in range(150)]
    short = collect_table.table(rows)
    assert "s7 " in short and "s8" not in short and "... and 149 more" in short
    narrow = collect_table.table(rows[6:8], 20)
    assert narrow.splitlines()[4:] == [
        "s7",
        "  name          Ada",
        "  became        new",
        "  what to know  late",
    ]
    assert collect_table.table(rows[6:8], 200).splitlines()[0].split() == [
        *("student", "name", "became", "what", "to", "know")
    ]


def test_help_names_the_command_and_wrong_options_are_told(course):
    assert "\n  collect " in CliRunner().invoke(main, ["--help"]).output
    path = course.root / "x.csv"
    path.write_text("a,b\n")
    wrong = command(course, path, "--from", "canvas", "--roster", path)
    assert wrong.exit_code == 1 and "no column ID or Section; its columns are: a, b" in wrong.output
    assert command(course, path, "--from", "folder", "--roster", path).exit_code == 2
    assert command(course, path, "--from", "canvas", "--encoding", "klingon").exit_code == 2


def test_zip_collect_of_nbgrader_can_use_the_names(course):
    found = CanvasNames().collect("/course/extracted/wangxiaoming_LATE_1234_567_my_work-1.ipynb")
    assert (found["student_id"], found["file_id"]) == ("1234", "my_work-1.ipynb")


def test_a_time_before_the_due_date_is_kept_as_it_is(course, notebook):
    due(course)
    early = (DUE - timedelta(days=1)).astimezone().timetuple()[:6]
    take(course, zip_of(canvas_files([Pupil(1, "A", {RIGHT: notebook})]), early), "canvas")
    assert noted(course, "1") == DUE - timedelta(days=1)
