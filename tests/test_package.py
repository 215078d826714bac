"""The engine as a package of its own: what its wheel holds, and that it works without the course.

Guards docs/architecture.md: the engine knows no course, and a course's secrets are in no wheel.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbgrader
import pytest

HERE = Path(__file__).parent.parent
LIMIT = 240  # seconds for a command that takes a few
# What `nbgrader quickstart` writes, less its comments; the command itself starts Python six times.
QUICKSTART = """c = get_config()
c.CourseDirectory.course_id = "course"
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=LIMIT, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of this checkout (it would leave files) without asking any index."""
    place, copy = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("checkout")
    for folder in ("nbexaminer", "reference", "examples", "figures", "source"):
        shutil.copytree(HERE / folder, copy / folder)
    for name in ("pyproject.toml", "LICENSE", "nbgrader_config.py"):
        shutil.copy(HERE / name, copy)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", place)
    run(sys.executable, "-m", "pip", "wheel", *options, copy)
    [path] = place.glob("nbexaminer-*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A Python in which nothing of ours is but the wheel; what it needs comes from the tests' environment."""
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", place)
    packages = Path(
        run(place / "bin" / "python", "-c", "import site; print(site.getsitepackages()[0])").strip()
    )
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    theirs = Path(sysconfig.get_path("purelib"))
    needed = [path for path in theirs.iterdir() if "nbexaminer" not in path.name and path.suffix != ".pth"]
    for path in needed:
        (packages / path.name).symlink_to(path)
    python = place / "bin" / "python"
    alembic = place / "bin" / "alembic"  # nbgrader makes a gradebook by it
    alembic.write_text(
        f"#!{place / 'bin' / 'python'}\nfrom alembic.config import main\nmain(prog='alembic')\n"
    )
    alembic.chmod(0o755)
    return python


def test_the_wheel_holds_the_engine_and_nothing_of_a_course(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"nbexaminer"}
    kinds = {Path(name).suffix for name in names if name.startswith("nbexaminer/")}
    assert kinds == {".py", ".typed", ".css", ".js", ".jinja", ".json", ".j2"}
    assert "nbexaminer/py.typed" in names and "nbexaminer/cli/__init__.py" in names
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    assert "Requires-Dist: nbgrader<0.10,>=0.9.6" in needed
    assert not [line for line in needed if "h5py" in line or "==" in line.partition(";")[0]]


def test_it_works_where_the_course_is_not(python, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    told = run(python, "-m", "nbexaminer", "--help", cwd=tmp_path, env=environment)
    assert "autograde" in told
    code = "import sys, nbexaminer; print(nbexaminer.__file__, *{'nbgrader', 'numpy'} & {*sys.modules})"
    path, *heavy = run(python, "-c", code, cwd=tmp_path, env=environment).split()
    assert not Path(path).is_relative_to(HERE) and not heavy
    missing = "import importlib.util; print(importlib.util.find_spec('reference'))"
    assert run(python, "-c", missing, cwd=tmp_path, env=environment).strip() == "None"


def test_the_course_of_nbgraders_quickstart_is_graded(python, tmp_path):
    """From what it writes to feedback and report, by the wheel alone."""
    home = tmp_path / "home"
    home.mkdir()
    path = os.pathsep.join((str(python.parent), os.environ["PATH"]))
    environment = {"PATH": path, "HOME": str(home), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}

    def nbexaminer(*arguments):
        return run(python, "-m", "nbexaminer", *arguments, cwd=tmp_path / "course", env=environment)

    course = tmp_path / "course"
    example = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
    shutil.copytree(example, course / "source", ignore=shutil.ignore_patterns("*.html", "ps1_autotest"))
    (course / "nbgrader_config.py").write_text(QUICKSTART)
    assert "Added to nbgrader_config.py" in nbexaminer("quickstart")
    assert "set up already" in nbexaminer("quickstart")
    assert "✓ configuration: nbgrader grades by nbexaminer" in nbexaminer("doctor")
    before = contents(course / "source")
    assert "Released ps1 with 9 exercises" in nbexaminer("release")
    for student, work in (("right", "source"), ("blank", "release")):
        shutil.copytree(course / work / "ps1", course / "submitted" / student / "ps1")
    told = nbexaminer("autograde")
    scores = {line.split()[0]: line.split()[1:] for line in told.splitlines() if line.split()}
    assert scores["right"][:3] == ["1", "1", "0.5"] and scores["right"].count("?") == 5
    assert scores["blank"][:4] == ["0", "0", "0", "0"]
    for student in ("right", "blank"):
        for notebook in ("problem1", "problem2"):
            assert (course / "feedback" / student / "ps1" / f"{notebook}.html").stat().st_size > 5000
    assert (course / "report" / "ps1.html").exists()
    assert contents(course / "source") == before, "nothing that is run may change the instructor's folder"


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
