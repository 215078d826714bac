"""Assignments of other courses, as unlike ours as may be, and what stock nbgrader makes of them.

`assignments` holds them as text, `notebooks` makes course folders of these, and `compare` grades them twice:
`python -m tests.foreign_courses` prints how often the engine's score of a test cell is stock's.
"""
