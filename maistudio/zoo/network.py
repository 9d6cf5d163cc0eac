"""What builds a network: the form that is submitted, and the form that is trained where branches are fused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras

Builder = Callable[[], keras.Model]


@dataclass(frozen=True, slots=True)
class Network:
    """``inference`` builds what is submitted: from 1×H×W×C (H, W open) to one output, in the challenge's value range.

    ``training`` builds what is trained before ``fuse`` turns it into that; None where the two are the same.
    """

    inference: Builder
    training: Builder | None = None
