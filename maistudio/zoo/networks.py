"""Every network that can be built, by name. Imports TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.zoo.denoising.listing import DENOISING
from maistudio.zoo.learned_isp.listing import LEARNED_ISP
from maistudio.zoo.network import Network
from maistudio.zoo.quantized_sr_2021.listing import QUANTIZED_SR_2021
from maistudio.zoo.quantized_sr_2022.listing import QUANTIZED_SR_2022
from maistudio.zoo.video_sr.listing import VIDEO_SR

NETWORKS: Mapping[str, Network] = MappingProxyType(
    {**VIDEO_SR, **QUANTIZED_SR_2021, **QUANTIZED_SR_2022, **DENOISING, **LEARNED_ISP}
)
