"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from the ways in which these functions are usually got wrong. The likeliest stand first: where two
variants can't be told apart, the first one names the mistake.
"""

from reference.cnn_that_learns.mistakes.dense_backward import DENSE_BACKWARD as DENSE_BACKWARD
from reference.cnn_that_learns.mistakes.dense_forward import DENSE_FORWARD as DENSE_FORWARD
from reference.cnn_that_learns.mistakes.model_backward import MODEL_BACKWARD as MODEL_BACKWARD
from reference.cnn_that_learns.mistakes.model_forward import MODEL_FORWARD as MODEL_FORWARD
from reference.cnn_that_learns.mistakes.numerical_gradient import NUMERICAL_GRADIENT as NUMERICAL_GRADIENT
from reference.cnn_that_learns.mistakes.relu_backward import RELU_BACKWARD as RELU_BACKWARD
from reference.cnn_that_learns.mistakes.relu_forward import RELU_FORWARD as RELU_FORWARD
from reference.cnn_that_learns.mistakes.softmax_cross_entropy import (
    SOFTMAX_CROSS_ENTROPY as SOFTMAX_CROSS_ENTROPY,
)
from reference.cnn_that_learns.mistakes.update import UPDATE as UPDATE
