"""nbexaminer lab: JupyterLab, as students get it, or with what their instructor needs."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from nbexaminer.cli.options import chosen, opened, relative
from nbexaminer.cli.release import release_one
from nbexaminer.course.course import Course

# Read by Jupyter beside the user's own configuration. For everyone: no question whether news may be fetched,
# no look for updates, warnings only in the log, and our Validate dialog; for students: no instructor's tools.
_CONFIG = Path(__file__).parents[1] / "pages" / "jupyter"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--instructor", is_flag=True, help="Open source/, with the formgrader and Create Assignment.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT] [JUPYTER OPTIONS]...")
@click.pass_obj
def lab(root: Path, instructor: bool, arguments: tuple[str, ...]) -> None:
    """Open an assignment in JupyterLab, as students get it, or the folder of all.

    It is copied from release/ into work/, unless it is there already, and JupyterLab shows that folder
    alone, without an instructor's tools. It neither fetches news nor looks for updates. Options go to
    `jupyter lab`, for example --no-browser.
    """
    course = opened(root)
    named = int(bool(arguments) and not arguments[0].startswith("-"))
    names = chosen(course, arguments[0] if named else None)
    if instructor:
        # The course folder is the root, so that the formgrader finds the course's configuration.
        served, folders = course.root, [course.folder("source", name) for name in names]
        paths = [_CONFIG / "everyone"]
    else:
        served, folders = course.root / "work", [_copied(course, name) for name in names]
        # The course's configuration as one of Jupyter's: nbgrader is to hand in from work/ itself.
        paths = [_CONFIG / "student", _CONFIG / "everyone", course.root]
    opened_first = min(folders[0].glob("*.ipynb"), default=folders[0])
    if len(names) > 1:
        opened_first = folders[0].parent
    options = [f"--ServerApp.root_dir={served}"]
    if opened_first.is_dir():
        within = "" if opened_first == served else f"/tree/{opened_first.relative_to(served)}"
        options.append(f"--LabApp.default_url=/lab{within}")
    if os.geteuid() == 0:
        click.echo("Started by root, so JupyterLab and all code in notebooks run as root.")
        options.append("--allow-root")
    file = [str(opened_first)] if opened_first.is_file() else []
    os.chdir(served)
    command = [sys.executable, "-m", "jupyterlab", *file, *options, *arguments[named:]]
    own = os.environ.get("JUPYTER_CONFIG_PATH")
    config = os.pathsep.join([*([own] if own else []), *map(str, paths)])
    os.execve(sys.executable, command, os.environ | {"JUPYTER_CONFIG_PATH": config})


def _copied(course: Course, name: str) -> Path:
    """Return the student's copy of an assignment; make it if it is not there."""
    released, work = course.folder("release", name), course.root / "work" / name
    if not released.exists():
        release_one(course, name)
    if work.exists():
        click.echo(f"Going on in {relative(course, work)}/.")
    else:
        shutil.copytree(released, work)
        click.echo(f"Copied {name} into {relative(course, work)}/.")
    return work
