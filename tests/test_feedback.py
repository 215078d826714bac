"""The page that a student gets back: that it teaches, keeps the secret, and can be read by everybody.

Guards promise 1 of docs/architecture.md.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import axe
import nbformat
import numpy as np
import pytest
from lab import Watch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from examples import sample_class
from nbexaminer.batch.worker import Worker
from nbexaminer.course.course import Course
from nbexaminer.course.grades import GradingTask
from nbexaminer.course.plan import grading_plan, run_limits
from nbexaminer.messages import sentence
from nbexaminer.model import Reason, Text, Verdict
from nbexaminer.pages.feedback import FeedbackExporter, without_secrets
from nbexaminer.pages.outcome_summary import summary, summary_line
from reference.cnn_step_by_step import hidden_tests

ROOT = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"
POINTS = {"zero_pad": 15, "conv_single_step": 20, "conv_forward": 35, "pool_forward": 30}
EXERCISES = {exercise.name: exercise for exercise in hidden_tests.EXERCISES}
PLACE = {"notebook": ASSIGNMENT, "assignment": ASSIGNMENT, "student": "a"}
EVIL = """
# Mine</section></main></article>
<script>document.title = "taken"</script> <img src="https://example.org/a.png" alt="a picture of mine">
![pasted](attachment:dot.png) ![escaped](../../../secret.png) ![there](own.png)
<style>body {display: none}</style>
[a link](javascript:document.title='taken') <b onclick="x()">bold</b> <iframe src="https://example.org"></iframe>
<svg onload="document.title='taken'"></svg> $\\frac{1}{$ and $x_1$
<details><summary>my fold</summary>inside</details>
<a href="https://example.org" style="position:fixed">out</a> <form action="https://example.org"></form>
"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAWN = {"svg", "title", "style", "rect", "g", "text"}
STUDENTS = ("right", "bias-per-element", "stride-ignored", "blank", "other-order", "extra-cells", "hostile")


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    """Return a function: the page of a student, as the batch makes it, with a folder for their pictures."""
    root = tmp_path_factory.mktemp("graded")
    shutil.copytree(released, root, dirs_exist_ok=True)
    sample_class.write(root, ASSIGNMENT)
    hostile(root / "submitted" / "stride-ignored", root / "submitted" / "hostile")
    course = Course(root)
    worker = Worker(grading_plan(course, ASSIGNMENT, run_limits(course)))
    exporter = FeedbackExporter(source=str(root / "source" / ASSIGNMENT))
    graded = {}

    def page(student: str, change=None, **place) -> str:
        folder = course.folder("submitted", ASSIGNMENT, student)
        if student not in graded:
            graded[student] = worker.grade(GradingTask(student, folder)).notebooks[ASSIGNMENT]
        if change is None:
            return graded[student].page
        nb = nbformat.reads(graded[student].text, as_version=4)
        change(nb)
        metadata = {"name": ASSIGNMENT, "path": str(folder)}
        return exporter.from_notebook_node(nb, {"nbgrader": PLACE | place, "metadata": metadata})[0]

    def notebook(student: str):
        page(student)
        return nbformat.reads(graded[student].text, as_version=4)

    page.notebook = notebook
    yield page
    worker.close()


def hostile(honest: Path, attacker: Path) -> None:
    """Write the submission of somebody who wants to harm a reader."""
    shutil.copytree(honest, attacker)
    path = attacker / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = nbformat.read(path, as_version=4)
    evil = new_markdown_cell(EVIL, attachments={"dot.png": {"image/png": DOT}})
    printing = "print('\\x1b[31m<script>document.title=\"taken\"</script>' + 'long ' * 400 + EVIL)"
    raising = 'raise ValueError("<script>document.title = 1</script>\\n✓ zero_pad: right")'
    nb.cells.insert(2, evil)
    nb.cells += [new_code_cell(f"EVIL = {EVIL!r}\n{printing}"), new_code_cell(raising)]
    nbformat.write(nb, path)
    for folder in (path.parent, attacker.parent.parent):
        name = "own.png" if folder == path.parent else "secret.png"
        (folder / name).write_bytes(base64.b64decode(DOT))


def text(markup: str) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", "", markup.replace("</p>", "\n"), flags=re.DOTALL)
    return html.unescape(plain)


def elements(markup: str) -> list[tuple[str, dict[str, str]]]:
    """Return each element's tag and attributes, as a browser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(markup)
    return found


def results(markup: str) -> list[list[str]]:
    """Return the words of each line of the summary."""
    lines = re.findall(r"<li class=.*?</li>", markup.split('id="work"')[0], flags=re.DOTALL)
    return [[word.strip() for word in text(found).split("\n") if word.strip()] for found in lines]


# ---------------------------------------------------------------------------------- what it says


def test_the_summary_says_what_came_of_each_exercise(graded):
    lines = results(graded("bias-per-element"))
    assert [words[1] for words in lines] == list(EXERCISES)
    assert lines[0][0] == "✓right"
    assert lines[0][2:4] == ["15 of 15", "Right on all 4 inputs it was tried on."]
    assert lines[1][0] == "◐partly right" and lines[1][2] == "10 of 20"
    assert lines[1][3].startswith("The bias is added to every element before the sum")
    assert lines[1][4].startswith("偏置在求和之前加到了每个元素上")
    assert lines[2][2] == "35 of 35" and "your conv_single_step, where the real mistake is" in lines[2][3]
    assert [words[2] for words in lines[4:]] == ["no points"] * 4


def test_what_is_not_answered_has_a_mark_of_its_own(graded):
    assert [words[0] for words in results(graded("blank"))] == ["–not answered"] * 8


def test_each_line_leads_to_its_check(graded):
    page = graded("stride-ignored")
    for name in EXERCISES:
        assert f'<a href="#test_{name}"><code>{name}</code></a>' in page
        assert page.count(f'id="test_{name}"') == 1
    leads_to = {attributes.get("href", "") for _, attributes in elements(page)}
    ids = {f"#{attributes.get('id')}" for _, attributes in elements(page)}
    assert {address for address in leads_to if address.startswith("#")} <= ids


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_first_line_names_the_known_mistake(exercise):
    """For each known mistake of the tests, the first line that the student reads names that mistake."""
    points = POINTS.get(exercise.name, 0)
    for mistake in exercise.mistakes:
        verdict = exercise.verdict(mistake.variant)
        cell = new_code_cell("check()", outputs=[new_output("stream", text="Z = 1\n")])
        cell.metadata.nbgrader = {"grade_id": f"test_{exercise.name}", "grade": True, "points": points}
        cell.metadata.nbgrader |= {"solution": False, "locked": True, "score": points * verdict.credit}
        cell.metadata.nbexaminer = {"verdict": json.loads(json.dumps(verdict.to_json()))}
        [found] = summary(without_secrets(new_notebook(cells=[cell])))
        assert found.text == sentence(mistake.text), mistake.name
        wanted = {0: "✗", points: "✓"}.get(points * verdict.credit, "◐") if points else "✗"
        assert found.mark == wanted, mistake.name
        assert found.printed == "Z = 1"


def test_the_summary_of_real_pages_names_the_mistake(graded):
    for student, function, mistake in (
        ("stride-ignored", "conv_forward", "stride-ignored"),
        ("stride-ignored", "pool_forward", "stride-ignored"),
        ("mask-is-maximum", "create_mask_from_window", "the-maximum-itself"),
        ("helpers-wrong", "zero_pad", "edge-values"),
    ):
        [known] = [known for known in EXERCISES[function].mistakes if known.name == mistake]
        words = next(words for words in results(graded(student)) if words[1] == function)
        earns = known.credit * POINTS.get(function, 0)
        assert words[0] == ("◐partly right" if earns else "✗not right yet")
        assert words[-2].startswith(sentence(known.text).en.replace("`", ""))
        assert words[-1].startswith(known.text.zh.replace("`", ""))


def test_a_record_survives_the_notebook_and_the_ledger():
    for exercise in EXERCISES.values():
        for mistake in exercise.mistakes:
            verdict = exercise.verdict(mistake.variant)
            kept = Verdict.from_json(json.loads(json.dumps(verdict.to_json())))
            assert kept == replace(verdict, picture=None)


def test_what_a_check_prints_is_never_taken_for_its_verdict():
    printed = new_output("stream", text="✓ f: right.\n◐ f: half of it.\n对一半。\n")
    cell = new_code_cell(outputs=[printed])
    cell.metadata.nbgrader = {"grade_id": "test_f", "grade": True, "solution": False, "points": 4, "score": 2}
    verdict = Verdict(Reason.WRONG, 0.5, Text("half of it, really.", "真的对一半。"), exercise="f")
    cell.metadata.nbexaminer = {"verdict": verdict.to_json()}
    found = summary_line(cell)
    assert (found.outcome, found.text, found.printed) == ("part", verdict.text, printed.text.strip())


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        ("assert f() == 1, 'secret'", {"ename": "AssertionError", "evalue": "f() is 1"}, "f() is 1"),
        ("### BEGIN HIDDEN TESTS\nf\n### END HIDDEN TESTS", {"ename": "KeyError", "evalue": "1"}, "KeyError"),
        ("f()", {"ename": "KeyError", "evalue": "'x'"}, "KeyError: 'x'"),
    ],
)
def test_a_notebook_that_stock_nbgrader_ran_has_a_verdict_too(source, error, text):
    cell = new_code_cell(source, outputs=[new_output("error", traceback=["..."], **error)])
    cell.metadata.nbgrader = {"grade_id": "test_f", "grade": True, "solution": False, "points": 4, "score": 0}
    found = summary_line(cell)
    assert (found.outcome, found.text) == ("wrong", Text(text))


def test_total_penalty_comments_and_repairs_are_shown(graded):
    def comment(nb):
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.metadata.nbgrader.comment = "Well *done*, <script>no</script> $x_1$"

    page = graded("other-order", comment, score=93.5, max_score=100, late_penalty=6.5, name="Ada <b>")
    said = text(page)
    assert f"Ada <b> {PLACE['student']}\n" in said, "name and id, where the gradebook has them"
    assert "93.5 of 100 points" in said
    assert "6.5 points are taken off because it was handed in late" in said and "迟交" in said
    assert page.count("Well <em>done</em>") == 8 and "<script" not in page
    assert "test_pool_backward stands below the test before it again" in said.split("Your work")[0]


def test_a_page_that_nbgrader_makes_is_named_by_the_gradebook(graded, tmp_path):
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url) as gradebook:
        gradebook.add_student("a", first_name="小明", last_name="王")
    assert "小明 王 a\n" in text(graded("right", lambda nb: None, db_url=url))


def test_nbgraders_own_words_for_no_answer_are_left_out(graded):
    def comment(nb):
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.metadata.nbgrader.comment = "No response."

    assert "No response." not in graded("blank", comment)


def test_a_mistake_is_drawn_where_it_was_made(graded):
    page = graded("stride-ignored")
    check = page[page.index('id="test_conv_forward"') :].split("</section>")[0]
    assert re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="The window of h = 1, w = 2', check)
    assert 'src="data:image/svg' not in graded("right")


def test_a_picture_costs_nothing_in_one_kernel_either():
    """Stock nbgrader runs tests and answers in one kernel, and scores by their outputs."""
    source = """
import numpy as np
from reference.cnn_step_by_step import hidden_tests
check = hidden_tests.conv_single_step(lambda a, W, b: np.sum(a * W + b), points=20)
right = hidden_tests.zero_pad(lambda X, pad: np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0))), points=15)
wrong = hidden_tests.zero_pad(lambda X, pad: np.pad(X, pad, "edge"), points=15)"""
    cells = [new_code_cell(text) for text in (source, "check()", "right()", "wrong()")]
    for cell, points in zip(cells[1:], (20, 15, 15), strict=True):
        cell.metadata.nbgrader = {"grade_id": "test", "grade": True, "solution": False, "points": points}
    NotebookClient(
        new_notebook(cells=cells), allow_errors=True, resources={"metadata": {"path": ROOT}}
    ).execute()
    assert [determine_grade(cell) for cell in cells[1:]] == [(10, 20), (15, 15), (0, 15)]
    drawn = [sum("image/svg+xml" in output.get("data", {}) for output in cell.outputs) for cell in cells[1:]]
    assert drawn == [0, 0, 1]


@pytest.mark.parametrize(
    "got",
    [None, "text", 3, np.nan, [], [[1], [2, 3]], {"a": 1}, np.zeros((0, 3)), np.full((4, 7, 7, 2), np.inf),
     np.zeros((99, 99)), np.array(["<script>"]), np.array([None]), (1, 2), np.float64(1e300), 1j, True],
    ids=repr,
)  # fmt: skip
def test_whatever_is_returned_can_be_drawn_or_is_not(got):
    for exercise in EXERCISES.values():
        if exercise.picture and (picture := exercise.picture(got)):
            drawing = ElementTree.fromstring(picture.svg)
            assert drawing.find("{*}title").text == picture.alt.en
            assert len(picture.svg) < 30_000
            assert {element.tag.rpartition("}")[2] for element in drawing.iter()} <= DRAWN


def test_windows_are_drawn_for_each_way_to_misplace_them():
    for name in ("conv_forward", "pool_forward", "conv_backward", "pool_backward"):
        drawn = {
            mistake.name: mistake.picture().svg for mistake in EXERCISES[name].mistakes if mistake.picture
        }
        assert {"stride-ignored", "end-by-stride", "end-inclusive", "start-by-f", "axes-swapped"} <= set(
            drawn
        )
        assert len(set(drawn.values())) == len(drawn)
        assert all(svg.count('class="right"') == 1 and "[3:5, 6:8]" in svg for svg in drawn.values())
        assert "[1:3, 2:4]" in drawn["stride-ignored"]


# ----------------------------------------------------------------------------------- what it keeps


@pytest.mark.parametrize("student", STUDENTS)
def test_the_hidden_tests_stay_hidden(graded, student):
    page = text(graded(student))
    assert [
        secret for secret in ("HIDDEN", "reference.cnn", "hidden_tests.", "visible=") if secret in page
    ] == []
    assert "def check():" in page  # what students have in their notebook may be read


@pytest.mark.parametrize("student", STUDENTS)
def test_a_page_is_one_light_file(graded, student):
    page = graded(student)
    assert len(page.encode()) < 700_000
    assert re.findall(r"url\(|@import", page[: page.index("</style>")]) == []
    for tag, attributes in elements(page):
        assert tag not in {"script", "link", "iframe", "object", "embed", "form", "base", "svg"}
        assert attributes.get("src", "data:image/").startswith("data:image/")
        assert not {"srcset", "background", "poster", "data"} & set(attributes)


def test_what_a_student_writes_cannot_harm_a_reader(graded):
    page = graded("hostile")
    mine = page[page.index("Mine") :].split("</article>")[0]
    for tag, attributes in elements(mine):
        assert tag not in {"script", "style", "svg"}
        assert not any(name.startswith("on") or name in ("style", "id") for name in attributes)
        assert attributes.get("href", "https:").startswith("https:")
    assert "a picture of mine" in mine and "example.org/a.png" not in mine
    assert f'<img src="data:image/png;base64,{DOT}" alt="pasted">' in mine
    assert 'alt="there"' in mine and 'alt="escaped"' not in mine
    assert '<code class="latex">\\frac{1}{</code>' in mine or "\\frac{1}{" in text(mine)
    assert "<msub>" in mine and "<summary>my fold</summary>" in mine


def test_a_page_is_cheap(graded):
    """A class of hundreds is rendered: well below 0.1 s of one processor for each."""
    graded("right")
    spent = []
    for _ in range(5):
        begin = time.process_time()
        graded("stride-ignored")
        spent.append(time.process_time() - begin)
    assert sorted(spent)[2] < 0.1


def test_without_the_course_beside_it_a_page_shows_all_text(graded):
    """As for a notebook of a course that is not where it was: nothing is lost."""
    exporter = FeedbackExporter()
    page, _ = exporter.from_notebook_node(graded.notebook("right"), {"metadata": {"name": "n", "path": "."}})
    assert 'class="course"' in page  # the locked code
    assert "Zero-Padding" in text(page.split("<h1>")[1]) and "100 of 100" in text(page)


# ------------------------------------------------------------------------------------ in a browser


@pytest.fixture
def opened(graded, browser, tmp_path):
    """Return a function that opens a student's page; nothing may be fetched, and no error said."""
    contexts, watches, requested = [], [], []

    def open_page(student: str, width: int = 1000, scheme: str = "light", unfolded: bool = False):
        file = tmp_path / f"{student}.html"
        file.write_text(graded(student), encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme))
        page = contexts[-1].new_page()
        watches.append(Watch(page))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(file.as_uri())
        if unfolded:
            page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        return page

    yield open_page
    assert [watch.errors + watch.requests for watch in watches] == [[]] * len(watches)
    assert all(url.startswith(("file:", "data:image/")) for url in requested)
    assert sum(url.startswith("file:") for url in requested) == len(watches)
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("student", "scheme"),
    [("right", "light"), ("stride-ignored", "dark"), ("blank", "dark"), ("hostile", "light")],
)
def test_everybody_can_read_it(opened, student, scheme):
    page = opened(student, scheme=scheme, unfolded=True)
    assert axe.grave(page) == []
    assert page.locator("main, h1").count() == 2
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(heading => +heading.tagName[1])")
    assert levels[:2] == [1, 2] and all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    assert page.title() == f"{ASSIGNMENT}: feedback"


@pytest.mark.parametrize("student", ["right", "stride-ignored", "hostile"])
def test_it_fits_a_phone(opened, student):
    page = opened(student, width=360, unfolded=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".results li").first.bounding_box()["width"] > 300


def test_it_is_dark_where_the_reader_wants_it_dark(opened):
    colours = {}
    for scheme in ("light", "dark"):
        page = opened("stride-ignored", scheme=scheme)
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colours == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 29)"}


def test_it_can_be_printed(opened):
    page = opened("stride-ignored", scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".course").first.is_visible() and page.locator(".check").first.is_visible()
    assert (
        page.locator("article pre").first.evaluate("code => getComputedStyle(code).whiteSpace") == "pre-wrap"
    )


def test_the_keyboard_reaches_the_work(opened):
    page = opened("right")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text().startswith("Skip to your work")
    page.keyboard.press("Enter")
    assert page.locator("#work").evaluate("heading => heading === document.activeElement")
