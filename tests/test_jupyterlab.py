"""JupyterLab in a browser: the notebook is all there, its checks answer, and instructors see the class."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from exchange import Person
from lab import PATIENCE, TOKEN, Notebook, Watch, choose, homely, serve, wait_for_images
from notebook_answers import solution_cells
from playwright.sync_api import expect

from examples import sample_class

COURSE = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"
FILE = f"{ASSIGNMENT}.ipynb"
ERRORS = ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
QUESTIONS = ".Toastify__toast, .jp-Dialog"
NOT_ANSWERED = re.compile(r"^✗ \w+ is not answered yet: .+\w+ 还没有作答", re.DOTALL)

# What a student may write to reach whoever grades: it would run, or be fetched.
HARM = """A note of mine: $\\alpha$
<script>document.title = "harmed"</script>
<img src="https://example.com/seen.png" alt="one"><img src="/\\example.com/seen.png" alt="two">
<img src="//example.com/seen.png" alt="three" onerror="document.title = 'harmed'">
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE / "nbgrader_config.py", course)
    for name in (f"source/{ASSIGNMENT}", f"release/{ASSIGNMENT}", "examples", "reference"):
        shutil.copytree(COURSE / name, course / name)
    return course


@pytest.fixture(scope="module")
def address(course, home):
    with serve(course, home, "--instructor") as address:
        yield address


@pytest.fixture
def page(browser):
    with browser.new_context(viewport={"width": 1280, "height": 960}) as context:
        context.set_default_timeout(PATIENCE * 1000)
        yield context.new_page()


@pytest.fixture
def watch(page):
    return Watch(page)


@pytest.fixture
def picture(page, tmp_path):
    """Take pictures of the page, for whoever wants to see what the tests see."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))

    def take(name, of=None):
        if of:
            of.hover()  # until it stays in view
        page.screenshot(path=folder / f"{name}.png")

    return take


def test_figures_equations_and_hints_are_there(page, watch, picture, address, course):
    notebook = Notebook(page, address, course, copy_of_release(course, "reader"))
    picture("read-1-opened")
    model = enumerate(notebook.model.cells)
    prose = {number: cell.source for number, cell in model if cell.cell_type == "markdown"}
    text = "".join(prose.values())

    figures = page.locator(".jp-Notebook img")
    expect(figures).to_have_count(text.count("<img "))
    wait_for_images(page, ".jp-Notebook")
    picture("read-2-figure", figures.nth(3))

    for number, source in prose.items():
        if "$" in source:
            shown = notebook.cells.nth(number).locator(".jp-MarkdownOutput")
            expect(shown.locator("mjx-container")).not_to_have_count(0)
            expect(shown).not_to_contain_text("$")
    expect(page.locator("mjx-container[display=true]")).to_have_count(text.count("$$") // 2)
    expect(page.locator("mjx-merror")).to_have_count(0)
    picture("read-3-equation", page.locator("mjx-container[display=true]").nth(2))

    hints = page.locator(".jp-Notebook details")
    expect(hints).to_have_count(text.count("<details>"))
    for state in ("open", "folded"):
        hints.first.locator("summary").click()
        expect(hints.first.locator("p").first).to_be_visible(visible=state == "open")
        picture(f"read-4-hint-{state}")
    assert not watch.errors
    assert not watch.requests


def test_a_student_answers_the_first_exercise(page, watch, picture, address, course):
    notebook = Notebook(page, address, course, copy_of_release(course, "student"))
    notebook.run_all()
    for name in solution_cells():
        expect(notebook.output(f"test_{name}").last).to_have_text(NOT_ANSWERED)
    expect(page.locator(ERRORS)).to_have_count(len(solution_cells()))
    pictures = [name.removeprefix("demo_") for name in notebook.names if name and name.startswith("demo_")]
    assert pictures == ["zero_pad", "conv_forward", "pool_forward"]
    for name in pictures:
        kind = f"A picture will appear here as soon as {name} works."
        expect(notebook.output(f"demo_{name}")).to_contain_text(kind)
    for name in ("test_zero_pad", "demo_zero_pad"):
        picture(f"work-1-{name}", notebook.output(name).last)

    ran = notebook.numbers.count()
    notebook.answer("zero_pad", 'X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")')
    picture("work-2-typed")
    notebook.run_all(before=ran)
    expect(notebook.cell("test_zero_pad").locator(ERRORS)).to_have_count(0)
    expect(notebook.output("test_zero_pad").first).to_contain_text("x_pad.shape = (4, 7, 7, 2)")
    expect(notebook.output("test_zero_pad").first).to_contain_text("x[1,1] = [[ 0.90085595 -0.68372786]")
    expect(notebook.output("demo_zero_pad").locator("img")).to_have_count(1)
    wait_for_images(page, ".jp-OutputArea")
    for name in ("test_zero_pad", "demo_zero_pad"):
        picture(f"work-3-{name}", notebook.output(name).last)

    names = [name for name in solution_cells() if name != "zero_pad"]
    expect(notebook.validate().get_by_text("▸ ")).to_have_text([re.compile(f"▸ {name}") for name in names])
    picture("work-4-validate")
    assert not watch.errors
    assert not watch.requests


def test_validate_is_content_with_right_answers(page, watch, picture, address, course):
    file = copy_of_release(course, "right")
    model = nbformat.read(file, as_version=4)
    for cell in model.cells:
        cell.source = solution_cells().get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(model, file)
    dialog = Notebook(page, address, course, file).validate()
    expect(dialog).to_contain_text("Success! Your notebook passes all the tests.")
    picture("validate-right")
    assert not watch.errors
    assert not watch.requests


def test_a_students_hour(page, watch, picture, tmp_path):
    """From the first start to the feedback, without a question of JupyterLab's own in between.

    Guards promise 1 of docs/architecture.md.
    """
    exchange = tmp_path / "exchange"
    instructor = Person(tmp_path / "instructor", exchange)
    ada = Person(tmp_path / "ada", exchange, student="ada")
    for person in (instructor, ada):
        shutil.copy(COURSE / "nbgrader_config.py", person.folder)
        for name in (f"source/{ASSIGNMENT}", f"release/{ASSIGNMENT}"):
            shutil.copytree(COURSE / name, person.folder / name)
    shutil.copytree(COURSE / "reference", instructor.folder / "reference")
    instructor.run("nbexaminer", "release")
    instructor.nbgrader("release_assignment", ASSIGNMENT)
    released = contents(ada.folder / "release")

    with serve(ada.folder, ada.home) as address:
        work = ada.folder / "work"
        notebook = Notebook(page, address, work, work / ASSIGNMENT / FILE)
        wait_for_images(page, ".jp-Notebook")
        expect(page.locator("mjx-container[display=true]").first).to_be_attached()
        notebook.run_all()
        expect(notebook.output("test_zero_pad").last).to_have_text(NOT_ANSWERED)

        expect(page.locator(QUESTIONS)).to_have_count(0)
        expect(page.get_by_role("tab", name="Create Assignment")).to_have_count(0)
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        expect(page.locator(".lm-Menu-itemLabel:visible")).to_have_text(["Assignment List"])
        page.keyboard.press("Escape")
        picture("hour-1-opened")

        check = notebook.output("test_zero_pad").last
        notebook.answer("zero_pad", "X_pad = np.pad(X, pad)")
        notebook.run_and_check("zero_pad")
        expect(check).to_contain_text("Most likely: every axis is padded")
        picture("hour-2-wrong", check)

        right = 'X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")'
        notebook.answer("zero_pad", right, instead_of="np.pad(X, pad)")
        notebook.run_and_check("zero_pad")
        expect(check).to_contain_text("zero_pad: right on all inputs of this check.")
        expect(check).to_contain_text("1 / 8 ✓ · 15 / 100 points")
        picture("hour-3-right", check)

        notebook.answer(
            "zero_pad", right[:-1], instead_of='"constant"'
        )  # a bracket too few, after a right answer
        notebook.run_and_check("zero_pad")
        expect(check).to_contain_text("The cell of zero_pad ended in an error when it was last run")
        picture("hour-3-broken", check)
        notebook.answer("zero_pad", right, instead_of='"constant"')
        notebook.run_and_check("zero_pad")
        expect(check).to_contain_text("zero_pad: right on all inputs of this check.")

        notebook.answer("conv_single_step", "Z = np.sum(a_slice_prev * W + b)")
        notebook.run_and_check("conv_single_step")
        expect(notebook.output("test_conv_single_step").last).to_contain_text(
            "the bias is added to each of the nine"
        )
        notebook.answer("conv_single_step", "Z = np.sum(a_slice_prev @ V)", instead_of="Z = np")
        notebook.run_and_check("conv_single_step")
        told = "conv_single_step raised NameError in your line: Z = np.sum(a_slice_prev @ V)"
        expect(notebook.output("test_conv_single_step").last).to_contain_text(told)
        expect(notebook.output("test_conv_single_step").locator("details")).to_have_count(1)
        picture("hour-3-raised", notebook.output("test_conv_single_step").last)

        notebook.restart_and_run_all()
        expect(notebook.cell("test_zero_pad").locator(ERRORS)).to_have_count(0)
        picture("hour-4-restarted", notebook.output("demo_zero_pad"))
        table = notebook.output("progress")
        expect(table.get_by_role("row", name="zero_pad")).to_contain_text("✓ passed")
        expect(table.get_by_role("row", name="conv_single_step")).to_contain_text("✗ not right yet")
        expect(table.get_by_role("row", name="pool_forward")).to_contain_text("not yet")
        picture("hour-4-progress", table)
        dialog = notebook.validate()
        failed = dialog.locator("pre")  # what each check says, below its name
        expect(failed).to_have_count(2 * (len(solution_cells()) - 1))
        graded = "3 graded checks fail: conv_single_step, conv_forward, pool_forward"
        expect(failed.nth(0)).to_contain_text(graded)
        expect(failed.nth(0)).to_contain_text("▸ conv_single_step (20 points 分)")
        expect(failed.nth(1)).to_contain_text(told)
        expect(failed.nth(6)).to_contain_text("4 optional checks fail: conv_backward, ")
        expect(failed.nth(7)).to_contain_text("conv_backward is not answered yet")
        expect(dialog).not_to_contain_text("def check():")
        picture("hour-5-validated")
        dialog.get_by_role("button").first.click()

        choose(page, "Nbgrader", "Assignment List")
        expect(page.get_by_text("There are no submitted assignments.")).to_be_visible()
        page.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("button", name="Fetch Feedback")).to_be_visible()
        picture("hour-6-submitted")

        instructor.nbgrader("collect", ASSIGNMENT, "--ExchangeCollect.check_owner=False")
        assert "ada" in instructor.run("nbexaminer", "autograde", "--table")
        instructor.nbgrader("release_feedback", ASSIGNMENT)

        page.get_by_role("button", name="Fetch Feedback").click()
        page.get_by_text("(view feedback)").click()
        picture("hour-7-fetched")
        page.locator(".jp-DirListing-item", has_text=f"{ASSIGNMENT}.html").dblclick()
        feedback = page.frame_locator(".jp-HTMLViewer iframe")
        expect(feedback.get_by_role("heading", level=1)).to_be_visible()
        picture("hour-8-feedback")
        for said in (
            "15 of 15",
            "Right on all",
            "试过的 4 组输入全部正确",
            "it raised NameError: name 'V' is not defined",
            "Not answered yet.",
        ):
            expect(feedback.get_by_text(said).first).to_be_visible()
        expect(page.locator(QUESTIONS)).to_have_count(0)
        refused = feedback.locator("body > style").text_content()
    assert contents(ada.folder / "release") == released
    assert [line for line in (ada.home / "server.log").read_text().splitlines() if "[I " in line] == []
    # To a page that is not trusted JupyterLab adds a style of its own, for links that it makes inactive; the
    # page's policy allows only ours, and Chromium says so, naming the hash of what it refused.
    assert refused.startswith('\na[target="_blank"]')
    digest = base64.b64encode(hashlib.sha256(refused.encode()).digest()).decode()
    assert [error for error in watch.errors if f"'sha256-{digest}'" not in error] == []
    assert not watch.requests


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copy_of_release(course, name):
    folder = shutil.copytree(course / "release" / ASSIGNMENT, course / "work" / name)
    return folder / FILE


def test_the_formgrader_shows_the_graded_class(page, watch, picture, address, course, home):
    scores = {"right": "100 / 100", "stride-ignored": "67.5 / 100"}
    sample_class.write(course, ASSIGNMENT)
    file = course / "submitted" / "stride-ignored" / ASSIGNMENT / FILE
    model = nbformat.read(file, as_version=4)
    model.cells.append(nbformat.v4.new_markdown_cell(HARM))
    nbformat.write(model, file)
    command = [
        Path(sys.executable).with_name("nbexaminer"),
        "autograde",
        *(f"--student={name}" for name in scores),
    ]
    subprocess.run(command, cwd=course, env=homely(home), check=True, timeout=2 * PATIENCE)

    page.goto(f"{address}/lab?token={TOKEN}&reset")
    choose(page, "Nbgrader", "Formgrader")
    formgrader = page.frame_locator("iframe")
    expect(formgrader.get_by_role("row", name=ASSIGNMENT)).to_be_visible()
    picture("formgrader-1-assignments")
    formgrader.locator(f"a[href$='/formgrader/manage_submissions/{ASSIGNMENT}']").click()
    by_button = formgrader.get_by_role("row", name="helpers-wrong")
    by_button.locator(".autograde a").click()
    expect(formgrader.get_by_text("Successfully")).to_be_visible()
    expect(by_button).to_contain_text("85 / 100")
    picture("formgrader-2-button")
    ran = nbformat.read(course / "autograded" / "helpers-wrong" / ASSIGNMENT / FILE, as_version=4)
    reasons = [cell.metadata.nbexaminer.verdict.reason for cell in ran.cells if "nbexaminer" in cell.metadata]
    assert reasons == ["wrong", *["passed"] * 7]
    formgrader.get_by_role("button", name="Close").click()
    scores |= {"helpers-wrong": "85 / 100"}
    formgrader.get_by_role("link", name="Manual Grading").click()
    for page_of in (ASSIGNMENT, f"{ASSIGNMENT}/{ASSIGNMENT}"):
        formgrader.locator(f"a[href$='/formgrader/gradebook/{page_of}']").click()
    expect(formgrader.get_by_role("link", name="Submission #")).to_have_count(len(scores))
    formgrader.get_by_role("button", name="Show All Names").click()
    for student, score in scores.items():
        expect(formgrader.get_by_role("row", name=student)).to_contain_text(score)
    picture("formgrader-3-class")

    formgrader.get_by_role("link", name="stride-ignored").click()
    message = formgrader.get_by_text("conv_forward: Your windows start at `h` and `w`")
    picture("formgrader-4-submission", message)
    points = {"zero_pad": "15", "conv_single_step": "20", "conv_forward": "17.5", "pool_forward": "15"}
    for name, earned in points.items():
        expect(formgrader.locator(f"input.score#test_{name}")).to_have_attribute("placeholder", earned)
    expect(formgrader.locator("math[display=block]")).not_to_have_count(0)
    expect(formgrader.locator("mjx-container, .MathJax, .latex")).to_have_count(0)
    expect(formgrader.locator("body")).not_to_contain_text("$")
    picture("formgrader-5-equation", formgrader.locator("math[display=block]").first)
    note = formgrader.locator(".text_cell", has_text="A note of mine").last
    picture("formgrader-6-note", note)
    expect(note.locator("img")).to_have_count(0)
    expect(note.locator(".figure")).to_have_text(["one", "two", "three"])  # what is said in their place
    assert formgrader.locator("head title").inner_text() == ASSIGNMENT
    assert not watch.errors
    assert not watch.requests


def test_the_source_opens_as_an_assignment(page, watch, picture, address, course):
    notebook = Notebook(page, address, course, course / "source" / ASSIGNMENT / FILE)
    page.get_by_role("tab", name="Create Assignment").click()
    expect(page.locator(".nbgrader-TotalPointsInput")).to_have_value("100")
    cells = page.locator(".nbgrader-CellWidget")
    expect(cells).to_have_count(len(notebook.names))
    shown = zip(*(values(cells, part) for part in ("Id", "Type", "Points")), strict=True)
    written = (cell.metadata.nbgrader for cell in notebook.model.cells if "nbgrader" in cell.metadata)
    assert [cell for cell in shown if cell[0]] == [
        (cell.grade_id, kind(cell), str(cell.get("points", 0))) for cell in written
    ]
    picture("create-assignment", cells.nth(notebook.names.index("test_zero_pad")))
    assert not watch.errors
    assert not watch.requests


def values(cells, part):
    fields = cells.locator(f".nbgrader-Cell{part} :is(select, input)")
    return fields.evaluate_all("fields => fields.map(field => field.value)")


def kind(cell):
    return "solution" if cell.solution else "tests" if cell.grade else "readonly"
