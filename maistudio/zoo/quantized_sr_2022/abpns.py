"""The ABPNs of 2022: other widths and depths, and convolutions that are trained as branches."""

from __future__ import annotations

from functools import partial

from maistudio.zoo.blocks.repconv import repconv
from maistudio.zoo.blocks.rrrb import rrrb
from maistudio.zoo.network import Network
from maistudio.zoo.quantized_sr_2021.abpn import abpn

RBPN = Network(abpn, partial(abpn, block=repconv, ends=repconv))
"""TOVB (section 4.14)."""

ABPN_PLUS_PLUS = Network(abpn)
"""Samsung Research (section 4.15): another training."""

RTSIR2022 = Network(partial(abpn, channels=32), partial(abpn, channels=32, block=repconv, ends=repconv))
"""Rtsir2022 (section 4.16)."""

KLAB_SR = Network(partial(abpn, channels=20, middle=6))
"""Klab_SR (section 4.18)."""

ICL = Network(abpn, partial(abpn, block=rrrb))
"""ICL (section 4.21): the four blocks of the middle make its 140 thousand parameters while training."""

JUST_A_TRY = Network(partial(abpn, channels=12))
"""Just A try (section 4.22)."""
