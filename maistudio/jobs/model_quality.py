"""What a model reached on pictures, beside the baseline, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from maistudio.challenges.challenge import Challenge
from maistudio.imaging.conventions import Convention
from maistudio.jobs.degraded import DEGRADATIONS, SEED
from maistudio.jobs.feeding.choice import Choice
from maistudio.jobs.feeding.sources import Failure
from maistudio.zoo.training.baseline import TITLES
from maistudio.zoo.training.lesson import Task


@dataclass(frozen=True, slots=True)
class Quality:
    """PSNR in dB, infinite where nothing differs, and SSIM; of several frames the means."""

    psnr: float
    ssim: float


@dataclass(frozen=True, slots=True)
class MeasuredPicture:
    """One picture: its height and width as measured, what the model reached, and the baseline on the same input."""

    source: str
    size: tuple[int, int]
    model: Quality
    baseline: Quality
    inference_us: float
    tiles: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelMeasurement:
    """What a model reached on a folder, and how it was measured. ``recognised``: nobody said which challenge it is."""

    path: Path
    challenge: Challenge
    recognised: bool
    task: Task
    values: Choice
    output_values: Choice
    pictures: tuple[MeasuredPicture, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]

    @property
    def degradation(self) -> str:
        """What was done to the pictures before the model got them."""
        return DEGRADATIONS[self.task].format(scale=self.challenge.scale, frames=self.challenge.model.frames)

    @property
    def baseline_title(self) -> str:
        return TITLES[self.task]

    @property
    def convention(self) -> Convention:
        return measured_by(self.challenge)

    @property
    def seed(self) -> int:
        """Of what was drawn: noise, and the way of pans."""
        return SEED

    @property
    def model(self) -> Quality:
        return mean([each.model for each in self.pictures])

    @property
    def baseline(self) -> Quality:
        return mean([each.baseline for each in self.pictures])


def measured_by(challenge: Challenge) -> Convention:
    """How a challenge measures, at its scale."""
    return challenge.convention.at_scale(challenge.scale)


def mean(qualities: Sequence[Quality]) -> Quality:
    return Quality(fmean(each.psnr for each in qualities), fmean(each.ssim for each in qualities))
