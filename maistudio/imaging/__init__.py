"""Pictures: load, save, pack, resize and measure them.

What is used most is here by name; it is imported when it is asked for, since OpenCV takes longer to import than a
model's summary to print.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maistudio.imaging.channel_orders import order_named
    from maistudio.imaging.conventions import DEFAULT, PRESETS, Convention, convention_named
    from maistudio.imaging.frames import Frames, frames_in
    from maistudio.imaging.metrics import ms_ssim, psnr, ssim, ssim_map
    from maistudio.imaging.packing import pack_bayer, pack_frames, unpack_bayer, unpack_frames
    from maistudio.imaging.picture import Meaning, Picture
    from maistudio.imaging.raw import load_raw
    from maistudio.imaging.reading import load
    from maistudio.imaging.resize import imresize
    from maistudio.imaging.saving import save
    from maistudio.imaging.video import Video, open_video
    from maistudio.imaging.vmaf import vmaf_neg

__all__ = [
    "DEFAULT",
    "PRESETS",
    "Convention",
    "Frames",
    "Meaning",
    "Picture",
    "Video",
    "convention_named",
    "frames_in",
    "imresize",
    "load",
    "load_raw",
    "ms_ssim",
    "open_video",
    "order_named",
    "pack_bayer",
    "pack_frames",
    "psnr",
    "save",
    "ssim",
    "ssim_map",
    "unpack_bayer",
    "unpack_frames",
    "vmaf_neg",
]

_MODULES = {
    "channel_orders": ("order_named",),
    "conventions": ("DEFAULT", "PRESETS", "Convention", "convention_named"),
    "frames": ("Frames", "frames_in"),
    "metrics": ("ms_ssim", "psnr", "ssim", "ssim_map"),
    "packing": ("pack_bayer", "pack_frames", "unpack_bayer", "unpack_frames"),
    "picture": ("Meaning", "Picture"),
    "raw": ("load_raw",),
    "reading": ("load",),
    "resize": ("imresize",),
    "saving": ("save",),
    "video": ("Video", "open_video"),
    "vmaf": ("vmaf_neg",),
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Called by Python for a name that is not here yet (PEP 562)."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
