"""A look at what a student handed in, before it is graded."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from nbexaminer.engine.cells import grade_id
from nbexaminer.errors import UnusableSubmission
from nbexaminer.messages import printable

_TIMESTAMP_BYTES = 200  # more is no date and time
_LARGEST = 64 * 2**20  # bytes of a notebook; in memory it takes several times as much
_MOST_OBJECTS, _MOST_ITEMS = 200_000, 3_000_000  # of its JSON: an empty object takes 500 bytes in memory


def submitted_notebooks(folder: Path, notebooks: Mapping[str, Collection[str]]) -> dict[str, NotebookNode]:
    """Return the notebooks of a submission, by name. Nothing in the folder is changed.

    notebooks: the names of the assignment's notebooks, each with the grade_ids of its cells.
    Raises UnusableSubmission.
    """
    if links := [path for path in (folder, *sorted(folder.rglob("*"))) if path.is_symlink()]:
        name = printable(os.path.relpath(links[0], folder.parent))
        raise UnusableSubmission(
            f"{name} is a link, which may lead to what is not the student's; put a plain file in its place.",
            f"{name} 是链接，可能指向不属于该学生的内容：请换成普通文件。",
        )
    wanted = {name: folder / f"{name}.ipynb" for name in notebooks}
    present = {name: path for name, path in wanted.items() if path.is_file()}
    if not present:
        raise _no_notebook(folder, [path.name for path in wanted.values()])
    found = {name: _read(path, notebooks[name]) for name, path in present.items()}
    _check_timestamp(folder)
    return found


def _no_notebook(folder: Path, wanted: list[str]) -> UnusableSubmission:
    others = [
        printable(str(path.relative_to(folder)))
        for path in sorted(folder.rglob("*.ipynb"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    ]
    names = " or ".join(wanted)
    if not others:
        return UnusableSubmission(
            f"There is no notebook; {names} is wanted.", f"没有笔记本文件，应当有 {names}。"
        )
    if len(others) == len(wanted) == 1:
        return UnusableSubmission(
            f"The notebook is called {others[0]}, not {names}: if it is the right one, "
            "rename it in submitted/ and grade again.",
            f"文件名是 {others[0]}，应当是 {names}：如果内容无误，请改名后重新评分。",
        )
    listed = ", ".join(others)
    return UnusableSubmission(f"None of {listed} is called {names}.", f"{listed} 都不叫 {names}。")


def _read(path: Path, known: Collection[str]) -> NotebookNode:
    try:
        if path.stat().st_size > _LARGEST:
            raise _too_large(path)
        content = path.read_bytes()
        if content.count(b"{") + content.count(b"[") > _MOST_OBJECTS or content.count(b",") > _MOST_ITEMS:
            raise UnusableSubmission(
                f"{path.name} has more parts than a notebook can have; clear its outputs, and grade again.",
                f"{path.name} 的内容项过多，不像笔记本：请清除输出后重新评分。",
            )
        notebook: NotebookNode = nbformat.reads(content.decode("utf-8"), as_version=4)
        present = {grade_id(cell) for cell in notebook.cells}
    except UnusableSubmission:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error
    if present.isdisjoint(known):
        raise UnusableSubmission(
            f"{path.name} holds none of the assignment's cells; is it another notebook?",
            f"{path.name} 里没有本次作业的单元格，是不是交错了笔记本？",
        )
    return notebook


def _too_large(path: Path) -> UnusableSubmission:
    size = f"{path.stat().st_size / 2**20:.0f} MiB"
    return UnusableSubmission(
        f"{path.name} has {size}, too much for a notebook; clear its outputs, and grade again.",
        f"{path.name} 有 {size}，作为笔记本过大：请清除输出后重新评分。",
    )


def _unreadable(path: Path, error: Exception) -> UnusableSubmission:
    if isinstance(error, OSError):
        reason = error.strerror or error
        return UnusableSubmission(
            f"{path.name} can't be read: {reason}.", f"{path.name} 无法读取：{reason}。"
        )
    if isinstance(error, (UnicodeDecodeError, nbformat.reader.NotJSONError)):
        return UnusableSubmission(
            f"{path.name} is not JSON; is it cut short, or another kind of file?",
            f"{path.name} 不是 JSON：文件是否不完整，或者不是笔记本？",
        )
    return UnusableSubmission(
        f"{path.name} is JSON, but no notebook.", f"{path.name} 是 JSON，但不是笔记本。"
    )


def timestamp(folder: Path) -> datetime | None:
    """Return when a submission came in, as nbgrader notes it beside the notebook, if that was noted; late
    penalties depend on it. Raises ValueError if what is noted is no date and time."""
    try:
        descriptor = os.open(folder / "timestamp.txt", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        try:
            noted: datetime | None = parse_utc(file.read(_TIMESTAMP_BYTES).decode().strip() or None)
            return noted
        except (ValueError, OverflowError, AttributeError) as error:
            raise ValueError(f"timestamp.txt holds no date and time: {error}") from error


def _check_timestamp(folder: Path) -> None:
    try:
        timestamp(folder)
    except ValueError:
        raise UnusableSubmission(
            "timestamp.txt holds no date and time; mend or delete it, and grade again.",
            "timestamp.txt 里不是日期和时间：请改正或删除后重新评分。",
        ) from None
