"""Compare all assignments, or those named: `python -m tests.foreign_courses [--in FOLDER] [NAME ...]`.

With a folder that holds stock's scores from before, only the engine grades.
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
chosen = [ASSIGNMENTS[name] for name in names or ASSIGNMENTS]
with tempfile.TemporaryDirectory() as scratch:
    root = kept or Path(scratch)
    known = root / "stock.json"
    if not known.exists():
        prepare(root / "course", chosen)
        shutil.copytree(root / "course", root / "stock")
        stock = grade_by_stock(root / "stock", [foreign.name for foreign in chosen])
        known.write_text(json.dumps([[*key, score] for key, score in stock.items()]))
    stock = {tuple(row[:4]): row[4] for row in json.loads(known.read_text())}
    shutil.rmtree(root / "engine", ignore_errors=True)
    shutil.copytree(root / "course", root / "engine")
    engine = grade_by_engine(root / "engine", [foreign.name for foreign in chosen])
    wanted = {foreign.name for foreign in chosen}
    print(table(Comparison({key: score for key, score in stock.items() if key[0] in wanted}, engine)))
