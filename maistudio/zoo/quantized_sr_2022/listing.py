"""The networks of the Mobile AI and AIM 2022 challenge on quantized super-resolution."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from maistudio.zoo.network import Network
from maistudio.zoo.quantized_sr_2022.abpns import ABPN_PLUS_PLUS, ICL, JUST_A_TRY, KLAB_SR, RBPN, RTSIR2022
from maistudio.zoo.quantized_sr_2022.acsr import acsr, acsr_training
from maistudio.zoo.quantized_sr_2022.antins_cv import antins_cv
from maistudio.zoo.quantized_sr_2022.bilibili_ai import bilibili_ai
from maistudio.zoo.quantized_sr_2022.doublez import doublez
from maistudio.zoo.quantized_sr_2022.genmedia import genmedia
from maistudio.zoo.quantized_sr_2022.lab216 import lab216
from maistudio.zoo.quantized_sr_2022.mobilesr import mobilesr
from maistudio.zoo.quantized_sr_2022.ncnet import ncnet
from maistudio.zoo.quantized_sr_2022.noahtcv_sr import noahtcv_sr
from maistudio.zoo.quantized_sr_2022.plain import BOE_IOT_AIBD, EMSRNET, HOPN, RPQ
from maistudio.zoo.quantized_sr_2022.pureconvsr import pureconvsr, pureconvsr_training
from maistudio.zoo.quantized_sr_2022.repgsr import repgsr, repgsr_training
from maistudio.zoo.quantized_sr_2022.scsrn import scsrn, scsrn_training
from maistudio.zoo.quantized_sr_2022.vccip import vccip, vccip_training
from maistudio.zoo.quantized_sr_2022.xcat import xcat

QUANTIZED_SR_2022: Mapping[str, Network] = MappingProxyType(
    {
        "scsrn": Network(scsrn, scsrn_training),
        "rpq": RPQ,
        "pureconvsr": Network(pureconvsr, pureconvsr_training),
        "hopn": HOPN,
        "boe_iot_aibd": BOE_IOT_AIBD,
        "emsrnet": EMSRNET,
        "antins_cv": Network(antins_cv),
        "genmedia": Network(genmedia),
        "vccip": Network(vccip, vccip_training),
        "ncnet": Network(ncnet),
        "doublez": Network(doublez),
        "jeremy_kwon": Network(partial(doublez, channels=28, middle=3)),
        "lab216": Network(lab216),
        "rbpn": RBPN,
        "abpn_plus_plus": ABPN_PLUS_PLUS,
        "rtsir2022": RTSIR2022,
        "xcat": Network(xcat),
        "klab_sr": KLAB_SR,
        "acsr": Network(acsr, acsr_training),
        "repgsr": Network(repgsr, repgsr_training),
        "icl": ICL,
        "just_a_try": JUST_A_TRY,
        "bilibili_ai": Network(bilibili_ai),
        "mobilesr": Network(mobilesr),
        "noahtcv_sr": Network(noahtcv_sr),
    }
)
