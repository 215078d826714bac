"""Measure the figures that docs/security.md and the README speak of, and print them beside their goals.

Each row is a ratio of two things measured in this run on this machine, so that a slow or busy machine slows
both. `python -m bench` runs all rows, `python -m bench class hang` some of them; those of ON_DEMAND run only
if they are named.
"""

from __future__ import annotations

import os
import pickle
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from pathlib import Path
from unittest import mock

import nbformat
import psutil

from bench.cluster import cluster
from bench.soak import KILLS, held_by, soak
from examples import sample_class
from nbexaminer.batch.output import Output
from nbexaminer.batch.worker import Worker
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.grades import GradingTask
from nbexaminer.course.ledger import Ledger
from nbexaminer.course.plan import grading_plan, run_limits
from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.engine.restore import restore
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.shell import Shell

HERE = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASSIGNMENT = "cnn-step-by-step"
RIGHT = ("right", "right-vectorised", "right-while-loops", "right-renamed-parameters")
WRONG = ("stride-ignored", "bias-per-element", "old-edition", "width-from-height", "syntax-error")
BLANK = ("blank", "half-done", "none-everywhere")
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
"""


def class_against_stock() -> tuple[float, str]:
    """Submissions per minute, ours over stock nbgrader's: autograded, with feedback."""
    with course(mixed(60)) as ours, course(mixed(12), STOCK) as theirs:
        feedback = ("nbgrader", "generate_feedback", ASSIGNMENT)
        stock = 12 / timed(theirs, "nbgrader", "autograde", ASSIGNMENT, then=feedback)
        engine = 60 / timed(ours, "nbexaminer", "autograde", ASSIGNMENT)
        same = totals(theirs).items() <= totals(ours).items()
    alike = "alike" if same else "DIFFER"
    return engine / stock, f"{60 * engine:.0f} against {60 * stock:.0f} a minute; scores {alike}"


def hanging_submissions() -> tuple[float, str]:
    """Time for a class with five hanging submissions in it, over the time without."""
    with (
        course(mixed(60)) as calm,
        course({**mixed(60), **dict.fromkeys(hung(5), "infinite-loop")}) as hanging,
    ):
        without = timed(calm, "nbexaminer", "autograde", ASSIGNMENT, "--time-limit", "10")
        with_them = timed(hanging, "nbexaminer", "autograde", ASSIGNMENT, "--time-limit", "10")
    return with_them / without, f"{with_them:.0f} s against {without:.0f} s"


def one_honest_submission() -> tuple[float, str]:
    """Time for one right submission, over running the same cells in one warm process.

    As in a class, the engine has seen the same figures before; the plain process draws them.
    """
    with course({"right": "right"}) as root:
        place = Course(root)
        plan = grading_plan(place, ASSIGNMENT, run_limits(place))
        cells = plan.known[ASSIGNMENT]
        path = root / "submitted" / "right" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        engine, shell = Engine(plan.limits), Shell()
        apart, plain = [], []
        os.chdir(plan.files)
        for _ in range(9):
            nb = nbformat.read(path, as_version=4)
            restore(nb, cells)
            code = [cell.source for cell in nb.cells if cell.cell_type == "code"]
            start = time.monotonic()
            engine.grade(nb, instructor_cells(cells), AssignmentFiles(plan.files))
            middle = time.monotonic()
            shell.reset()
            with mock.patch("nbexaminer.engine.figure_cache._fingerprint", side_effect=ValueError("draw")):
                for source in code:
                    shell.run(source)
            apart.append(middle - start)
            plain.append(time.monotonic() - middle)
        engine.close()
        os.chdir(HERE)
    ours, theirs = statistics.median(apart), statistics.median(plain)
    return ours / theirs, f"{ours:.2f} s against {theirs:.2f} s, medians of 9"


def memory_of_a_worker() -> tuple[float, str]:
    """MiB that one more worker takes, its warm process for students included (shared pages once)."""
    held = [held_by_workers(jobs) for jobs in (1, 2, 3)]
    more = (held[2] - held[0]) / 2
    return more, f"{', '.join(f'{mib:.0f}' for mib in held)} MiB with 1, 2, 3 workers"


def thousand_against_hundred() -> tuple[float, str]:
    """Time per submission in a class of 1,000, over that in a class of 100."""
    return large_against_hundred(1000)


def ten_thousand_against_hundred() -> tuple[float, str]:
    """Time per submission in a class of 10,000, over that in a class of 100."""
    return large_against_hundred(10_000)


def large_against_hundred(large: int) -> tuple[float, str]:
    each = {}
    for size in (100, large):
        with course(quick(size)) as root:
            each[size] = timed(root, "nbexaminer", "autograde", ASSIGNMENT) / size
    return each[large] / each[100], f"{each[large]:.3f} s against {each[100]:.3f} s each"


def killed_ten_times() -> tuple[float, str]:
    """Memory at the end of 1,000 submissions, over that soon after the last of ten kills."""
    with course(quick(1000)) as root, course(quick(2)) as undisturbed:
        command = [BIN / "nbexaminer", "autograde"]
        more = soak(
            lambda: subprocess.Popen(command, cwd=root, stdout=-3, stderr=-3),
            root / "report" / f"{ASSIGNMENT}.jsonl",
            1000,
        )
        again = timed(root, "nbexaminer", "autograde", ASSIGNMENT)
        run(undisturbed, "nbexaminer", "autograde", ASSIGNMENT)
        scores, pages = totals(root), len(list((root / "feedback").rglob("*.html")))
        blank, right = totals(undisturbed).values()
        whole = list(scores.values()) == [blank, right] * 500 and pages == 1000
    lost = "nothing lost" if whole else "SOMETHING LOST"
    return more, f"{lost} in {KILLS} kills; without changes a run takes {again:.0f} s"


def dask_against_local() -> tuple[float, str]:
    """Submissions per minute by two Dask workers, over two of this machine's."""
    with course(mixed(60)) as here, course(mixed(60)) as there, tempfile.TemporaryDirectory() as place:
        local = 60 / timed(here, "nbexaminer", "autograde", ASSIGNMENT, "--jobs", "2")
        with cluster(Path(place)) as client:
            address = client.scheduler.address
            dask = 60 / timed(there, "nbexaminer", "autograde", ASSIGNMENT, "--scheduler", address)
        same = totals(here) == totals(there)
    alike = "alike" if same else "DIFFER"
    return dask / local, f"{60 * dask:.0f} against {60 * local:.0f} a minute; scores {alike}"


def writer_per_submission() -> tuple[float, str]:
    """Milliseconds that the one writer spends on a submission: gradebook, notebook, page and ledger."""
    with course({"right": "right"}) as root:
        place = Course(root)
        plan = grading_plan(place, ASSIGNMENT, run_limits(place))
        worker = Worker(plan)
        sent = pickle.dumps(
            worker.grade(GradingTask("right", place.folder("submitted", ASSIGNMENT, "right")))
        )
        worker.close()
        gradebook = GradebookWriter(*place.database)
        output = Output(place, ASSIGNMENT, plan, gradebook, Ledger(place.report_file(ASSIGNMENT, "jsonl")))
        spent, busy = [], []
        for student in islice(numbered(), 100):
            start, processor = time.monotonic(), time.process_time()
            output.write(student, "hash", pickle.loads(sent))
            spent.append(1000 * (time.monotonic() - start))
            busy.append(1000 * (time.process_time() - processor))
        gradebook.close()
    median = statistics.median(spent)
    return median, f"median of 100; {statistics.median(busy):.1f} ms of them on the processor"


ROWS: dict[str, tuple[Callable[[], tuple[float, str]], str, float]] = {
    "class": (class_against_stock, "at least", 12),
    "hang": (hanging_submissions, "at most", 1.4),
    "one": (one_honest_submission, "at most", 1.25),
    "memory": (memory_of_a_worker, "at most", 80),
    "thousand": (thousand_against_hundred, "at most", 1.0),
    "soak": (killed_ten_times, "at most", 1.1),
    "writer": (writer_per_submission, "at most", 10),
    "dask": (dask_against_local, "at least", 0.9),
    "ten-thousand": (ten_thousand_against_hundred, "at most", 1.1),
}
ON_DEMAND = {"soak", "ten-thousand"}  # takes five minutes, half an hour


def mixed(count: int) -> dict[str, str]:
    """A class of right, wrong and blank submissions: what each student hands in, by sample name."""
    kinds = (cycle(RIGHT), cycle(WRONG), cycle(BLANK))
    return {name: next(kinds[number % 3]) for number, name in enumerate(islice(numbered(), count))}


def quick(count: int) -> dict[str, str]:
    """A class whose submissions take little time each, right and blank ones in turn."""
    return dict(islice(zip(numbered(), cycle(("blank", "right-vectorised"))), count))


def numbered() -> Iterable[str]:
    return (f"student-{number:04}" for number in range(10_000))


def hung(count: int) -> list[str]:
    """Names that fall among the others."""
    return [f"student-{number * 11:04}-hangs" for number in range(count)]


class course:
    """A course folder with a class that hands in samples, in nbgrader's own or in our configuration."""

    def __init__(self, submissions: dict[str, str], config: str | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.root = Path(self._folder.name)
        shutil.copytree(HERE / "source" / ASSIGNMENT, self.root / "source" / ASSIGNMENT)
        shutil.copytree(HERE / "reference", self.root / "reference")
        shutil.copy(HERE / "nbgrader_config.py", self.root)
        run(self.root, "nbgrader", "generate_assignment", ASSIGNMENT)
        if config:  # the release is ours in any case
            (self.root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        sample_class.write(self.root, ASSIGNMENT)
        (self.root / "submitted").rename(self.root / "samples")
        for student, sample in submissions.items():
            shutil.copytree(self.root / "samples" / sample, self.root / "submitted" / student)

    def __enter__(self) -> Path:
        return self.root

    def __exit__(self, *exception: object) -> None:
        self._folder.cleanup()


def run(root: Path, *command: str) -> None:
    environment = os.environ | {"PATH": os.pathsep.join((str(BIN), os.environ["PATH"]))}
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=root, env=environment, capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode()[-2000:]}")


def timed(root: Path, *command: str, then: tuple[str, ...] = ()) -> float:
    start = time.monotonic()
    run(root, *command)
    if then:
        run(root, *then)
    return time.monotonic() - start


def totals(root: Path) -> dict[str, float]:
    with Course(root).gradebook() as gradebook:
        return {found.student.id: found.score for found in gradebook.assignment_submissions(ASSIGNMENT)}


def held_by_workers(jobs: int) -> float:
    """The most MiB that a batch holds (proportional set size), its main process left out."""
    with course(mixed(6 * jobs)) as root:
        batch = psutil.Popen(
            [BIN / "nbexaminer", "autograde", "--jobs", str(jobs)], cwd=root, stdout=-3, stderr=-3
        )
        most = 0.0
        while batch.poll() is None:
            most = max(most, held_by(batch.children(recursive=True)))
            time.sleep(0.05)
    return most


if __name__ == "__main__":
    print(f"{'':<12} {'measured':>9}   {'goal':<14} what")
    for name in sys.argv[1:] or (name for name in ROWS if name not in ON_DEMAND):
        measure, direction, goal = ROWS[name]
        figure, note = measure()
        reached = figure >= goal if direction == "at least" else figure <= goal
        what = (measure.__doc__ or "").splitlines()[0]
        print(
            f"{name:<12} {figure:>9.2f} {'✓' if reached else '✗'} {direction} {goal:<5} {what} ({note})",
            flush=True,
        )
