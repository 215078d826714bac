"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from reading many public answers to this exercise and from the traps of today's NumPy.
The likeliest stand first: where two variants can't be told apart, the first one names the mistake.
"""

from reference.cnn_step_by_step.mistakes.conv_backward import CONV_BACKWARD as CONV_BACKWARD
from reference.cnn_step_by_step.mistakes.conv_forward import CONV_FORWARD as CONV_FORWARD
from reference.cnn_step_by_step.mistakes.conv_single_step import CONV_SINGLE_STEP as CONV_SINGLE_STEP
from reference.cnn_step_by_step.mistakes.create_mask_from_window import (
    CREATE_MASK_FROM_WINDOW as CREATE_MASK_FROM_WINDOW,
)
from reference.cnn_step_by_step.mistakes.distribute_value import DISTRIBUTE_VALUE as DISTRIBUTE_VALUE
from reference.cnn_step_by_step.mistakes.pool_backward import POOL_BACKWARD as POOL_BACKWARD
from reference.cnn_step_by_step.mistakes.pool_forward import POOL_FORWARD as POOL_FORWARD
from reference.cnn_step_by_step.mistakes.zero_pad import ZERO_PAD as ZERO_PAD
