"""What two gradebooks must have in common: every column of every row, ids replaced by names."""

from sqlalchemy import Boolean, DateTime, Interval, create_engine, text

_TYPES = {"timestamp": DateTime(), "extension": Interval(), "needs_manual_grade": Boolean()}

QUERIES = {
    "students": "select id, first_name, last_name, email, lms_user_id from student",
    "submissions": """
        select student_id, assignment.name, timestamp, extension
        from submitted_assignment join assignment on assignment_id = assignment.id""",
    "notebooks": """
        select student_id, notebook.name, late_submission_penalty
        from submitted_notebook as mine join notebook on mine.notebook_id = notebook.id
        join submitted_assignment as sent on mine.assignment_id = sent.id""",
    "grades": """
        select student_id, notebook.name, base_cell.name, auto_score, manual_score, extra_credit,
        needs_manual_grade from grade join base_cell on cell_id = base_cell.id
        join submitted_notebook as mine on grade.notebook_id = mine.id
        join notebook on mine.notebook_id = notebook.id
        join submitted_assignment as sent on mine.assignment_id = sent.id""",
    "comments": """
        select student_id, notebook.name, base_cell.name, auto_comment, manual_comment
        from comment join base_cell on cell_id = base_cell.id
        join submitted_notebook as mine on comment.notebook_id = mine.id
        join notebook on mine.notebook_id = notebook.id
        join submitted_assignment as sent on mine.assignment_id = sent.id""",
}


def rows(root, url=None):
    """Return all rows that grading makes, by kind, sorted: of a course folder, or of a gradebook's URL."""
    engine = create_engine(url or f"sqlite:///{root / 'gradebook.db'}")
    try:
        with engine.connect() as gradebook:
            return {kind: sorted(_all(gradebook, query), key=repr) for kind, query in QUERIES.items()}
    finally:
        engine.dispose()


def _all(gradebook, query):
    typed = {name: kind for name, kind in _TYPES.items() if name in query}
    return [tuple(row) for row in gradebook.execute(text(query).columns(**typed))]
