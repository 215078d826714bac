"""Answers that are alike to the letter: comments, names and spacing, which tell a copy of a usual answer.

A usual solution has no rare piece of syntax, so its copies can't be found by that. But whoever writes alone
makes many small choices: a space here, a name there, a comment kept or dropped. A line as it is written that
k of n answers have says log2(n / k) bits, less if it usually goes with another line. Two answers in which
nearly all lines are the same, and which together say more than chance gives among so many pairs, are alike
to the letter. An answer that many have comes from one place that all could see, and says nothing.
"""

from __future__ import annotations

import ast
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

MARGIN = 3  # bits beyond what chance gives among so many pairs
SHARE = 0.9  # of all that the lines of either answer say
SHORTEST = 4  # lines; what is shorter is always alike
MOST = 6  # answers to the letter alike; more come from one book
RAREST = 3  # lines by which pairs are looked for
ENOUGH = 6  # answers with a line, to say how often another goes with it

_STRING = re.compile(r'[rRuUbB]*("""|\'\'\').*?(\1|\Z)', re.DOTALL)


def lines(text: str, given: str = "") -> dict[str, set[int]]:
    """Return the lines of a cell as they are written, each with the places where it stands, from 0.

    Without indentation, blank lines, docstrings and what the exercise gave.
    """
    silent = _docstring_lines(text)
    known = {line.strip() for line in given.splitlines()} | {""}
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(text.splitlines()):
        if line.strip() not in known and number not in silent:
            found[line.strip()].add(number)
    return dict(found)


def _docstring_lines(text: str) -> set[int]:
    """Return the numbers of the lines that stand in a string which is a statement, from 0."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        spans = [(match.start(), match.end()) for match in _STRING.finditer(text)]
        return {
            number
            for start, end in spans
            for number in range(text.count("\n", 0, start), text.count("\n", 0, end) + 1)
        }
    return {
        number - 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def pairs(answers: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[tuple[str, str], float, list[str]]]:
    """Yield two students, the bits that they share and the lines, for those alike to the letter.

    answers: by student, the lines of the answer.
    """
    holders: dict[str, list[str]] = defaultdict(list)
    for student, own in answers.items():
        for line in own:
            holders[line].append(student)
    bits = {line: math.log2(len(answers) / len(students)) for line, students in holders.items()}
    says = {student: sum(map(bits.__getitem__, own)) for student, own in answers.items()}
    least = math.log2(max(2, math.comb(len(answers), 2))) + MARGIN
    sets = {line: set(students) for line, students in holders.items()}
    alike: dict[tuple[str, str], tuple[float, list[str]]] = {}
    number: dict[str, int] = defaultdict(int)
    for pair in sorted(_candidates(answers, holders)):
        one, other = pair
        both = [line for line in answers[one] if line in answers[other]]
        shared = sum(map(bits.__getitem__, both))
        if shared < least or len(both) < SHORTEST or shared < SHARE * max(says[one], says[other]):
            continue
        number[one] += 1
        number[other] += 1
        if (together := _together(both, sets, len(answers))) >= least:
            alike[pair] = together, both
    for pair, (shared, both) in alike.items():
        if max(number[student] for student in pair) < MOST:
            yield pair, shared, both


def _together(both: list[str], holders: Mapping[str, set[str]], count: int) -> float:
    """Return the bits of lines that one answer has because another has them too.

    A line says how surprising it is given the line before, among the commoner ones, that it goes with best:
    so two lines that always go together, such as those for height and for width, count once.
    """
    ordered = sorted(both, key=lambda line: -len(holders[line]))
    bits = 0.0
    for place, line in enumerate(ordered):
        own = holders[line]
        least = math.log2((count - 1) / (len(own) - 1))
        for earlier in ordered[:place]:
            if len(holders[earlier]) >= ENOUGH:
                least = min(least, math.log2((len(holders[earlier]) - 1) / (len(holders[earlier] & own) - 1)))
        bits += least
    return bits


def _candidates(
    answers: Mapping[str, Mapping[str, object]], holders: Mapping[str, list[str]]
) -> set[tuple[str, str]]:
    """Return the pairs that share one of the rarest lines of either that more than one has."""
    found: set[tuple[str, str]] = set()
    for own in answers.values():
        known = sorted((line for line in own if len(holders[line]) > 1), key=lambda line: len(holders[line]))
        for line in known[:RAREST]:
            if len(holders[line]) <= max(MOST, len(answers) // 4):
                found.update(combinations(sorted(holders[line]), 2))
    return found
