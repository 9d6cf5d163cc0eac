"""The networks of the Mobile AI 2021 challenge on quantized super-resolution."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maistudio.zoo.network import Network
from maistudio.zoo.quantized_sr_2021.abpn import abpn
from maistudio.zoo.quantized_sr_2021.along import along
from maistudio.zoo.quantized_sr_2021.mju_gogogo import mju_gogogo
from maistudio.zoo.quantized_sr_2021.prpsr import prpsr, prpsr_training
from maistudio.zoo.quantized_sr_2021.tinysrnet import tinysrnet
from maistudio.zoo.quantized_sr_2021.xlsr import xlsr

QUANTIZED_SR_2021: Mapping[str, Network] = MappingProxyType(
    {
        "abpn": Network(abpn),
        "along": Network(along),
        "mju_gogogo": Network(mju_gogogo),
        "prpsr": Network(prpsr, prpsr_training),
        "tinysrnet": Network(tinysrnet),
        "xlsr": Network(xlsr),
    }
)
