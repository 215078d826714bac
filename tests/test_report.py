"""The instructor's page and its CSV files, made from made-up results, and looked at in a browser."""

import csv
import random

import pytest
from class_of_answers import handwritten
from playwright.sync_api import expect

from nbexaminer.course.results import ExerciseResult, Person, SubmissionResult
from nbexaminer.messages import raised
from nbexaminer.model import Reason, Text, Verdict
from nbexaminer.pages import class_report, class_statistics, similar_work, tables

EXERCISES = {"zero_pad": 15.0, "conv_forward": 35.0, "pool_backward": 0.0, "essay": 5.0}
STRIDE = Verdict(
    Reason.WRONG,
    text=Text("your windows start at `h`.", "窗口的起点写成了 `h`。"),
    remark=Text("First seen with stride 2."),
    exercise="conv_forward",
    mistake="stride-ignored",
)
HALF = Verdict(Reason.WRONG, 0.5, Text("nearly.", "差一点。"), exercise="zero_pad", mistake="nearly")
ERROR = Verdict(
    Reason.RAISED,
    text=raised("NameError", "name '<b>=1+1' is not defined", "return x"),
    exercise="zero_pad",
    error="NameError",
)
PASSED = Verdict(Reason.PASSED, 1.0, Text("right.", "正确。"))
STOPPED = Verdict(Reason.TIMED_OUT, text=Text("it was stopped.", "已被停止。"), exercise="conv_forward")
OPEN = Verdict(Reason.NOT_ANSWERED, text=Text("not answered yet.", "还没有作答。"), exercise="zero_pad")


RIGHT = {
    "zero_pad": ExerciseResult(15, 15, PASSED),
    "conv_forward": ExerciseResult(35, 35, PASSED),
    "pool_backward": ExerciseResult(0, 0, PASSED),
    "essay": ExerciseResult(None, 5),
}
RESULTS = [
    SubmissionResult("ada", RIGHT, 50.0, seconds=1.2),
    SubmissionResult("ben", RIGHT | {"conv_forward": ExerciseResult(0, 35, STRIDE)}, 15.0, seconds=1.5),
    SubmissionResult("cho", RIGHT | {"conv_forward": ExerciseResult(0, 35, STRIDE)}, 15.0, seconds=0.4),
    SubmissionResult("dan", RIGHT | {"zero_pad": ExerciseResult(7.5, 15, HALF)}, 42.5, seconds=1.1),
    SubmissionResult("eve", RIGHT | {"conv_forward": ExerciseResult(0, 35, STOPPED)}, 15.0, seconds=20),
    SubmissionResult(
        "fay",
        RIGHT | {"zero_pad": ExerciseResult(0, 15, ERROR)},
        35.0,
        repairs=(Text("`test_zero_pad` has the course's text again", "已恢复为课程原文"),),
    ),
    SubmissionResult("gil", RIGHT | {"zero_pad": ExerciseResult(0, 15, OPEN)}, 35.0),
    SubmissionResult("hal", problem=Text("There is no notebook.", "没有笔记本文件。")),
]


def rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_each_outcome_is_counted():
    counts = class_statistics.outcomes(EXERCISES, RESULTS)
    assert counts["zero_pad"] == {"passed": 4, "partly": 1, "raised": 1, "not answered": 1}
    assert counts["conv_forward"] == {"passed": 4, "wrong": 2, "stopped": 1}
    assert counts["essay"] == {"by hand": 7}


def test_mistakes_come_by_frequency_in_the_words_of_the_messages():
    first, *others = class_statistics.mistakes(EXERCISES, RESULTS)
    assert first.name == "stride-ignored" and first.students == ["ben", "cho"]
    assert first.text == Text("your windows start at `h`.", "窗口的起点写成了 `h`。")
    assert {one.text.en for one in others} == {
        "nearly.",
        "it raised NameError",
        "it did not come to an end in time",
    }


def test_who_needs_a_look():
    flagged = {
        kind: [student for student, _ in students]
        for kind, students in class_statistics.review_flags(RESULTS).items()
    }
    assert flagged == {"no score": ["hal"], "stopped": ["eve"], "repairs": ["fay"]}


def test_totals_have_a_bar_for_full_marks():
    bars = class_statistics.totals([0, 9.9, 10, 99.5, 100, 101], 100)
    assert [bar.count for bar in bars] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    assert sum(bar.count for bar in class_statistics.times([0.1, 0.5, 3, 500])) == 4


def test_the_csv_files(tmp_path):
    people = {"ben": Person("Ben B"), "ada": Person("Ada L"), "hal": Person("Hal")}
    tables.write_mistakes_csv(tmp_path / "mistakes.csv", EXERCISES, RESULTS, people)
    lines = rows(tmp_path / "mistakes.csv")
    assert [line["name"] for line in lines[:2]] == ["Ben B", ""]
    tables.write_alike_csv(tmp_path / "alike.csv", comparison(), people)
    assert [rows(tmp_path / "alike.csv")[0][key] for key in ("name", "other_name")] == ["Ada L", "Ben B"]
    assert tables.problems(RESULTS, people) == "  hal Hal: There is no notebook."
    assert [(line["mistake"], line["exercise"], line["student"]) for line in lines[:2]] == [
        ("stride-ignored", "conv_forward", "ben"),
        ("stride-ignored", "conv_forward", "cho"),
    ]
    tables.write_csv(
        tmp_path / "class.csv",
        {"=1+1": 1},
        [SubmissionResult("=2+2", {"=1+1": ExerciseResult(1, 1, PASSED)}, 1.0)],
    )
    text = (tmp_path / "class.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("'=2+2,"), "a spreadsheet must not take a name for a formula"


def comparison():
    """Two of forty have the same odd answer, one of them in other words."""
    answers = handwritten(40, seed=2)["pool_forward"]
    odd = (
        "A = np.stack([A_prev[:, p::2, q::2][:, :5, :7] for p in (0, 1) for q in (1, 0)])",
        "best = np.sort(A.reshape(4, -1), axis=0)[{'max': -1}.get(mode, 0)] * np.sign(A.mean())",
        "best[best < -1e9] = np.nan_to_num(np.log1p(best.var(axis=-1, ddof=1)))",
        "rest = [k ** 2 % 7 for k in range(3, 99, 5) if k & 8 or not k - 11]",
        "return best.reshape(A.shape[1:]) - sum(rest) // len(rest), tuple(reversed((hparameters, A_prev)))",
    )
    cells = ["def pool_forward(A_prev, hparameters, mode):", *(f"    {line}" for line in odd)]
    answers["ada"] = "\n".join(cells)
    answers["ben"] = "\n".join(["# <i>mine</i>", *cells]).replace("best", "b").replace("rest", "r")
    return similar_work.compare({"pool_forward": answers, "zero_pad": {"ada": "x = 1"}}, {})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "class.html"
    people = {"ada": Person("Ada Lovelace", "ada@example.org"), "ian": Person("Ian <i>", "ian@example.org")}
    class_report.write_html(path, "week 1", ["lab"], EXERCISES, RESULTS, ["ian", "joy"], comparison(), people)
    return path


@pytest.fixture(params=[(1280, "light", True), (390, "dark", True), (1280, "light", False)])
def page(browser, written, request):
    """The page, wide and narrow, light and dark, with and without scripts; it asks for nothing else."""
    width, scheme, scripts = request.param
    errors, requests = [], []
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    ) as context:
        page = context.new_page()
        page.scripts = scripts
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(written.as_uri())
        yield page
    assert errors == [] and requests == [written.as_uri()]


def test_the_page_in_a_browser(page):
    expect(page.get_by_role("img", name="Students by points")).to_be_visible()
    expect(page.get_by_role("img", name="conv_forward: 4 passed, 2 wrong, 1 was stopped")).to_be_visible()
    expect(page.locator("#absent ~ ul.people li")).to_have_text(["ian Ian <i>", "joy"])
    expect(page.get_by_text("of 10 on the roster have not handed in")).to_be_visible()
    expect(page.get_by_role("link", name="class.mistakes.csv")).to_have_attribute(
        "href", "class.mistakes.csv"
    )
    first = page.locator(".mistakes tbody tr").first
    expect(first).to_contain_text("your windows start at h.")
    expect(first.get_by_role("link", name="ben")).to_have_attribute(
        "href", "../feedback/ben/week%201/lab.html"
    )
    alike = page.locator(".pair")
    expect(alike.get_by_role("heading")).to_have_text("pool_forward: ada Ada Lovelace and ben")
    expect(alike.locator("pre")).to_have_count(2)
    expect(alike.locator("mark", has_text="A = np.stack")).to_have_count(2)
    expect(page.locator(".note")).to_contain_text("never a verdict")
    expect(page.locator(".note")).to_contain_text("zero_pad")
    wide = page.locator("html").bounding_box()["width"]
    assert all(part.bounding_box()["width"] <= wide for part in page.locator("main > *:visible").all()), (
        "nothing sticks out"
    )
    heads, names = page.locator(".students thead th"), page.locator(".students tbody th")
    if page.scripts:
        heads.filter(has_text="total").get_by_role("button").click()
        expect(heads.filter(has_text="total")).to_have_attribute("aria-sort", "descending")
        expect(names).to_have_text(["ada Ada Lovelace", "dan", "fay", "gil", "ben", "cho", "eve"])
        heads.first.get_by_role("button").click()
        page.get_by_label("Show").select_option("failed conv_forward")
        expect(names.filter(visible=True)).to_have_text(["ben", "cho", "eve"])
        page.get_by_label("Find").fill("Ev")
        expect(names.filter(visible=True)).to_have_text(["eve"])
        expect(page.get_by_role("status")).to_have_text("1 of 7 shown")
        page.get_by_label("Find").fill("lovelace")
        page.get_by_label("Show").select_option("to be graded by hand")
        expect(names.filter(visible=True)).to_have_text(["ada Ada Lovelace"])
        assert page.locator("#copy-shown").get_attribute("data-copy") == "ada@example.org"
        page.get_by_label("Show").select_option("")
        page.get_by_label("Find").fill("")
    else:
        expect(page.get_by_label("Find")).to_be_hidden()
    expect(names).to_have_text(["ada Ada Lovelace", "ben", "cho", "dan", "eve", "fay", "gil"])
    first = page.locator(".students tbody tr").first
    expect(first.get_by_role("link", name="notebook")).to_have_attribute(
        "href", "../autograded/ada/week%201/lab.ipynb"
    )


def test_what_students_wrote_is_shown_and_not_obeyed(written):
    page = written.read_text(encoding="utf-8")
    assert "&lt;b&gt;=1+1" in page and "<b>" not in page and "<i>" not in page
    assert "://" not in page


def test_a_class_of_a_thousand_fits_on_a_page(tmp_path):
    """A page that a browser opens at once, and a mail can carry."""
    chance = random.Random(3)
    results = [
        SubmissionResult(
            f"student-{n:04}", chance.choice(RESULTS[:7]).marks, 15.0, seconds=chance.random() * 9
        )
        for n in range(1000)
    ]
    path = tmp_path / "class.html"
    class_report.write_html(path, "week 1", ["lab"], EXERCISES, results)
    assert path.stat().st_size < 1_500_000
