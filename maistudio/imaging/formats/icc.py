"""The name of an embedded colour profile, so that a person learns what is not applied."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

from PIL import ImageCms

from maistudio.errors import clean

LONGEST_NAME = 80
LARGEST_PROFILE = 16 * 2**20


def profile_note(profile: bytes, name: str = "") -> tuple[str, ...]:
    """A note that ``profile`` is not applied; none where it calls itself sRGB.

    ``name`` is taken where the profile has no description of its own.
    """
    with suppress(OSError, ValueError):
        name = ImageCms.ImageCmsProfile(BytesIO(profile)).profile.profile_description or name
    name = clean(name)[:LONGEST_NAME]
    if "sRGB" in name:
        return ()
    called = f"'{name}'" if name else "(without a name)"
    return (f"its colour profile {called} is not applied: the values are as stored",)
