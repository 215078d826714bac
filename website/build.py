"""Builds the site: a landing page, a chapter for each notebook in release/, and the playground.

All pages are plain files with relative links, for any static host. Nothing is fetched from elsewhere.
"""

from __future__ import annotations

import shutil
import tomllib
import zipfile
from pathlib import Path

import jinja2

from website import chapter

HERE = Path(__file__).parent


def build(release: Path, site: Path, lite: bool = False) -> list[Path]:
    """Make the folder `site` anew from the released assignments; return its pages.

    `lite`: link to a JupyterLite in site/lite/, which is built after this (make lite).
    Raises ValueError if there is nothing to read, or if the folder holds something other than a site.
    """
    course = tomllib.loads((HERE / "course.toml").read_text(encoding="utf-8"))
    notebooks = sorted(release.glob("*/*.ipynb"), key=lambda path: _place(path, course["order"]))
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
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    pages.globals |= {"course": course, "chapters": chapters, "lite": lite, "here": ""}

    def write(page: str, template: str, **values: object) -> Path:
        file = site / page
        file.write_text(pages.get_template(template).render(root="../" * page.count("/"), **values), "utf-8")
        return file

    made = [write("index.html", "landing.html.j2"), write("playground/index.html", "playground.html.j2")]
    for before, this, after in zip([None, *chapters], chapters, [*chapters[1:], None], strict=False):
        made.append(write(this.page, "chapter.html.j2", chapter=this, previous=before, next=after))
    return made


def _place(notebook: Path, order: list[str]) -> tuple[int, Path]:
    """Return a key to sort chapters by: as the course names them, then what it does not name."""
    name = notebook.parent.name
    return order.index(name) if name in order else len(order), notebook


def _pack(folder: Path, file: Path) -> None:
    """Pack an assignment as a student needs it: notebook, data and images in one folder."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
                archive.write(path, path.relative_to(folder.parent))
