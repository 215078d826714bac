"""Grades one notebook: restore, run, examine, score."""
