"""Compare all assignments, or those named: `python -m tests.foreign_courses [--in FOLDER] [NAME ...]`.

With a folder, stock's scores are kept there; the next time only the engine grades.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from .assignments import ASSIGNMENTS
from .compare import Comparison, grade_by_engine, grade_by_stock, prepare, table

words = sys.argv[1:]
kept = Path(words[1]).resolve() if words[:1] == ["--in"] else None
names = words[2:] if kept else words
with tempfile.TemporaryDirectory() as scratch:
    found = Comparison()
    for name in names or ASSIGNMENTS:
        root = (kept or Path(scratch)) / name
        known = root / "stock.json"
        if not known.exists():
            shutil.rmtree(root, ignore_errors=True)
            prepare(root / "course", [ASSIGNMENTS[name]])
            shutil.copytree(root / "course", root / "stock")
            stock = grade_by_stock(root / "stock", [name])
            known.write_text(json.dumps([[*key, score] for key, score in stock.items()]))
        found.stock |= {tuple(row[:4]): row[4] for row in json.loads(known.read_text())}
        shutil.rmtree(root / "engine", ignore_errors=True)
        shutil.copytree(root / "course", root / "engine")
        found.engine |= grade_by_engine(root / "engine", [name], ASSIGNMENTS[name].together)
    print(table(found))
