"""Answers that are more alike than independent answers to the same exercise: a reason to look, no verdict.

Each answer is cut into small pieces of its syntax tree, with its own names, comments, formatting, prints
and the order of statements gone, and without what the exercise gave. A piece that many of the class have
says nothing; one that few have says log2(answers / those who have it) bits. Two answers are listed if they
share far more of those bits than chance gives among so many pairs, far more than an answer of this exercise
shares with the one most like it, and most of what is particular about the shorter one. Copies to the letter
of a usual answer have nothing rare in this sense; comments, names and spacing tell them (verbatim).

That is the idea of fingerprints looked up in an inverted index (Schleimer, Wilkerson and Aiken, "Winnowing:
local algorithms for document fingerprinting", SIGMOD 2003), with pieces of the tree in place of k-grams,
and weights as in information retrieval (inverse document frequency).
"""

from __future__ import annotations

import math
import statistics
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from nbexaminer.pages import verbatim
from nbexaminer.pages.code_pieces import LONGEST, pieces

SHORTEST = 6  # pieces; what is shorter is always alike
FEWEST = 8  # answers; with fewer there is nothing to measure against
MARGIN = 16  # bits beyond the strongest likeness that chance gives
BEYOND = 3  # times what an answer shares with the one most like it
SHARE = 0.6  # of what is particular about the shorter one


@dataclass(frozen=True)
class SimilarPair:
    """Two answers to one exercise that are alike.

    shared: the rare pieces that both have; of: those of the shorter answer; bits: how surprising that is;
    holders: how many answers of the class have such a piece, on average; answers: how many there are;
    usual: the rare pieces that an answer shares with the one most like it, in the middle of the class;
    code: the lines of each, without those that the exercise gave before and after, and whether a line
    holds something of what is shared; to_the_letter: whether it is lines as they are written that both have
    (what is said of pieces holds for lines then).
    """

    exercise: str
    students: tuple[str, str]
    shared: int
    of: int
    bits: float
    holders: float
    answers: int
    usual: float
    code: tuple[tuple[tuple[str, bool], ...], ...]
    to_the_letter: bool = False


@dataclass(frozen=True)
class Comparison:
    """The pairs to look at, the most surprising first, and the exercises whose answers say too little."""

    pairs: tuple[SimilarPair, ...] = ()
    left_out: tuple[str, ...] = ()


def compare(answers: Mapping[str, Mapping[str, str]], given: Mapping[str, str]) -> Comparison:
    """Compare all answers to each exercise.

    answers: by exercise, the text of each student's cell; given: by exercise, the text that it came with.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's, about what students wrote
        exercises = [_Exercise(name, texts, given.get(name, "")) for name, texts in answers.items()]
    found = [one for exercise in exercises for one in exercise.alike()]
    named = {(one.exercise, one.students) for one in found}
    found += [one for one in _to_the_letter(exercises) if (one.exercise, one.students) not in named]
    pairs = sorted(found, key=lambda one: -one.bits)
    return Comparison(tuple(pairs), tuple(exercise.name for exercise in exercises if exercise.says_little))


def _to_the_letter(exercises: list[_Exercise]) -> Iterator[SimilarPair]:
    """Yield what is alike to the letter: an answer, or, where each says too little, all answers together."""
    named: set[tuple[str, str]] = set()
    for exercise in exercises:
        if len(exercise.texts) >= FEWEST:
            for pair, bits, both in verbatim.pairs(exercise.lines):
                named.add(pair)
                yield exercise.alike_to_the_letter(pair, bits, both)
    everything: dict[str, dict[str, str]] = defaultdict(dict)
    for exercise in exercises:
        for student, own in exercise.lines.items():
            everything[student] |= {f"{exercise.name}: {line}": line for line in own}
    if len(everything) < FEWEST:
        return
    for pair, bits, both in verbatim.pairs(everything):
        if pair not in named:
            longest = max(exercises, key=lambda one: sum(key.startswith(f"{one.name}: ") for key in both))
            shared = [key.partition(": ")[2] for key in both if key.startswith(f"{longest.name}: ")]
            yield longest.alike_to_the_letter(pair, bits, shared)


class _Exercise:
    """The answers to one exercise."""

    def __init__(self, name: str, texts: Mapping[str, str], given: str) -> None:
        self.name, self.texts = name, texts
        self.given = {line.strip() for line in given.splitlines()} | {""}
        scaffold = pieces(given)
        by_text = {
            text: {key: lines for key, lines in pieces(text, given).items() if key not in scaffold}
            for text in {*texts.values()}
        }
        self.pieces = {student: by_text[text] for student, text in texts.items() if by_text[text]}
        self.lines = {
            student: found
            for student, text in texts.items()
            if (found := verbatim.lines(text[:LONGEST], given))
        }
        self.holders: dict[str, list[str]] = defaultdict(list)
        for student, own in self.pieces.items():
            for key in own:
                self.holders[key].append(student)
        self.count = len(self.pieces)
        most = max(3, min(6, self.count // 5), self.count // 20)
        self.bits = {
            key: math.log2(self.count / len(students))
            for key, students in self.holders.items()
            if len(students) <= most
        }

    @property
    def says_little(self) -> bool:
        """Return whether there are few answers, or most are short."""
        sizes = [len(own) for own in self.pieces.values()]
        return self.count < FEWEST or statistics.median(sizes) < SHORTEST

    def alike(self) -> Iterator[SimilarPair]:
        if self.count < FEWEST:
            return
        shared = self._shared()
        best: dict[str, tuple[float, int]] = dict.fromkeys(self.pieces, (0.0, 0))
        for (a, b), (bits, number) in shared.items():
            best[a], best[b] = max(best[a], (bits, number)), max(best[b], (bits, number))
        usual_bits = statistics.median(bits for bits, _ in best.values())
        usual = statistics.median(number for _, number in best.values())
        least = max(math.log2(math.comb(self.count, 2)) + MARGIN, BEYOND * usual_bits)
        for pair, (bits, number) in shared.items():
            lesser = min(pair, key=self._particular)
            if (
                bits >= least
                and bits >= SHARE * self._particular(lesser)
                and min(len(self.pieces[student]) for student in pair) >= SHORTEST
            ):
                rare = [key for key in self.pieces[lesser] if key in self.bits]
                both = [key for key in rare if all(key in self.pieces[student] for student in pair)]
                yield SimilarPair(
                    self.name,
                    pair,
                    number,
                    len(rare),
                    bits,
                    statistics.fmean(len(self.holders[key]) for key in both),
                    self.count,
                    usual,
                    tuple(self._lines(student, both) for student in pair),
                )

    def alike_to_the_letter(self, pair: tuple[str, str], bits: float, both: list[str]) -> SimilarPair:
        """Return the record of two answers that have these lines in common."""
        holders = [sum(line in own for own in self.lines.values()) for line in both]
        return SimilarPair(
            self.name,
            pair,
            len(both),
            min(len(self.lines[student]) for student in pair),
            bits,
            statistics.fmean(holders),
            len(self.lines),
            0,
            tuple(
                self._marked(student, set().union(*(self.lines[student][line] for line in both)))
                for student in pair
            ),
            to_the_letter=True,
        )

    def _lines(self, student: str, both: Iterable[str]) -> tuple[tuple[str, bool], ...]:
        return self._marked(student, set().union(*(self.pieces[student][key] for key in both)))

    def _marked(self, student: str, shared: set[int]) -> tuple[tuple[str, bool], ...]:
        texts = self.texts[student][:LONGEST].splitlines()
        own = [number for number, text in enumerate(texts) if text.strip() not in self.given] or [0]
        return tuple((texts[number], number in shared) for number in range(own[0], own[-1] + 1))

    def _shared(self) -> dict[tuple[str, str], tuple[float, int]]:
        """Return the bits and the number of rare pieces that each pair shares, if any."""
        bits: dict[tuple[str, str], float] = defaultdict(float)
        number: dict[tuple[str, str], int] = defaultdict(int)
        for key, weight in self.bits.items():
            for pair in combinations(self.holders[key], 2):
                bits[pair] += weight
                number[pair] += 1
        return {pair: (bits[pair], number[pair]) for pair in bits}

    def _particular(self, student: str) -> float:
        return sum(self.bits.get(key, 0) for key in self.pieces[student])
