"""The predicates of XNNPACK's, NNAPI's, Hexagon's and Core ML's rules, by the names target files call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates import phones, sizes, types, xnnpack
from maistudio.targets.predicates.arguments import Arguments

PREDICATES: Mapping[str, Callable[[OpFacts, Arguments], str]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            types.one_scale, types.weight_scales, types.channel_zero_points,
            types.bias_like_weights, types.blocks_fit, types.types_together, types.xnnpack_types_together,
            types.scale_ratio, types.leaky_slope, types.zero_points_fit, types.product_below_output,
            sizes.stated_shape, sizes.pool_fits, sizes.groups_fit, sizes.groups_divide, sizes.multiplier_divides,
            sizes.transpose_conv_fits, sizes.one_per_dimension, sizes.block_divides, sizes.channels_fill_blocks,
            sizes.new_shape_is_given, sizes.axis_within, sizes.each_dimension_once,
            xnnpack.variable_is_known, xnnpack.variable_is_used, xnnpack.attention_fits, xnnpack.mediapipe_pool,
            xnnpack.mediapipe_strides,
            phones.broadcasts_like_core_ml, phones.only_last_dimension, phones.axis_is_not_last,
            phones.split_leaves_no_nothing, phones.none_of_size_zero, phones.small_window, phones.one_group,
            phones.square_output, phones.squeezes_named_dimensions, phones.pads_only_height_and_width,
        )
    }
)  # fmt: skip
LOOKS_AROUND = frozenset({"variable_is_known", "variable_is_used", "mediapipe_pool", "mediapipe_strides"})
READS_VALUES = frozenset(
    {"transpose_conv_fits", "split_leaves_no_nothing", "each_dimension_once", "pads_only_height_and_width"}
)
READS_SCALES = frozenset(
    {
        "one_scale", "weight_scales", "channel_zero_points", "scale_ratio", "leaky_slope", "zero_points_fit",
        "product_below_output", "blocks_fit",
    }
)  # fmt: skip
