"""The networks of the Mobile AI 2021 challenge on denoising."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.zoo.denoising.enerzai_dense import enerzai_dense
from maistudio.zoo.denoising.enerzai_unet import enerzai_unet
from maistudio.zoo.denoising.gaunet import gaunet
from maistudio.zoo.denoising.megvii import megvii
from maistudio.zoo.denoising.mier import mier, mier_training
from maistudio.zoo.denoising.noahtcv import noahtcv
from maistudio.zoo.denoising.unets import unets
from maistudio.zoo.network import Network

DENOISING: Mapping[str, Network] = MappingProxyType(
    {
        "noahtcv": Network(noahtcv),
        "megvii": Network(megvii),
        "enerzai_unet": Network(enerzai_unet),
        "unets": Network(unets),
        "enerzai_dense": Network(enerzai_dense),
        "mier": Network(inference=mier, training=mier_training),
        "gaunet": Network(gaunet),
    }
)
