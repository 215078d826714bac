"""The exchange: nbgrader's own commands carry an assignment to a student and the grade back."""

import csv
import html
import re
import shutil
from pathlib import Path

import nbformat
from exchange import Person
from notebook_answers import solution_cells

COURSE = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"


def test_there_and_back(tmp_path):
    exchange = tmp_path / "exchange"
    instructor, ada = Person(tmp_path / "instructor", exchange), Person(tmp_path / "ada", exchange)
    for folder in (f"source/{ASSIGNMENT}", "reference"):
        shutil.copytree(COURSE / folder, instructor.folder / folder)
    shutil.copy(COURSE / "nbgrader_config.py", instructor.folder)

    instructor.nbgrader("generate_assignment", ASSIGNMENT)
    instructor.nbgrader("release_assignment", ASSIGNMENT)
    ada.nbgrader("fetch_assignment", ASSIGNMENT)
    work = ada.folder / ASSIGNMENT
    fetched = contents(work)
    assert fetched == contents(instructor.folder / "release" / ASSIGNMENT)
    assert b"HIDDEN" not in b"".join(fetched.values())

    once_per_element = ("Z = np.sum(s) + b.item()", "Z = np.sum(s + b)")
    edit(
        work / f"{ASSIGNMENT}.ipynb",
        zero_pad=solution_cells()["zero_pad"],
        conv_single_step=solution_cells()["conv_single_step"].replace(*once_per_element),
    )
    handed_in = contents(work)
    ada.nbgrader("submit", ASSIGNMENT, "--student=ada")
    # One user of this machine plays both parts, so the owner of a submission says nothing about who she
    # is; and root may read all. What keeps real students apart is that none can list what others sent.
    assert (exchange / "cnn" / "inbound").stat().st_mode & 0o777 == 0o733

    instructor.nbgrader("collect", ASSIGNMENT, "--ExchangeCollect.check_owner=False")
    collected = contents(instructor.folder / "submitted" / "ada" / ASSIGNMENT)
    assert collected.items() > handed_in.items()
    instructor.nbgrader("autograde", ASSIGNMENT)
    instructor.nbgrader("generate_feedback", ASSIGNMENT)
    instructor.nbgrader("release_feedback", ASSIGNMENT)
    ada.nbgrader("fetch_feedback", ASSIGNMENT)
    instructor.nbgrader("export", "--to=grades.csv")

    with (instructor.folder / "grades.csv").open(newline="", encoding="utf-8") as file:
        grades = [
            (row["student_id"], float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)
        ]
    assert grades == [("ada", 15 + 20 / 2, 100)]

    [page] = work.glob(f"feedback/*/{ASSIGNMENT}.html")
    assert contents(ada.folder).keys() == {Path(ASSIGNMENT, name) for name in handed_in} | {
        page.relative_to(ada.folder)
    }
    markup = page.read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", "", markup))
    assert "The bias is added to every element" in text
    assert text.count("Not answered yet.") > 6
    [picture] = re.findall(r'<img src="([^"]{,30})', markup)  # the one that zero_pad makes
    assert picture.startswith("data:image/png")
    assert markup.count('<span class="figure">') == sum(name.parts[0] == "images" for name in fetched)


def edit(path, **answers):
    """Put answers into the cells of a notebook, by grade_id, as a student does in an editor."""
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for name, text in answers.items():
        cells[name].source = text
    nbformat.write(notebook, path)


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
