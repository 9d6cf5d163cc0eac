"""The two palettes, light and dark, and how they reach Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from maistudio.tflite.kinds import OpKind

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as "#rrggbb" by role. Op kinds are muted hues: (fill, border) pairs for boxes on ``canvas``."""

    name: ThemeName
    window: str
    surface: str
    raised: str
    canvas: str
    border: str
    text: str
    muted_text: str
    disabled_text: str
    hover: str
    accent: str
    accent_text: str
    warning: str
    error: str
    edge: str
    edge_upstream: str
    edge_downstream: str
    selection: str
    graph_input: str
    graph_output: str
    weight: str
    kinds: Mapping[OpKind, tuple[str, str]]


LIGHT = Palette(
    name="light",
    window="#f2f2f2", surface="#fafafa", raised="#ffffff", canvas="#f7f7f7", border="#cfcfcf",
    text="#1c1c1c", muted_text="#5f5f5f", disabled_text="#868686", hover="#e4e4e4",
    accent="#0a64ad", accent_text="#ffffff", warning="#8f5a00", error="#b3261e",
    edge="#8a8a8a", edge_upstream="#0072b2", edge_downstream="#b84a00", selection="#0a64ad",
    graph_input="#4a4a4a", graph_output="#4a4a4a", weight="#7a7a7a",
    kinds={
        OpKind.CONVOLUTION: ("#d5e3f0", "#6f95ba"),
        OpKind.ACTIVATION: ("#f2dcd2", "#bd8a71"),
        OpKind.ELEMENTWISE: ("#dfe9d3", "#8ea673"),
        OpKind.LAYOUT: ("#e6ddee", "#9d86b3"),
        OpKind.POOLING: ("#d2e8e4", "#6fa59c"),
        OpKind.QUANTIZE: ("#f1e8c9", "#b39f5b"),
        OpKind.CONTROL: ("#f0d6e1", "#b97c96"),
        OpKind.OTHER: ("#e4e4e4", "#9b9b9b"),
        OpKind.CUSTOM: ("#e9dccb", "#a58b69"),
    },
)  # fmt: skip

DARK = Palette(
    name="dark",
    window="#1e1e1e", surface="#252525", raised="#2d2d2d", canvas="#1a1a1a", border="#434343",
    text="#e8e8e8", muted_text="#a3a3a3", disabled_text="#7c7c7c", hover="#333333",
    accent="#5aa9e6", accent_text="#10202c", warning="#e3a53a", error="#f2837b",
    edge="#7c7c7c", edge_upstream="#56b4e9", edge_downstream="#f0914a", selection="#5aa9e6",
    graph_input="#c8c8c8", graph_output="#c8c8c8", weight="#8f8f8f",
    kinds={
        OpKind.CONVOLUTION: ("#2b3d4f", "#5b83aa"),
        OpKind.ACTIVATION: ("#4b372d", "#a87558"),
        OpKind.ELEMENTWISE: ("#364229", "#7d9760"),
        OpKind.LAYOUT: ("#3d3347", "#8b73a3"),
        OpKind.POOLING: ("#28433e", "#5b958b"),
        OpKind.QUANTIZE: ("#474023", "#a08c49"),
        OpKind.CONTROL: ("#482f3a", "#a86a85"),
        OpKind.OTHER: ("#383838", "#808080"),
        OpKind.CUSTOM: ("#43382b", "#957a57"),
    },
)  # fmt: skip

PALETTES: Mapping[ThemeName, Palette] = {"light": LIGHT, "dark": DARK}
