"""A loaded model that takes pictures: at their size or in tiles, on the range of values that it works with."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from maistudio.challenges.challenge import Challenge
from maistudio.errors import ModelRunError, UsageError
from maistudio.imaging.picture import Pixels
from maistudio.imaging.tiling import Size
from maistudio.jobs.feeding.agreement import other_scale, other_size
from maistudio.jobs.feeding.channels import Depth, Packed
from maistudio.jobs.feeding.choice import USUAL, Choice, by_scale, possible, stated_input
from maistudio.jobs.feeding.fitting import NO_WISHES, Fit, Fitter, Wishes
from maistudio.jobs.feeding.form import InputForm, Kind, input_form, output_form
from maistudio.jobs.feeding.tensors import PictureTensor, picture_tensors
from maistudio.jobs.feeding.trial import UNTOLD, Trial, contradicted, decided, tried
from maistudio.jobs.feeding.values import AS_STORED, BYTES, UNIT, Values, from_tensor, to_tensor
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Progress
from maistudio.runtime.bounds import Bounds
from maistudio.runtime.children import Children
from maistudio.runtime.protocol import TensorSpec
from maistudio.runtime.session import Session
from maistudio.steps import relayed
from maistudio.timing.values import Configuration, Shape

TRIAL_SIDE = 256
"""Pixels of the part of a picture that ranges of values are tried on."""
BRIGHT = 1.5
"""The largest mean of an output on 0..1; single values may overshoot by more. A picture on 0..255 with it is black."""

Array = NDArray[Any]
Result = TypeVar("Result")
Steps = Generator[Progress, None, Result]


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How a model is run on pictures. ``values`` is what ``--values`` says, None for what suits the model."""

    configuration: Configuration
    challenge: Challenge | None = None
    values: str | None = None
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a model made of a picture: H×W×C pixels of the depth asked for.

    ``inference_us`` is the time of all its inferences alone, one for each of its ``tiles``.
    """

    pixels: Pixels
    inference_us: float
    tiles: int
    notes: tuple[str, ...]


class Feeder:
    """Runs one model on pictures. ``values`` and ``output_values`` are chosen with the first picture, and kept.

    Its methods are steps: they yield progress and may be closed, which ends the child process.
    """

    def __init__(self, model: Path, opened: OpenedModel, options: FeedOptions, children: Children | None) -> None:
        self.model, self.opened, self.options = model, opened, options
        self.values: Choice | None = None
        self.output_values: Choice | None = None
        self.output: TensorSpec | None = None
        self.form: InputForm
        self.session: Session
        self.init_us = 0.0
        self.notes: tuple[str, ...] = ()
        self._children = children
        self._fitter: Fitter
        self._fits: dict[Size, Fit] = {}

    def start(self) -> Steps[None]:
        """Load the model. Raises ModelRunError for one that can't be run or takes no picture, RuntimeMissingError."""
        yield from self._open(self.options.configuration)
        self.init_us = self.session.init_us
        with self._naming():
            form = input_form(self.session.inputs, self.options.challenge)
        if self.options.challenge is not None:
            self.notes += tuple(other_size(form.tensor, self.options.challenge))
        self.form = self._at_given_shapes(form)
        model = self.opened.model
        graph = next(
            (each.subgraph for each in model.signatures if each.key == self.options.configuration.signature), 0
        )
        bounds = min(Bounds().memory, _available_memory())
        name = model.subgraphs[graph].tensors[model.subgraphs[graph].inputs[0]].label
        self._fitter = Fitter(model, graph, name, self.form.tensor, self.opened.costs.weight_bytes, bounds)

    def close(self) -> None:
        if hasattr(self, "session"):
            self.session.close()

    def fit(self, size: Size) -> Fit:
        """How a picture of this size goes in. Raises ModelRunError where it can't, UsageError for senseless tiles."""
        if size not in self._fits:
            with self._naming():
                self._fits[size] = self._fitter.fit(size, self.options.wishes)
        return self._fits[size]

    def choose(self, given: Packed, as_numbers: bool = False) -> Steps[None]:
        """Choose the values of the input, unless that is done: as stated, else by trying them on a part of a picture.

        Floats are tried also where a challenge states them, since networks are published that take other ones; it is
        the challenge that counts, and a note tells. Raises UsageError where nothing is stated and a trial doesn't
        tell; ``as_numbers`` is for outputs that needn't be pictures.
        """
        if self.values is not None:
            return
        spec = self.form.tensor.spec
        stated = stated_input(spec, self.options.values, self.options.challenge, self._metadata())
        by_rule = stated is not None and (self.options.values is not None or self.options.challenge is None)
        if stated is not None and (by_rule or spec.dtype != "float32" or self.form.kind is Kind.MOSAIC):
            self.values = stated
            return
        trials = yield from self._trials(given, as_numbers)
        with self._naming():
            if stated is None:
                self.values, self.output_values = decided(trials)
                return
        self.values = stated
        self.notes += tuple(contradicted(stated.values, trials))

    def _trials(self, given: Packed, as_numbers: bool) -> Steps[list[Trial]]:
        """What comes of a part of a picture on each of the usual ranges."""
        part = _liveliest(given.pixels, self.form.tensor.fixed_size or (TRIAL_SIDE, TRIAL_SIDE))
        tiling = self._fitter.fit(part.shape[:2], NO_WISHES).tiling
        trials = []
        for values in possible(self.form.tensor.spec):
            stage = f"trying values in {values.text}"
            outputs = yield from self.infer(next(tiling.cut(part)), given.white, values, stage)
            try:
                tensor = self._picture_among(outputs)
            except ModelRunError:
                if not as_numbers:
                    raise
                raise UsageError(f"{self.model}: {UNTOLD}") from None
            pixels = tensor.as_pixels(outputs[tensor.spec.name])
            pixels = tiling.joined([pixels], self._scale(pixels, tiling.tile))
            trials.append(tried(_reals(part, given.white), values, pixels, tensor.spec, _ranges(tensor.spec, values)))
        return trials

    def run(self, given: Packed, fit: Fit, depth: Depth, stage: str) -> Steps[Outcome]:
        """What the model makes of a picture. Raises ModelRunError."""
        assert self.values is not None, "values are chosen before anything is run"
        spent = 0.0
        results: list[Pixels] = []
        scale = Fraction(1)
        for tile in fit.tiling.cut(given.pixels):
            outputs = yield from self.infer(tile, given.white, self.values.values, stage)
            spent += self.session.wall_us
            tensor = self._picture_among(outputs)
            pixels = tensor.as_pixels(outputs[tensor.spec.name])
            scale = self._scale(pixels, fit.tiling.tile)
            chosen = self.output_values or self._chosen_output(tile, given.white, pixels, tensor.spec)
            self.output, self.output_values = tensor.spec, chosen
            results.append(from_tensor(pixels, chosen.values, tensor.spec, depth.white, depth.dtype))
        unlike = () if self.options.challenge is None else other_scale(scale, self.options.challenge)
        return Outcome(fit.tiling.joined(results, scale), spent, len(results), (*fit.notes, *unlike))

    def infer(self, pixels: Pixels, white: float, values: Values, stage: str) -> Steps[dict[str, Array]]:
        """One inference on H×W×C pixels, at their size; all outputs by name, as LiteRT gives them."""
        tensor = self.form.tensor
        size = pixels.shape[0], pixels.shape[1]
        yield from self._shaped(tensor.spec.name, tensor.shape_at(size))
        array = tensor.as_array(to_tensor(pixels, white, values, tensor.spec))
        return (yield from told(self.session.run_steps({tensor.spec.name: array}), stage))

    def _open(self, configuration: Configuration) -> Steps[None]:
        steps = Session.open_steps(self.model, configuration, children=self._children)
        self.session = yield from told(steps, "loading the model")

    def _shaped(self, name: str, shape: Shape) -> Steps[None]:
        """Give the input a shape; where LiteRT can't resize it, load the model anew with that shape."""
        if self.session.inputs[0].shape == shape:
            return
        try:
            yield from told(self.session.resize_steps({name: shape}), "resizing the input")
        except ModelRunError:
            self.session.close()
            yield from self._open(replace(self.options.configuration, shapes={name: shape}))

    def _at_given_shapes(self, form: InputForm) -> InputForm:
        """The form with the shape asked for as the input's fixed one."""
        if not self.options.configuration.shapes:
            return form
        (tensor,) = picture_tensors(self.session.inputs, [spec.shape for spec in self.session.inputs])
        return replace(form, tensor=tensor)

    def _metadata(self) -> Any:
        metadata = self.opened.model.metadata
        main = self.options.configuration.signature is None or len(self.opened.model.subgraphs) == 1
        return metadata.inputs[0] if metadata is not None and metadata.inputs and main else None

    def _picture_among(self, outputs: Mapping[str, Array]) -> PictureTensor:
        shapes = [outputs[spec.name].shape for spec in self.session.outputs]
        with self._naming():
            return output_form(self.session.outputs, shapes, self.form)

    def _scale(self, pixels: Pixels, tile: Size) -> Fraction:
        height, width = pixels.shape[:2]
        scale = Fraction(height, tile[0])
        if scale != Fraction(width, tile[1]):
            raise ModelRunError(
                f"{self.model}: it made {width}×{height} of {tile[1]}×{tile[0]}, which is no multiple: "
                "save its output with -o FILE.npy, or choose another size with --shape"
            )
        return scale

    def _chosen_output(self, tile: Pixels, white: float, output: Pixels, spec: TensorSpec) -> Choice:
        """The values of an output whose input's were stated."""
        assert self.values is not None
        values = self.values.values
        if values.stored and spec.dtype == "uint8":
            return Choice(AS_STORED, self.values.why)
        stated = by_scale(spec)
        if stated is not None:
            return stated
        if self.form.kind is Kind.MOSAIC:
            on_unit = float(np.nanmean(output)) <= BRIGHT
            return Choice(UNIT if on_unit else BYTES, "by its mean value")
        found = tried(_reals(tile, white), values, output, spec, _ranges(spec, values))
        return Choice(found.output, "as it fits the picture best")

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Sentences about "it" get the model's name."""
        try:
            yield
        except (ModelRunError, UsageError) as error:
            raise type(error)(f"{self.model}: {error}") from None


def told(steps: Generator[str, None, Result], stage: str) -> Steps[Result]:
    """A session's steps as progress of a job."""
    return (yield from relayed(steps, lambda _: Progress(stage)))


def _ranges(spec: TensorSpec, values: Values) -> list[Values]:
    """The ranges an output may be on, that of the input first."""
    prior = values if values in USUAL or not (values.stored or values.counts) else BYTES
    return [prior, *(each for each in possible(spec) if each != prior)]


def _liveliest(pixels: Pixels, size: Size) -> Pixels:
    """Of nine parts of a picture that of most contrast, of this size or the picture's where that is smaller."""
    height, width = (min(side, limit) for side, limit in zip(pixels.shape[:2], size, strict=True))
    rows = {(pixels.shape[0] - height) * place // 2 for place in range(3)}
    columns = {(pixels.shape[1] - width) * place // 2 for place in range(3)}
    parts = [pixels[row : row + height, column : column + width] for row in rows for column in columns]
    return max(parts, key=lambda part: float(part.std()))


def _reals(pixels: Pixels, white: float) -> NDArray[np.float32]:
    return pixels.astype(np.float32) / np.float32(white)


def _available_memory() -> int:
    import psutil

    return int(psutil.virtual_memory().available)
