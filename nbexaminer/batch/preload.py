"""Imported once by the process that all workers are forked from: what is made here, they share."""

import gc

from nbexaminer.batch import worker  # noqa: F401
from nbexaminer.engine.examiner import Examiner

Examiner()
gc.collect()
gc.freeze()  # a collection in a worker would touch, and so copy, all of it
