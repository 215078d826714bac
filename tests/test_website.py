"""The website: a reader's visit in Chromium, the playground beside the reference, every link and weight."""

import json
import os
import re
import shutil
import zipfile
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
import static_site
from axe import grave
from bs4 import BeautifulSoup
from lab import PATIENCE, Watch, wait_for_images
from playwright.sync_api import expect

from nbexaminer import checks
from nbexaminer.cli.commands import main
from reference.cnn_step_by_step.solutions import conv_forward, pool_forward, zero_pad
from website.build import build

RELEASE = Path(__file__).parent.parent / "release"
ASSIGNMENT = "cnn-step-by-step"
CHAPTER = f"{ASSIGNMENT}/{ASSIGNMENT}.html"
CHAPTERS = [path.relative_to(RELEASE).with_suffix(".html").as_posix() for path in RELEASE.glob("*/*.ipynb")]
PAGES = ("index.html", "playground/index.html", "notation.html", "search.html", *sorted(CHAPTERS))
MEGABYTE = 1_000_000
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build(RELEASE, folder)
    return folder


@pytest.fixture(scope="module")
def address(site):
    with static_site.serve(site) as address:
        yield address


@pytest.fixture
def visit(browser):
    """Open a page in a browser of its own; whoever asks for less, no script or a phone, says so."""
    contexts = []

    def open_page(url, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.watch = Watch(page)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def prose():
    model = nbformat.read(RELEASE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in model.cells if cell.cell_type == "markdown")


def screenshot(page, name):
    """For whoever wants to see what the tests see."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"site-{name}.png", full_page=True)


# ---------------------------------------------------------------- a reader's visit


def test_a_reader_visits_the_course(visit, address, prose):
    """Promise: no request leaves the site, no page complains, and the chosen language is remembered."""
    page = visit(f"{address}/index.html")
    screenshot(page, "landing")
    page.get_by_role("link", name="Read", exact=False).first.click()
    expect(page).to_have_url(f"{address}/{CHAPTER}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "Convolutional Neural Networks: Step by Step"
    )
    assert equations_and_figures(page) == (count_equations(prose), prose.count("<img "))
    screenshot(page, "chapter")

    english = page.get_by_text("Why not connect every pixel to every neuron")
    chinese = page.get_by_text("如果每个像素都连到每个神经元")
    shows(english, chinese)
    page.get_by_role("button", name="中文", exact=True).click()
    shows(chinese, hidden=english)
    page.reload()
    shows(chinese, hidden=english)
    screenshot(page, "chapter-chinese")
    page.get_by_role("button", name="English").click()
    shows(english, hidden=chinese)
    page.reload()
    shows(english, hidden=chinese)
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")

    contents = page.get_by_role("navigation", name="Contents")
    contents.get_by_role("link", name="3.3 - Convolutional").click()
    expect(page.get_by_role("heading", name="3.3 - Convolutional")).to_be_in_viewport()
    expect(contents.locator("[aria-current]")).to_have_text(re.compile("^3.3 - "))
    page.get_by_role("navigation", name="After: 3 - ").get_by_role("link", name="4 - Pooling").click()
    expect(page.get_by_role("heading", name="4 - Pooling layer")).to_be_in_viewport()

    page.get_by_role("link", name="Move a filter").click()
    expect(page.get_by_role("slider", name="Window")).to_be_visible()
    shows(page.get_by_text("A small picture, a window"), hidden=page.get_by_text("一张小图"))
    assert not page.watch.errors
    assert not page.watch.requests


def test_the_bar_stays_with_language_and_theme(visit, address):
    """Promise: however far one has read, both can be changed, and they are remembered."""
    page = visit(f"{address}/{CHAPTER}", viewport={"width": 390, "height": 844}, color_scheme="light")
    page.get_by_role("heading", name="4.1 - Forward").scroll_into_view_if_needed()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    theme = page.get_by_role("button", name="Theme")
    expect(theme).to_be_in_viewport()
    expect(page.get_by_role("button", name="中文", exact=True)).to_be_in_viewport()
    theme.click()  # light, which it is already
    assert page.evaluate(paper) == light
    theme.click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()


def test_code_can_be_copied_and_sections_linked_to(visit, address):
    page = visit(f"{address}/{CHAPTER}", permissions=["clipboard-read", "clipboard-write"])
    code = page.locator(".copyable", has_text="np.pad(a,")
    code.hover()
    code.get_by_role("button", name="Copy").click()
    expect(code.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code.locator("pre").inner_text().rstrip("\n")
    link = page.get_by_role("link", name="Link to this section: 4.1 - Forward Pooling")
    link.focus()
    link.press("Enter")
    assert page.url.endswith("#4.1-forward-pooling")
    expect(page.get_by_role("heading", name="4.1 - Forward")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("zero-padding", "3.1 - Zero-Padding"),
        ("偏置 一次", "3.2 - "),
        ("where are the logs", "Where are the"),
    ],
)
def test_the_search_finds_sections_in_both_languages(visit, address, query, section):
    page = visit(f"{address}/index.html")
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_role("searchbox")).to_be_focused()  # its script has run
    page.get_by_role("searchbox").fill(query)
    first = page.locator("#results a").first
    expect(first).to_contain_text(section)
    assert page.locator("#results mark").count()
    page.get_by_role("button", name="中文", exact=True).click()
    expect(first.locator("[lang=en]")).to_be_hidden()  # where there is Chinese, it is all
    page.get_by_role("button", name="Both").click()
    page.reload()  # what is searched for stands in the address
    expect(page.get_by_role("searchbox")).to_have_value(query)
    page.locator("#results a", has_text=section).first.click()
    expect(page.get_by_role("heading", name=section).first).to_be_in_viewport()
    assert not page.watch.errors


def test_a_search_without_result_says_so(visit, address):
    page = visit(f"{address}/search.html?q=<b>qwertz</b>")
    expect(page.get_by_role("status")).to_contain_text("Nothing found")
    assert page.locator("#results *").count() == 0


def test_a_chinese_reader_meets_chinese_headings(visit, tmp_path):
    """Promise: what the notebook's metadata says of headings stands there, with its number once."""
    release = shutil.copytree(RELEASE, tmp_path / "release")
    path = release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    model = nbformat.read(path, as_version=4)
    model.metadata["course"] = {
        "part": 1,
        "title_zh": "卷积神经网络：一步一步来",
        "headings": {"4.1 - Forward Pooling": "4.1 - 池化：前向传播"},
        "playground": {"4.1 - Forward Pooling": "mode=max&f=2"},
    }
    nbformat.write(model, path)
    site = tmp_path / "site"
    build(release, site)
    with static_site.serve(site) as address:
        page = visit(f"{address}/{CHAPTER}")
        heading = page.locator("h3", has_text="4.1 - Forward Pooling")
        assert " ".join(heading.inner_text().split()) == "4.1 - Forward Pooling 池化：前向传播 #"
        page.get_by_role("button", name="中文", exact=True).click()
        assert " ".join(heading.inner_text().split()) == "4.1 - 池化：前向传播 #"
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("卷积神经网络：一步一步来"))
        contents = page.get_by_role("navigation", name="Contents")
        expect(contents.get_by_text("4.1 - 池化：前向传播")).to_be_visible()
        page.get_by_role("link", name="到“试一试”里动手").click()
        expect(page.locator("[name=mode][value=max]")).to_be_checked()
    assert static_site.broken(site) == []


def test_notebook_and_zip_can_be_downloaded(visit, address, tmp_path):
    page = visit(f"{address}/{CHAPTER}")
    released = {path: path.read_bytes() for path in (RELEASE / ASSIGNMENT).rglob("*") if path.is_file()}
    for name, file in (("Download the notebook", "work.ipynb"), ("Download all (zip", "all.zip")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / file)
    assert (tmp_path / "work.ipynb").read_bytes() == released[RELEASE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"]
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        packed = {RELEASE / name: archive.read(name) for name in archive.namelist()}
    assert packed == released
    assert {path.parent.name for path in packed} == {ASSIGNMENT, "data", "images"}


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_before_any_script_runs(visit, address, prose, path):
    """Promise: without scripts, text in both languages, equations and figures are there."""
    page = visit(f"{address}/{path}", java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for language in ("en", "zh"):
        expect(
            page.locator(f"main p[lang={language}]:visible, main blockquote[lang={language}]:visible")
        ).not_to_have_count(0)
    expect(page.get_by_role("group", name="Language")).to_be_hidden()
    if path == CHAPTER:
        expect(page.locator("math:visible")).to_have_count(count_equations(prose))
        unfolded = re.sub(r"<details>.*?</details>", "", prose, flags=re.DOTALL)
        expect(page.locator("main figure img:visible")).to_have_count(unfolded.count("<img "))
        hint = page.locator("details", has_text="X has four axes").last
        hint.locator("summary").click()
        expect(hint.get_by_text("X has four axes")).to_be_visible()
    assert not page.watch.errors
    assert not page.watch.requests


@pytest.mark.parametrize("look", ["desktop", "phone", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_every_screen_and_shuts_nobody_out(visit, address, path, look):
    """Promise: no page is wider than a phone, and axe finds nothing serious, with all details open."""
    size = {"width": 360, "height": 740} if look == "phone" else {"width": 1280, "height": 900}
    page = visit(f"{address}/{path}", viewport=size, color_scheme="dark" if look == "dark" else "light")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    screenshot(page, f"{look}-{path.replace('/', '-')}")
    assert grave(page) == []


@pytest.mark.parametrize("opened_from", ["host", "file"])
def test_the_contents_fold_on_a_phone(visit, address, site, opened_from):
    place = address if opened_from == "host" else site.as_uri()
    page = visit(f"{place}/{CHAPTER}", viewport={"width": 360, "height": 740})
    entry = page.get_by_role("navigation", name="Contents").get_by_role("link", name="4.1 - Forward")
    expect(entry).to_be_hidden()
    page.locator("summary", has_text="Contents").click()
    entry.click()
    expect(entry).to_be_hidden()
    expect(page.get_by_role("heading", name="4.1 - Forward")).to_be_in_viewport()
    for go_on in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.locator("header.site").click(position={"x": 150, "y": 20}),
    ):
        page.locator("summary", has_text="Contents").click()
        expect(entry).to_be_visible()
        go_on()
        expect(entry).to_be_hidden()


def test_an_animation_stands_still_for_who_asked_for_that(visit, address):
    shown = "document.querySelector('img[src$=\".gif\"]').currentSrc"
    page = visit(f"{address}/{CHAPTER}", reduced_motion="reduce")
    page.get_by_text("See it move").click()
    page.locator("img[src$='.gif']").scroll_into_view_if_needed()
    page.wait_for_function(f"{shown}.endsWith('-still.png')")


def shows(*texts, hidden=None):
    for text in texts:
        expect(text).to_be_visible()
    if hidden:
        expect(hidden).to_be_hidden()


def count_equations(prose):
    prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
    return len(re.findall(r"\$\$.+?\$\$|\$.+?\$", prose, flags=re.DOTALL))


def equations_and_figures(page):
    """How many there are, once all figures are loaded; nowhere is LaTeX left in the text."""
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    wait_for_images(page, "main")
    text = "".join(
        page.locator("main .text :is(p, li, td, figcaption)").evaluate_all(
            """blocks => blocks.map(block => {
                const copy = block.cloneNode(true);
                copy.querySelectorAll("code, math").forEach(part => part.remove());
                return copy.textContent;
            })"""
        )
    )
    assert len(text) > 1000 and "$" not in text and "\\" not in text
    return page.locator("main math").count(), page.locator("main figure img").count()


# ---------------------------------------------------------------- the documents


def test_every_document_is_a_page_that_fits_a_phone_and_shuts_nobody_out(visit, address, site):
    """Promise: one site of documents, in the order of their index, without a request or an error."""
    page = visit(f"{address}/docs/index.html", viewport={"width": 360, "height": 740})
    pages = page.locator(".contents a").evaluate_all("links => links.map(link => link.href)")
    written = {path.stem for path in (RELEASE.parent / "docs").glob("*.md")} - {"README"}
    made = {"index", "checks", "commands", "contributing", "examples"}
    assert {Path(url).stem for url in pages} == made | written
    assert {path.stem for path in (site / "docs").glob("*.html")} == made | written
    for url in pages:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, url
        assert grave(page) == [], url
    assert not page.watch.errors and not page.watch.requests


def test_the_api_of_the_checks_is_made_from_docstrings(site):
    soup = BeautifulSoup((site / "docs" / "checks.html").read_text("utf-8"), "html.parser")
    headings = [heading.get_text().removesuffix("#").strip() for heading in soup.main.find_all("h2")]
    assert headings == checks.__all__
    about = [" ".join(item.get_text().split()) for item in soup.main.find_all("li")]
    for line in (
        "label: what is particular about the inputs, for messages (never an expected value).",
        "rtol: relative tolerance of the comparison.",
    ):
        assert line in about and line in " ".join(checks.Case.__doc__.split())
    assert "kwargs: Mapping[str, Any] = ...," in soup.main.get_text()


def test_all_commands_are_a_page(site):
    text = BeautifulSoup((site / "docs" / "commands.html").read_text("utf-8"), "html.parser").main.get_text()
    assert [name for name in main.commands if f"Usage: nbexaminer {name}" not in text] == []


# ---------------------------------------------------------------- the pages as files


def test_every_link_leads_somewhere(site):
    """Promise: relative links only, each to a file of the site and to a place that is in it."""
    assert static_site.broken(site) == []
    links = [link for file in site.rglob("*.html") for link in static_site.Page(file).links]
    assert len(links) > 70
    leaving = [link for link in links if static_site.outside(link)]
    assert all(link.tag == "a" for link in leaving)
    sources = [*RELEASE.glob("*/*.ipynb"), *(RELEASE.parent / "docs").glob("*.md")]
    texts = "".join(path.read_text("utf-8") for path in sources)
    assert {link.target for link in leaving} >= {"https://numpy.org", "https://www.h5py.org"}
    assert [link.target for link in leaving if f"]({link.target})" not in texts] == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "index.html").write_text('<a href="gone.html">x</a><a href="#nowhere">y</a><i id="here"></i>'
                                         '<a href="#here">z</a><img src="/root.png">')  # fmt: skip
    assert [link.target for link in static_site.broken(tmp_path)] == ["gone.html", "#nowhere", "/root.png"]


def test_ids_are_unique_and_headings_in_order(site):
    for file in site.rglob("*.html"):
        ids = static_site.Page(file).ids
        assert len(ids) == len(set(ids)), file
        headings = BeautifulSoup(file.read_text("utf-8"), "html.parser").find_all(re.compile("^h[1-6]$"))
        levels = [int(heading.name[1]) for heading in headings]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels)), file


def test_all_chinese_is_marked_as_such(site):
    """What is not marked would be shown to those who chose English, and read out in the wrong voice."""
    soup = BeautifulSoup((site / CHAPTER).read_text("utf-8"), "html.parser")
    for code in soup.find_all(["pre", "script"]):
        code.decompose()
    texts = soup.main.find_all(string=CHINESE)
    assert len(texts) > 100
    assert [text for text in texts if not text.find_parent(lang="zh")] == []
    # ... and in a Chinese chapter no paragraph is left that says nothing in Chinese.
    for part in soup.main.find_all(lang="en"):
        part.decompose()
    for marked in soup.main.find_all(lang="zh"):
        cell = marked.find_parent(class_="text")
        for block in cell.find_all(["p", "li"]) if cell else ():
            if not block.find_parent(["table", "li"]):
                assert CHINESE.search(block.get_text()) or block.find_parent(lang="zh") or not words(block), (
                    block
                )


def words(block):
    for equation in block.find_all(["math", "code"]):
        equation.extract()
    return re.search("[A-Za-z]{3}", block.get_text())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_less_than_one_and_a_half_megabytes(visit, address, path):
    """Promise: with all that it loads, down to its last figure."""
    page = visit("about:blank")
    weights = {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    page.goto(f"{address}/{path}")
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    wait_for_images(page, "body")
    page.wait_for_load_state("networkidle")
    assert len(weights) > 4
    assert sum(weights.values()) < 1.5 * MEGABYTE, weights


# ---------------------------------------------------------------- the playground


def test_the_playground_computes_what_the_reference_computes(visit, address):
    """Promise: the numbers agree, for every mode, size, stride and border, with numbers of any kind."""
    page = visit(f"{address}/playground/index.html")
    random = np.random.default_rng(0)
    layers, wanted = [], []
    for mode in ("convolution", "max", "average"):
        for f, stride, pad in np.ndindex(4, 3, 3):
            f, stride = f + 1, stride + 1
            picture = random.normal(size=random.integers(4, 10, size=2)).round(3) * 10
            layer = {"mode": mode, "f": f, "stride": stride, "pad": pad}
            layer |= {"filter": random.normal(size=(f, f)).tolist(), "bias": random.normal()}
            layers.append((picture.tolist(), layer))
            wanted.append(reference(picture, layer))
    got = page.evaluate(
        """async layers => {
            const { forward } = await import(new URL("conv.js", location));
            return layers.map(([picture, layer]) => forward(picture, layer));
        }""",
        layers,
    )
    assert len(got) == 108
    for mine, theirs in zip(got, wanted, strict=True):
        np.testing.assert_allclose(np.array(mine), theirs, rtol=1e-12, atol=1e-12)


def reference(picture, layer):
    """Return (n_H, n_W), from one example of one channel."""
    A_prev = np.asarray(picture, dtype=float)[None, :, :, None]
    if layer["mode"] == "convolution":
        W = np.asarray(layer["filter"], dtype=float)[:, :, None, None]
        Z, _ = conv_forward(A_prev, W, np.full((1, 1, 1, 1), layer["bias"]), layer)
        return Z[0, :, :, 0]
    A, _ = pool_forward(zero_pad(A_prev, layer["pad"]), layer, layer["mode"])
    return A[0, :, :, 0]


class Playground:
    """What one sees and does on the page."""

    def __init__(self, page):
        self.page = page
        self.window = page.get_by_role("slider", name="Window")
        self.output = page.get_by_role("grid", name="Output")
        self.cells = self.output.get_by_role("gridcell")

    def choose(self, group, value):
        """Go to a group of choices with the keyboard, and move to one of them."""
        fieldset = self.page.get_by_role("group", name=group)
        choices = fieldset.get_by_role("radio")
        values = choices.evaluate_all("choices => choices.map(choice => choice.value)")
        fieldset.locator("input:checked").focus()
        at = values.index(fieldset.locator("input:checked").get_attribute("value"))
        for _ in range((values.index(str(value)) - at) % len(values)):
            self.page.keyboard.press("ArrowRight")
        expect(fieldset.locator("input:checked")).to_have_attribute("value", str(value))

    def numbers(self, name):
        """The numbers that a table shows, a list of rows."""
        return self.page.locator(f"#{name} tbody").evaluate(
            """body => [...body.rows].map(row => [...row.cells].slice(1).map(cell => Number(
                (cell.querySelector("input")?.value ?? cell.innerText).replace("−", "-"))))"""
        )

    def stop(self):
        """The position (h, w) and the number that are read out, and the number at the end of the sum."""
        said = self.page.get_by_role("status").inner_text().replace("−", "-")
        h, w, value = re.search(r"row (\d+), column (\d+): (\S+)\.", said).groups()
        end = self.page.locator("#sum strong").inner_text().replace("−", "-")
        return int(h), int(w), float(value), float(end)


def test_the_playground_by_keyboard(visit, address):
    """Promise: the controls change window, numbers, formula and result together, without a mouse."""
    page = visit(f"{address}/playground/index.html")
    play = Playground(page)
    for mode, f, stride, pad in (
        ("convolution", 2, 2, 1),
        ("convolution", 3, 1, 2),
        ("max", 3, 3, 0),
        ("average", 4, 2, 1),
    ):
        for group, value in (("layer", mode), ("size of the window", f), ("stride", stride), ("pad", pad)):
            play.choose(group, value)
        padded = np.array(play.numbers("input"))
        picture = padded[pad : padded.shape[0] - pad, pad : padded.shape[1] - pad]
        filter_ = play.numbers("filter")
        layer = {"mode": mode, "f": f, "stride": stride, "pad": pad, "filter": filter_, "bias": 0}
        wanted = reference(picture, layer)
        n_H, n_W = wanted.shape
        np.testing.assert_allclose(play.numbers("output"), wanted, atol=0.05)
        assert page.locator("#sizes math").evaluate_all(
            "all => all.map(one => one.lastChild.lastChild.textContent)"
        ) == [
            str(n_H),
            str(n_W),
        ]
        play.window.focus()
        for key in ("Control+End", "Control+Home", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowDown"):
            page.keyboard.press(key)
        h, w, value, end = play.stop()
        assert (h, w) == (1, 1)
        assert value == end == pytest.approx(wanted[1, 1], abs=5e-4)
        expect(play.window).to_have_attribute("aria-valuenow", str(n_W + 1))
        expect(play.output.locator("[aria-selected=true]")).to_have_count(1)
        framed_cells(play, stride, stride, f)
        screenshot(page, f"playground-{mode}-{f}")

    play.output.locator("[tabindex='0']").focus()
    page.keyboard.press("Control+End")
    assert play.stop()[:2] == (n_H - 1, n_W - 1)
    expect(play.cells.last).to_be_focused()
    page.keyboard.press("ArrowDown")  # there is none further down
    assert play.stop()[:2] == (n_H - 1, n_W - 1)
    assert not page.watch.errors
    assert not page.watch.requests


def framed_cells(play, top, left, f):
    """The frame lies over the cells from (top, left) to (top + f, left + f)."""
    cells = play.page.locator("#input tbody tr").nth(top).locator("td")
    expect(play.page.locator("#window")).to_have_css("width", re.compile(r"\d"))
    first, frame = cells.nth(left), play.page.locator("#window")
    play.page.wait_for_function(  # it glides there
        """([frame, first, f]) => {
            const [outer, inner] = [frame.getBoundingClientRect(), first.getBoundingClientRect()];
            return Math.abs(outer.left - inner.left) < 1.5 && Math.abs(outer.top - inner.top) < 1.5
                && Math.abs(outer.width - f * inner.width) < 1.5;
        }""",
        arg=[frame.element_handle(), first.element_handle(), f],
    )


def test_the_playground_keeps_its_state_in_the_address(visit, address):
    page = visit(f"{address}/playground/index.html?mode=max&f=2&stride=2&pad=0&picture=ring&h=1&w=2")
    play = Playground(page)
    assert play.stop()[:2] == (1, 2) and len(play.numbers("output")) == 3
    play.choose("stride", 1)
    page.get_by_label("change its numbers").check()
    page.get_by_label("row 5, column 5", exact=False).first.fill("100")
    kept = play.numbers("output")
    other = visit(page.url)
    assert Playground(other).numbers("output") == kept and kept[4][4] == 100
    expect(other.locator("#picture")).to_have_value("own")
    odd = visit(f"{address}/playground/index.html?mode=sum&f=9&h=99&picture=1,2;3&bias=x")
    assert len(Playground(odd).numbers("output")) == 8
    assert not odd.watch.errors and not other.watch.errors


def test_the_playground_says_what_it_needs(visit, site, address):
    """Opened from a file, or without scripts, it shows no dead controls."""
    note = "This page was opened from a file"
    page = visit((site / "playground" / "index.html").as_uri())
    expect(page.get_by_text(note)).to_be_visible()
    expect(page.locator("#playground")).to_be_hidden()
    without = visit(f"{address}/playground/index.html", java_script_enabled=False)
    expect(without.locator("noscript p[lang=en]")).to_be_visible()  # which says that scripts are off
    expect(without.get_by_text(note)).to_be_hidden()
    with_all = visit(f"{address}/playground/index.html")
    expect(with_all.locator("#needs")).to_be_hidden()


def test_the_menus_of_the_playground_cover_nothing(visit, address):
    """Promise: the tools of one part stay clear of the tables of the others, at every width."""
    for width in (360, 768, 1030, 1280, 1440):
        page = visit(f"{address}/playground/index.html", viewport={"width": width, "height": 900})
        boxes = page.locator("#weights-of, #picture, #bias").evaluate_all(
            """tools => {
                const parts = [...document.querySelectorAll(".playground > section table")];
                const boxes = parts.map(part => part.getBoundingClientRect());
                const covers = (a, b) =>
                    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
                return tools.filter(tool => boxes.some(box => covers(tool.getBoundingClientRect(), box)))
                    .map(tool => tool.id);
            }"""
        )
        assert boxes == [], width


def test_the_playground_by_hand(visit, address):
    page = visit(f"{address}/playground/index.html")
    play = Playground(page)
    play.cells.nth(2 * 8 + 5).click()
    assert play.stop()[:2] == (2, 5)
    framed_cells(play, 2, 5, 3)

    box, cell = play.window.bounding_box(), page.locator("#input td.border").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 1.5 * cell["width"], box["y"] + 3.5 * cell["width"], steps=5)
    page.mouse.up()
    assert play.stop()[:2] == (4, 2)

    page.get_by_role("button", name="next").click()
    assert play.stop()[:2] == (4, 3)
    page.get_by_role("button", name="back").click()
    page.get_by_role("button", name="play").click()
    page.wait_for_function("document.getElementById('status').innerText.includes('row 4, column 4')")
    page.get_by_role("button", name="stop").click()

    page.get_by_label("change its numbers").check()
    page.get_by_label("row 5, column 5", exact=False).first.fill("100")
    page.get_by_label("filter", exact=False).and_(page.locator("select")).select_option("identity")
    page.get_by_label("bias").fill("-1")
    assert play.numbers("output")[4][4] == 99
    page.get_by_label("change its numbers").uncheck()
    assert play.numbers("input")[5][5] == 100
    expect(page.locator("#picture")).to_have_value("own")
    assert not page.watch.errors


# ---------------------------------------------------------------- other courses, and bad input


def test_two_assignments_lead_to_one_another(tmp_path):
    """Promise: what is particular to an assignment comes from its notebook."""
    release = tmp_path / "release"
    shutil.copytree(RELEASE / ASSIGNMENT, release / ASSIGNMENT)
    second = release / "second"
    shutil.copytree(RELEASE / ASSIGNMENT, second)
    model = nbformat.read(second / f"{ASSIGNMENT}.ipynb", as_version=4)
    model.cells[0].source = "# Second steps\n\nIt goes on.\n\n> **中文** 继续。"
    model.metadata.pop("course", None)
    (second / f"{ASSIGNMENT}.ipynb").unlink()
    nbformat.write(model, second / "second.ipynb")
    site = tmp_path / "site"
    build(release, site)
    assert static_site.broken(site) == []
    landing = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    assert [title.get_text() for title in landing.select(".assignment h3")][1] == "Second steps"
    assert landing.select(".assignment")[1].find(lang="zh").get_text(strip=True) == "中文继续。"
    assert 'rel="next"' in (site / CHAPTER).read_text("utf-8")
    model.metadata["course"] = {"part": 1}
    nbformat.write(model, second / "second.ipynb")
    first = nbformat.read(release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    first.metadata["course"] = {"part": 2}
    nbformat.write(first, release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    build(release, tmp_path / "ordered")  # a notebook that says which part it is comes in its place
    landing = BeautifulSoup((tmp_path / "ordered" / "index.html").read_text("utf-8"), "html.parser")
    assert "Second steps" in landing.select(".assignment h3")[0].get_text()
    assert 'rel="prev"' in (site / "second" / "second.html").read_text("utf-8")


def test_what_cannot_be_a_page_is_named(tmp_path):
    with pytest.raises(ValueError, match="make release"):
        build(tmp_path, tmp_path / "site")
    release = shutil.copytree(RELEASE, tmp_path / "release")
    (release / ASSIGNMENT / "images" / "pooling.svg").unlink()
    with pytest.raises(ValueError, match=r"cnn-step-by-step.ipynb.*images/pooling.svg"):
        build(release, tmp_path / "site")
    notebook = release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook.write_text(json.dumps(nbformat.v4.new_notebook()))
    with pytest.raises(ValueError, match=r"cnn-step-by-step.ipynb.*title"):
        build(release, tmp_path / "site")


def test_a_folder_that_holds_something_else_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="is not empty"):
        build(RELEASE, tmp_path)
    assert (tmp_path / "thesis.txt").exists()
