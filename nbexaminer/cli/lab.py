"""nbexaminer lab: JupyterLab, as students get it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from nbexaminer.cli.options import chosen, opened, relative
from nbexaminer.cli.release import release_one

# Read by JupyterLab beside the user's own configuration: it would ask at its first start whether it may
# fetch news, and look for updates.
_CONFIG = Path(__file__).parents[1] / "pages" / "jupyter"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT] [JUPYTER OPTIONS]...")
@click.pass_obj
def lab(root: Path, arguments: tuple[str, ...]) -> None:
    """Open an assignment in JupyterLab, as students get it, or the folder of all.

    It is copied from release/ into work/, unless it is there already. JupyterLab then neither
    fetches news nor looks for updates. Options go to `jupyter lab`, for example --no-browser.
    """
    course = opened(root)
    named = int(bool(arguments) and not arguments[0].startswith("-"))
    names = chosen(course, arguments[0] if named else None)
    for name in names:
        released, work = course.folder("release", name), course.root / "work" / name
        if not released.exists():
            release_one(course, name)
        if work.exists():
            click.echo(f"Going on in {relative(course, work)}/.")
        else:
            shutil.copytree(released, work)
            click.echo(f"Copied {name} into {relative(course, work)}/.")
    opened_first = min(work.glob("*.ipynb"), default=work) if len(names) == 1 else work.parent
    os.chdir(course.root)  # and it is the root, so that the formgrader finds the course's configuration
    options = [f"--ServerApp.root_dir={course.root}"]
    if opened_first.is_dir():
        options.append(f"--LabApp.default_url=/lab/tree/{relative(course, opened_first)}")
    if os.geteuid() == 0:
        click.echo("Started by root, so JupyterLab and all code in notebooks run as root.")
        options.append("--allow-root")
    file = [str(opened_first)] if opened_first.is_file() else []
    command = [sys.executable, "-m", "jupyterlab", *file, *options]
    paths = os.pathsep.join(filter(None, (os.environ.get("JUPYTER_CONFIG_PATH"), str(_CONFIG))))
    os.execve(sys.executable, command + list(arguments[named:]), os.environ | {"JUPYTER_CONFIG_PATH": paths})
