"""Models beside the challenge they are run for."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maistudio.challenges.catalogue import shipped_challenges
from maistudio.errors import ModelRunError
from maistudio.jobs.feeding.agreement import other_scale, other_size
from maistudio.jobs.feeding.form import input_form
from maistudio.jobs.feeding.tensors import PictureTensor, picture_tensors
from maistudio.runtime.protocol import TensorSpec

CHALLENGES = {challenge.id: challenge for challenge in shipped_challenges()}
SR = CHALLENGES["mai2022-quantized-super-resolution"]


def spec(*shape: int) -> TensorSpec:
    return TensorSpec("x", tuple(max(1, side) for side in shape), shape, "float32", 0.0, 0)


def tensor(*shape: int) -> PictureTensor:
    (found,) = picture_tensors([spec(*shape)])
    return found


@pytest.mark.parametrize(
    ("channels", "challenge", "words"),
    [
        (3, "mai2022-learned-isp", "takes 3 channels, .* feeds 4 .a packed Bayer mosaic"),
        (3, "mai2021-video-super-resolution", "feeds 30 .RGB frames"),
        (30, "mai2022-quantized-super-resolution", "takes 30 channels, .* feeds 3:"),
        (1, "mai2021-denoising", "takes 1 channel, .* feeds 3:"),
    ],
)
def test_a_challenge_that_feeds_something_else_is_refused(channels: int, challenge: str, words: str) -> None:
    with pytest.raises(ModelRunError, match=words):
        input_form([spec(1, -1, -1, channels)], CHALLENGES[challenge])


@pytest.mark.parametrize("challenge", list(CHALLENGES))
def test_what_a_challenge_asks_for_is_taken(challenge: str) -> None:
    wanted = CHALLENGES[challenge].model
    assert input_form([spec(*wanted.input)], CHALLENGES[challenge]).tensor.channels == wanted.input[-1]


def test_a_fixed_size_that_is_not_the_challenges_is_told() -> None:
    (note,) = other_size(tensor(1, 32, 40, 3), SR)
    assert note == f"its input is always 40×32, and the challenge {SR.id} asks for 640×360"


@pytest.mark.parametrize("shape", [(1, -1, -1, 3), (1, 360, 640, 3), (1, 3, 360, 640)])
def test_a_size_that_can_be_the_challenges_is_not(shape: tuple[int, ...]) -> None:
    assert list(other_size(tensor(*shape), SR)) == []


@pytest.mark.parametrize(
    ("scale", "challenge", "told"),
    [(2, SR.id, True), (3, SR.id, False), (2, "mai2022-learned-isp", False), (1, "mai2021-denoising", False)],
)
def test_another_enlargement_than_the_challenges_is_told(scale: int, challenge: str, told: bool) -> None:
    assert bool(list(other_scale(Fraction(scale), CHALLENGES[challenge]))) == told
