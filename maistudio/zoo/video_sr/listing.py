"""The networks of the Mobile AI 2021 challenge on video super-resolution."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.zoo.network import Network
from maistudio.zoo.video_sr.diggers import diggers
from maistudio.zoo.video_sr.evsrnet import evsrnet
from maistudio.zoo.video_sr.midn import midn
from maistudio.zoo.video_sr.tinyvsrnet import tinyvsrnet, tinyvsrnet_training

VIDEO_SR: Mapping[str, Network] = MappingProxyType(
    {
        "diggers": Network(diggers),
        "evsrnet": Network(evsrnet),
        "midn": Network(midn),
        "tinyvsrnet": Network(tinyvsrnet, tinyvsrnet_training),
    }
)
