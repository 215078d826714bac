"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from the ways in which people get im2col wrong: axes in another order, a reshape where a
transpose is needed, sizes that only fit square images, a gradient that is stored where it must be added.
The likeliest stand first: where two variants can't be told apart, the first one names the mistake.
"""

from reference.cnn_fast.mistakes.col2im import COL2IM as COL2IM
from reference.cnn_fast.mistakes.conv_backward_fast import CONV_BACKWARD_FAST as CONV_BACKWARD_FAST
from reference.cnn_fast.mistakes.conv_forward_fast import CONV_FORWARD_FAST as CONV_FORWARD_FAST
from reference.cnn_fast.mistakes.count_parameters import COUNT_PARAMETERS as COUNT_PARAMETERS
from reference.cnn_fast.mistakes.im2col import IM2COL as IM2COL
from reference.cnn_fast.mistakes.pool_backward_fast import POOL_BACKWARD_FAST as POOL_BACKWARD_FAST
from reference.cnn_fast.mistakes.pool_forward_fast import POOL_FORWARD_FAST as POOL_FORWARD_FAST
from reference.cnn_fast.mistakes.receptive_field import RECEPTIVE_FIELD as RECEPTIVE_FIELD
