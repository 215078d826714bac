"""Sentences that are said in several places: how a call ended, and how a message looks in a cell's output."""

from __future__ import annotations

from nbexaminer.model import Reason, Text, Verdict

STOPPED = {
    Reason.TIMED_OUT: Text(
        "it did not come to an end in time and was stopped. Is there a loop without end?",
        "没有按时结束，已被停止。是不是有死循环？",
    ),
    Reason.OUT_OF_MEMORY: Text(
        "it took too much memory and was stopped. Does an array or a list grow without end?",
        "占用内存过多，已被停止。是不是有数组或列表在不停地变大？",
    ),
    Reason.DIED: Text(
        "the Python that ran it died. Does it end the process, or call something outside of Python?",
        "运行它的 Python 进程中途退出了。是不是结束了进程，或者调用了 Python 以外的东西？",
    ),
}


def raised(kind: str, text: str, line: str = "") -> Text:
    """Return what is said of an exception in a student's code; line: the student's own that raised it."""
    at = f" at `{line}`" if line else ""
    at_zh = f"（出错处：`{line}`）" if line else ""
    return Text(f"it raised {kind}: {text}{at}.", f"运行时抛出 {kind}：{text}{at_zh}。")


def shown(text: Text, credit: float = 0.0) -> str:
    """Return a message as the output of a cell shows it: marked, in both languages."""
    return f"{'✓' if credit == 1 else '◐' if credit else '✗'} {text}"


def shown_verdict(verdict: Verdict) -> str:
    """Return all that a verdict says, as the output of a cell shows it."""
    return shown(verdict.message, verdict.credit)
