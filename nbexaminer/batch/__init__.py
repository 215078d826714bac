"""Grades a class: workers, pools, the batch, regrading."""
