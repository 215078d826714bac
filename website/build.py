"""Builds the site: landing page, a chapter for each notebook in release/, notation, playground, docs, search.

All pages are plain files with relative links, for any static host. Nothing is fetched from elsewhere.
"""

from __future__ import annotations

import json
import shutil
import tomllib
import zipfile
from pathlib import Path

import jinja2

from nbexaminer.pages.equations import markdown2html
from website import chapter, guides
from website.chapter import Chapter
from website.guides import Guide
from website.sections import numbered

HERE = Path(__file__).parent


def build(release: Path, site: Path, lite: bool = False) -> list[Path]:
    """Make the folder `site` anew from the released assignments; return its pages.

    `lite`: link to a JupyterLite in site/lite/, which is built after this (make lite).
    Raises ValueError if there is nothing to read, or if the folder holds something other than a site.
    """
    course = tomllib.loads((HERE / "course.toml").read_text(encoding="utf-8"))
    notebooks = sorted(release.glob("*/*.ipynb"))
    if not notebooks:
        raise ValueError(f"there is no notebook in {release}/ASSIGNMENT/: run `make release` first")
    if site.exists() and any(site.iterdir()) and not (site / "style.css").exists():
        raise ValueError(f"{site} is not empty and holds no site: name another folder, or empty it")
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(HERE / "static", site)
    shutil.copytree(HERE / "playground", site / "playground")
    for folder in sorted({notebook.parent for notebook in notebooks}):
        shutil.copytree(folder, site / folder.name, ignore=shutil.ignore_patterns(".*"))
        _pack(folder, site / folder.name / f"{folder.name}.zip")

    chapters = [chapter.read(site / notebook.relative_to(release)) for notebook in notebooks]
    chapters.sort(key=lambda chapter: (chapter.part or 99, chapter.page))
    notation = tomllib.loads((HERE / "notation.toml").read_text(encoding="utf-8"))
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    documents = guides.read(HERE.parent, site)
    pages.globals |= {"course": course, "chapters": chapters, "notation": notation, "guides": documents}
    pages.globals |= {"lite": lite, "here": ""}
    pages.filters["numbered"] = numbered
    pages.filters["equation"] = lambda source: markdown2html(f"${source}$").strip()[3:-4]  # without its <p>

    def write(page: str, template: str, **values: object) -> Path:
        file = site / page
        file.write_text(pages.get_template(template).render(root="../" * page.count("/"), **values), "utf-8")
        return file

    made = [
        write("index.html", "landing.html.j2"),
        write("playground/index.html", "playground.html.j2"),
        write("notation.html", "notation.html.j2"),
        write("search.html", "search.html.j2"),
    ]
    (site / "search-index.js").write_text(_index(chapters, documents, notation), "utf-8")
    for before, this, after in zip([None, *chapters], chapters, [*chapters[1:], None], strict=False):
        made.append(write(this.page, "chapter.html.j2", chapter=this, previous=before, next=after))
    made += [write(guide.page, "guide.html.j2", guide=guide) for guide in documents]
    return made


def _index(chapters: list[Chapter], documents: list[Guide], notation: dict[str, list[dict[str, str]]]) -> str:
    """Return what the search looks through as a script, which can be read from a file, too.

    A list of [page and place, title of the page, heading in English, in Chinese, text].
    """
    entries = [
        [
            f"{chapter.page}#{section.id}" if section.id else chapter.page,
            chapter.title.en,
            section.title.en,
            section.title.zh,
            section.words,
        ]
        for chapter in [*chapters, *documents]
        for section in chapter.sections
    ]
    entries += [
        [
            f"notation.html#{word['id']}",
            "Words",
            word["en"],
            word["zh"],
            f"{word['about']} {word['about_zh']}",
        ]
        for word in notation["words"]
    ]
    entries.append(
        ["playground/index.html", "Playground", "The sliding window", "滑动的窗口", "filter stride pad"]
    )
    return f"const INDEX = {json.dumps(entries, ensure_ascii=False)};\n"


def _pack(folder: Path, file: Path) -> None:
    """Pack an assignment as a student needs it: notebook, data and images in one folder."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                archive.write(path, path.relative_to(folder.parent))
