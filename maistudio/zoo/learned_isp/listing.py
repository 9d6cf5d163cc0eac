"""The networks of the Mobile AI and AIM 2022 challenge on learned ISPs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from maistudio.zoo.blocks.ecb import ecb
from maistudio.zoo.learned_isp.aa_unet import aa_unet
from maistudio.zoo.learned_isp.awb_unet import awb_unet
from maistudio.zoo.learned_isp.bigunet import bigunet
from maistudio.zoo.learned_isp.dann_isp import dann_isp
from maistudio.zoo.learned_isp.enerzai import LARGE_CONVS, LARGE_WIDTHS, enerzai_isp
from maistudio.zoo.learned_isp.gauss_dwt import gauss_dwt
from maistudio.zoo.learned_isp.ifs_net import ifs_net
from maistudio.zoo.learned_isp.jmu_cvlab import jmu_cvlab
from maistudio.zoo.learned_isp.micro_isp import micro_isp
from maistudio.zoo.learned_isp.mobile_smallnet import mobile_smallnet
from maistudio.zoo.learned_isp.pynet_v2_mobile import pynet_v2_mobile
from maistudio.zoo.learned_isp.rfd_csa import LARGE_BLOCKS, LARGE_CHANNELS, rfd_csa
from maistudio.zoo.learned_isp.sye_isp import sye_isp, sye_isp_training
from maistudio.zoo.learned_isp.three_conv import three_conv
from maistudio.zoo.network import Network

LEARNED_ISP: Mapping[str, Network] = MappingProxyType(
    {
        "three_conv": Network(three_conv),
        "enerzai_isp_small": Network(enerzai_isp),
        "rfd_csa_small": Network(rfd_csa, partial(rfd_csa, block=ecb)),
        "mobile_smallnet": Network(mobile_smallnet),
        "enerzai_isp_large": Network(partial(enerzai_isp, LARGE_WIDTHS, LARGE_CONVS)),
        "rfd_csa_large": Network(
            partial(rfd_csa, LARGE_CHANNELS, LARGE_BLOCKS), partial(rfd_csa, LARGE_CHANNELS, LARGE_BLOCKS, ecb)
        ),
        "jmu_cvlab": Network(jmu_cvlab),
        "awb_unet": Network(awb_unet),
        "aa_unet": Network(aa_unet),
        "bigunet": Network(bigunet),
        "dann_isp": Network(dann_isp),
        "sye_isp": Network(sye_isp, sye_isp_training),
        "ifs_net": Network(ifs_net),
        "gauss_dwt": Network(gauss_dwt),
        "microisp_10": Network(micro_isp),
        "microisp_05": Network(partial(micro_isp, stages=1)),
        "pynet_v2_mobile": Network(pynet_v2_mobile),
    }
)
