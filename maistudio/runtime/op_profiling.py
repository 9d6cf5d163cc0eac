"""Time every kernel of a model, in the child."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from maistudio.errors import ModelRunError, RuntimeMissingError
from maistudio.runtime.compiled_model import CompiledModel
from maistudio.runtime.filling import INSTEAD, filled
from maistudio.runtime.profiler import Profiler
from maistudio.runtime.twin import fixed_twin
from maistudio.timing.events import KernelSums
from maistudio.timing.kernels import RawProfile
from maistudio.timing.presets import Limits, finished, warmed_up
from maistudio.timing.values import Configuration, Engine


def profile_ops(
    model: str | bytes,
    configuration: Configuration,
    limits: Limits,
    on_run: Callable[[int, float], None] = lambda runs, elapsed_s: None,
) -> RawProfile:
    """Run a model, a path or its bytes, under LiteRT's profiler until the limits are reached.

    Its inputs are what its latency is measured with. ``on_run`` hears after each profiled run how many there were
    and the seconds they took.

    Raises ModelRunError for a model LiteRT can't run this way, RuntimeMissingError where LiteRT has no profiler for
    it. Native code may crash on files that its interpreter refuses: load them there first.
    """
    if configuration.engine is Engine.GPU:
        raise RuntimeMissingError("per-op times need the CPU: LiteRT's profiler sees nothing of the GPU")
    with _compiled(model, configuration) as compiled:
        _warm_up(compiled, limits)
        return _profiled(compiled, configuration.engine, limits, on_run)


def _compiled(model: str | bytes, configuration: Configuration) -> CompiledModel:
    """The model at the shapes wanted: resized, or where that fails as a twin of those shapes."""
    try:
        return CompiledModel(model, configuration)
    except ModelRunError:
        shapes, unshaped = configuration.shapes, replace(configuration, shapes={})
        if not shapes or configuration.signature is not None:
            raise
        with CompiledModel(model, unshaped) as compiled:
            tensors = {spec.name: tensor for spec, tensor in zip(compiled.inputs, compiled.input_tensors, strict=True)}
        if not shapes.keys() <= tensors.keys():
            raise
    content = Path(model).read_bytes() if isinstance(model, str) else model
    return CompiledModel(fixed_twin(content, {tensors[name]: shape for name, shape in shapes.items()}), unshaped)


def _warm_up(compiled: CompiledModel, limits: Limits) -> None:
    """Fill the inputs with what the model takes, and run it as often as it takes to be warm."""
    for value in (None, *INSTEAD):
        for place, spec in enumerate(compiled.inputs):
            compiled.write(place, filled(spec, value))
        try:
            elapsed_s = compiled.run() / 1e6
            break
        except ModelRunError:
            if value == INSTEAD[-1]:
                raise
    runs = 1
    while not warmed_up(limits, runs, elapsed_s):
        elapsed_s += compiled.run() / 1e6
        runs += 1


def _profiled(
    compiled: CompiledModel, engine: Engine, limits: Limits, on_run: Callable[[int, float], None]
) -> RawProfile:
    profiler = Profiler(compiled)
    sums = KernelSums(Engine.BUILTIN if engine is Engine.XNNPACK else engine)
    wall_us: list[float] = []
    elapsed_s = 0.0
    while not finished(limits, len(wall_us), elapsed_s):
        wall, events = profiler.run()
        sums.add(events)
        wall_us.append(wall)
        elapsed_s += wall / 1e6
        on_run(len(wall_us), elapsed_s)
    return RawProfile(sums.kernels(), tuple(wall_us), sums.cut_off)
