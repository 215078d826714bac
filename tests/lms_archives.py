"""Classes as Canvas and Moodle give them: archives named by the rules of their sources, and their CSV files.

The rules are written down here a second time, on purpose: canvas-lms `lib/content_zipper.rb` and
`lib/gradebook_exporter.rb`, moodle `mod/assign/classes/downloader.php` and `mod/assign/gradingtable.php`.
"""

import csv
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

WORKSHEET = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum grade",
    "Grade can be changed",
) + ("Last modified (submission)", "Online text", "Last modified (grade)", "Feedback comments")


@dataclass
class Pupil:
    """name: sortable, "Last, First". files: name to content, as handed in; attachments are numbered on."""

    number: int
    name: str
    files: dict = field(default_factory=dict)
    late: bool = False
    typed: bool = False
    submitted: str = "-"  # as Moodle's worksheet writes it
    attachment: int = 0

    @property
    def full(self):
        last, _, first = self.name.partition(", ")
        return f"{first} {last}".strip()

    @property
    def email(self):
        return f"u{self.number}@example.org"


def zip_of(files, time=(2026, 2, 3, 10, 0, 0), flags=True):
    """Return a zip file's bytes. flags: whether names that are not ASCII are marked as UTF-8."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            when = time
            if isinstance(content, tuple):
                content, when = content
            info = zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    data = buffer.getvalue()
    return data if flags else data.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")


def word(text):
    """What Canvas leaves of a name: the characters that Ruby's [[:word:]] stands for, in small letters."""
    kinds = ("L", "M", "N", "Pc")
    return "".join(char for char in text.lower() if unicodedata.category(char).startswith(kinds))


def canvas_files(pupils):
    files = {}
    for pupil in pupils:
        number = pupil.attachment or 90_000 + 10 * pupil.number
        start = "_".join([word(pupil.name), *(["LATE"] if pupil.late else []), str(pupil.number)])
        for name, content in pupil.files.items():
            files[f"{start}_{number}_" + re.sub(r'[\x00/\\:*?"<>|]+', "_", name)] = content
            number += 1
        if pupil.typed:
            files[f"{start}_text.html"] = b"<p>I could not upload it.</p>"
    return files


def moodle_files(pupils, folders=True):
    files = {}
    for pupil in pupils:
        start = re.sub(r"[\x00-\x1f&<>\"`|':\\/]", "", pupil.full.replace("_", " ")) + f"_{pupil.number}"
        for name, content in pupil.files.items():
            files[f"{start}_assignsubmission_file{'/' if folders else '_'}{name}"] = content
        if pupil.typed:
            files[f"{start}_assignsubmission_onlinetext{'/' if folders else '_'}onlinetext.html"] = (
                b"<p>Hello</p>"
            )
    return files


def canvas_gradebook(pupils, title="CNN Step by Step (4711)", possible="100.00", cells=None, **form):
    """Return the CSV text that Canvas exports: a mark, read-only totals, and a student whom it makes up."""
    out = io.StringIO()
    writer = csv.writer(out, **{"lineterminator": "\n"} | form)
    writer.writerow(
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (4710)", title, "Final Score"]
    )
    writer.writerow(["", "", "", "", "", "", "Manual Posting", ""])
    writer.writerow(["    Points Possible", "", "", "", "", "10.00", possible, "(read only)"])
    for pupil in pupils:
        grade = (cells or {}).get(pupil.number, "")
        login = [f"S{pupil.number}", f"login{pupil.number}"]
        writer.writerow([pupil.name, pupil.number, *login, 'Section "A", and B', "7.50", grade, "75.0"])
    writer.writerow(["Student, Test", 999_999, "", "c0ffee", 'Section "A", and B', "", "", ""])
    return "\ufeff" + out.getvalue()


def canvas_groups(groups):
    """Return the CSV text that Canvas gives of groups, each with the number and the names of its members."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id"
    writer.writerow(head.split(","))
    for number, (name, members) in enumerate(groups.items(), 70):
        for pupil in members:
            login = [pupil.number, f"S{pupil.number}", f"login{pupil.number}"]
            writer.writerow([pupil.name, *login, "Section A", name, number, ""])
    return out.getvalue()


def moodle_worksheet(pupils, maximum="100.00", changeable=None):
    """Return the CSV text of Moodle's offline grading worksheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(WORKSHEET)
    for pupil in pupils:
        status = "Submitted for grading - 2 days late" if pupil.late else "Submitted for grading"
        status = status if pupil.submitted != "-" else "No submission"
        can = (changeable or {}).get(pupil.number, "Yes")
        row = [
            f"Participant {pupil.number}",
            pupil.full,
            pupil.email,
            status,
            "",
            maximum,
            can,
            pupil.submitted,
        ]
        writer.writerow([*row, "<p>one,\ntwo</p>", "-", ""])
    return out.getvalue()
