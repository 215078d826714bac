"""A CSV file of another program, in which single cells are changed and every other byte stays as it was."""

from __future__ import annotations

import re
from pathlib import Path

from nbexaminer.errors import SpreadsheetError


class Spreadsheet:
    """The cells of a CSV file, by row and column; delimiter, quotes, line ends and byte order mark stay."""

    def __init__(self, path: Path) -> None:
        """Raises SpreadsheetError."""
        self.path = path
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise SpreadsheetError(f"{path} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise SpreadsheetError(
                f"{path} is not UTF-8 text: take it as the LMS exports it, not as a spreadsheet saves it"
            ) from error
        self._mark = "\ufeff" if text.startswith("\ufeff") else ""
        self._rows = _split(text.removeprefix("\ufeff"))
        self.rows = [[_bare(cell) for cell, _ in row] for row in self._rows]
        if not self.rows:
            raise SpreadsheetError(f"{path} is empty")

    def fill(self, row: int, column: int, value: str) -> None:
        """Put a value into a cell, quoted if the cell was or if it must be."""
        line = self._rows[row]
        while len(line) <= column:  # a row may be cut short at its end
            line[-1:] = [(line[-1][0], self._delimiter), ("", line[-1][1])]
            self.rows[row].append("")
        old, end = line[column]
        quoted = old.startswith('"') or re.search(r'[",;\t\r\n]', value)
        line[column] = ('"' + value.replace('"', '""') + '"' if quoted else value, end)
        self.rows[row][column] = value

    def write(self, path: Path) -> None:
        text = "".join(cell + end for row in self._rows for cell, end in row)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((self._mark + text).encode("utf-8"))

    @property
    def _delimiter(self) -> str:
        return self._rows[0][0][1]


def _split(text: str) -> list[list[tuple[str, str]]]:
    """Return each row's cells as they are written, each with what ends it."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    cell = re.compile(rf'("(?:[^"]|"")*+"|[^{delimiter}\r\n]*+)({delimiter}|\r\n|\r|\n|\Z)')
    # of a quote that is never closed, or stands inside a cell
    loose = re.compile(rf"([^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)")
    rows: list[list[tuple[str, str]]] = [[]]
    place = 0
    while place < len(text):
        found = cell.match(text, place) or loose.match(text, place)
        assert found, "a loose cell may be empty"
        rows[-1].append((found[1], found[2]))
        place = found.end()
        if found[2] != delimiter:
            rows.append([])
        elif place == len(text):
            rows[-1].append(("", ""))
    return [row for row in rows if row]


def _bare(cell: str) -> str:
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell
