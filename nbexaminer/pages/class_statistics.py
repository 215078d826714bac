"""What a class did, counted: outcomes of each exercise, mistakes, who needs a look, time."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nbexaminer.course.results import ExerciseResult, SubmissionResult
from nbexaminer.model import Reason, Text, Verdict
from nbexaminer.pages.similar_work import SimilarPair

OUTCOMES = {
    "passed": Text("passed", "通过"),
    "partly": Text("partly right", "部分得分"),
    "wrong": Text("wrong", "结果不对"),
    "raised": Text("raised an error", "运行出错"),
    "stopped": Text("was stopped", "被中止"),
    "missing": Text("function missing", "缺少函数"),
    "not answered": Text("not answered", "未作答"),
    "by hand": Text("to be graded by hand", "待人工评分"),
}
_FAILED = ("wrong", "raised", "stopped", "missing")
_STOP_KINDS = {
    Reason.TIMED_OUT: Text("it did not come to an end in time", "没有按时结束"),
    Reason.OUT_OF_MEMORY: Text("it took too much memory", "占用内存过多"),
    Reason.DIED: Text(
        "its Python process ended: a crash, or an attack", "Python 进程中途退出：崩溃，或者是攻击"
    ),
}


def outcome(mark: ExerciseResult) -> str:
    """Return which of OUTCOMES a mark is."""
    if mark.verdict is None:
        if mark.score is None:
            return "by hand"
        return "passed" if mark.score >= mark.points else "partly" if mark.score else "wrong"
    reason = mark.verdict.reason
    if reason == Reason.PASSED:
        return "passed"
    if mark.score:
        return "partly"
    if reason in _STOP_KINDS:
        return "stopped"
    return reason if reason in OUTCOMES else "wrong"


def outcomes(exercises: Iterable[str], results: Iterable[SubmissionResult]) -> dict[str, Counter[str]]:
    """Return how often each outcome came, by exercise."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in exercises}
    for result in results:
        for name, mark in result.marks.items():
            if name in counts:
                counts[name][outcome(mark)] += 1
    return counts


def tags(exercises: Iterable[str], result: SubmissionResult) -> list[str]:
    """Return what one may look for in a submission, in a few words each."""
    came = {name: outcome(mark) for name, mark in result.marks.items() if name in {*exercises}}
    points = sum(mark.points for mark in result.marks.values())
    found = {
        "0 points": not result.total and points > 0,
        "full points": bool(points) and (result.total or 0) >= points,
        "late": result.late,
        "stopped": "stopped" in came.values(),
        "repaired": bool(result.repairs),
        "to be graded by hand": "by hand" in came.values(),
    }
    failed = [f"failed {name}" for name, kind in came.items() if kind in _FAILED]
    unanswered = [f"not answered {name}" for name, kind in came.items() if kind == "not answered"]
    return [tag for tag, holds in found.items() if holds] + failed + unanswered


# ------------------------------------------------------------------------------------------ mistakes


@dataclass(frozen=True)
class CommonMistake:
    """A mistake, in whatever exercises, and who made it.

    name: that of the known mistake, or ""; text: as in the messages; made: exercise, student, and what
    that student was told where it says more.
    """

    name: str
    text: Text
    made: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def exercises(self) -> Counter[str]:
        return Counter(exercise for exercise, _, _ in self.made)

    @property
    def students(self) -> list[str]:
        return sorted({student for _, student, _ in self.made})


def mistakes(exercises: Iterable[str], results: Sequence[SubmissionResult]) -> list[CommonMistake]:
    """Return the mistakes, those of the most students first; what was not answered is none."""
    found: dict[tuple[str | None, str], CommonMistake] = {}
    for name in exercises:
        for result in results:
            mark = result.marks.get(name)
            verdict = mark.verdict if mark else None
            if verdict is None or verdict.reason == Reason.NOT_ANSWERED:
                continue
            if verdict.reason == Reason.PASSED and not verdict.mistake:
                continue
            text = verdict.text if verdict.mistake else _kind(verdict)
            one = found.setdefault((verdict.mistake, text.en), CommonMistake(verdict.mistake or "", text))
            one.made.append((name, result.student, "" if verdict.mistake else verdict.text.en))
    return sorted(found.values(), key=lambda one: (-len(one.students), -len(one.made)))


def _kind(verdict: Verdict) -> Text:
    """Return what kind of mistake it is that has no name."""
    if verdict.reason in _STOP_KINDS:
        return _STOP_KINDS[verdict.reason]
    if verdict.reason == Reason.MISSING and verdict.error:
        return Text(f"its cell ended in an error: {verdict.error}", f"单元格运行出错：{verdict.error}")
    if verdict.reason == Reason.MISSING:
        return Text("there is no such function", "没有这个函数")
    if verdict.reason == Reason.RAISED:
        return Text(f"it raised {verdict.error}", f"运行时抛出 {verdict.error}")
    return Text("wrong in a way that has no name yet", "错误不属于已知的类型")


# ------------------------------------------------------------------------------------- needs a look

REVIEW_FLAGS = {
    "no score": Text("Could not be graded", "无法评分"),
    "shut": Text("Reached for what is shut off", "试图访问禁区"),
    "stopped": Text("Had to be stopped", "被中止"),
    "repairs": Text(
        "Cells of the course changed, lost or moved; put right before grading", "课程单元格被改动，已恢复"
    ),
}


def review_flags(results: Iterable[SubmissionResult]) -> dict[str, list[tuple[str, list[Text]]]]:
    """Return by kind (see REVIEW_FLAGS) who needs a look, each with the reasons."""
    found: dict[str, list[tuple[str, list[Text]]]] = {kind: [] for kind in REVIEW_FLAGS}
    for result in results:
        verdicts = {name: mark.verdict for name, mark in result.marks.items() if mark.verdict}
        stopped = [
            Text(f"{name}: {_STOP_KINDS[verdict.reason].en}", f"{name}：{_STOP_KINDS[verdict.reason].zh}")
            for name, verdict in verdicts.items()
            if verdict.reason in _STOP_KINDS
        ]
        shut = [
            Text(f"{name}: {verdict.text.en}")
            for name, verdict in verdicts.items()
            if verdict.error == "PermissionError"
        ]
        problem = [result.problem] if result.problem else []
        for kind, reasons in zip(REVIEW_FLAGS, (problem, shut, stopped, list(result.repairs)), strict=True):
            if reasons:
                found[kind].append((result.student, reasons))
    return {kind: students for kind, students in found.items() if students}


# ---------------------------------------------------------------------------------------- pictures


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: what stands below it, what it is, and how many."""

    label: str
    about: str
    count: int


def totals(values: Sequence[float], limit: float) -> list[Bar]:
    """Count totals in ten steps up to the limit; full marks have a bar of their own."""
    step = limit / 10
    counts = Counter(10 if value >= limit else int(value / step) for value in values)
    abouts = [f"{k * step:g} to under {(k + 1) * step:g} points" for k in range(10)] + [f"{limit:g} points"]
    return [Bar(f"{k * step:g}", about, counts[k]) for k, about in enumerate(abouts)]


def times(seconds: Sequence[float]) -> list[Bar]:
    """Count submissions by how long they took, in steps that double or so."""
    edges = [0, 0.5, 1, 2, 5, 10, 20, 60, 120]
    last = bisect_right(edges, max(seconds, default=0))
    counts = Counter(bisect_right(edges, value) for value in seconds)
    names = [f"{low:g}–{high:g}" for low, high in zip(edges, edges[1:], strict=False)] + [f"{edges[-1]}+"]
    return [Bar(names[k - 1], f"{names[k - 1]} seconds", counts[k]) for k in range(1, max(last, 2) + 1)]


# ------------------------------------------------------------------------------------------- alike


@dataclass(frozen=True)
class Group:
    """Students whose answers to an exercise are alike, and the pair that is most so."""

    students: tuple[str, ...]
    closest: SimilarPair


def together(results: Iterable[SubmissionResult]) -> list[str]:
    """Return the exercises whose checks ran in the students' processes, where they can be read and fooled."""
    return list(
        dict.fromkeys(
            name
            for result in results
            for name, mark in result.marks.items()
            if mark.verdict and mark.verdict.together
        )
    )


def groups(pairs: Iterable[SimilarPair]) -> list[Group]:
    """Put pairs that hang together into groups, by exercise; pairs: the most surprising first."""
    found: list[Group] = []
    for pair in pairs:
        joined = [one for one in found if one.closest.exercise == pair.exercise and _meet(one, pair)]
        students = {*pair.students}.union(*(one.students for one in joined))
        merged = Group(tuple(sorted(students)), joined[0].closest if joined else pair)
        found = [one for one in found if one not in joined] + [merged]
    return sorted(found, key=lambda one: -one.closest.bits)


def _meet(group: Group, pair: SimilarPair) -> bool:
    return not {*group.students}.isdisjoint(pair.students)
