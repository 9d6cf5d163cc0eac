"""Named predicates of the GPU targets. They ask what the delegates' parsers ask; unknown shapes and values hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest
from math import prod
from types import MappingProxyType

from maistudio.targets.facts import OpFacts
from maistudio.targets.predicates.gpu_shapes import bhwc
from maistudio.targets.predicates.gpu_slices import SLICES, shapes_of
from maistudio.targets.predicates.opengl import OPENGL
from maistudio.tflite.text import shape_text

Arguments = Mapping[str, object]
FLOATS = ("FLOAT16", "FLOAT32")
EIGHT_BITS = ("INT8", "UINT8")


def gpu_broadcast(op: OpFacts, arguments: Arguments) -> str:
    """Classic ADD and MUL: of tensors of different ranks over 1 only three pairs are taken."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    if shapes is None or len(shapes[0]) == len(shapes[1]) or min(map(len, shapes)) < 2:
        return ""
    short, long = sorted(shapes, key=len)
    if len(long) == 4:
        if len(short) == 3 and long[0] == 1:
            return ""
        if len(short) == 2 and ((long[0] == 1 and short == (1, 1)) or short == (long[0], long[3])):
            return ""
    return f"{shape_text(shapes[0])} and {shape_text(shapes[1])} are not broadcast: give both the same rank"


def numpy_broadcast(op: OpFacts, arguments: Arguments) -> str:
    """Two operands of different ranks must fit each other from the right; ``least`` is the rank from which on."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    least = arguments.get("least", 0)
    if shapes is None or len(shapes[0]) == len(shapes[1]):
        return ""
    if isinstance(least, int) and min(map(len, shapes)) < least:
        return ""
    pairs = zip_longest(reversed(shapes[0]), reversed(shapes[1]), fillvalue=1)
    if all(first == second or 1 in (first, second) for first, second in pairs):
        return ""
    return f"{shape_text(shapes[0])} and {shape_text(shapes[1])} can't be broadcast to each other"


def one_operand_covers(op: OpFacts, arguments: Arguments) -> str:
    """MUL of 2021: of two operands of one rank, one must not be smaller in any dimension."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    if shapes is None or len(shapes[0]) != len(shapes[1]):
        return ""
    pairs = list(zip(*shapes, strict=True))
    if any(first < second for first, second in pairs) and any(first > second for first, second in pairs):
        return f"neither of {shape_text(shapes[0])} and {shape_text(shapes[1])} is the larger one in every dimension"
    return ""


def operand_is_read(op: OpFacts, arguments: Arguments) -> str:
    """Of two operands one may be a constant: a number, a list, a picture of batch 1, or with ``matrices`` a matrix."""
    constants = op.constant_inputs
    if len(constants) == len(op.inputs):
        return "both operands are constants"
    shape = op.shape(constants[0]) if constants else None
    if shape is None or set(shape[:-1]) <= {1} or len(shape) == 3 or (len(shape) == 4 and shape[0] == 1):
        return ""
    return "" if len(shape) == 2 and arguments.get("matrices") else f"its constant is {shape_text(shape)}"


def constant_is_taken(op: OpFacts, arguments: Arguments) -> str:
    """ML Drift: a constant operand is dense; one number must be a float, int32 or a quantized 8- or 4-bit one."""
    if len(op.constant_inputs) != 1 or len(op.inputs) != 2:
        return ""
    constant = op.constant_inputs[0]
    if constant.sparsity is not None:
        return "its constant is stored sparse"
    shape = op.shape(constant)
    scaled = op.scheme(constant) in ("per_tensor", "per_channel") and constant.type in (*EIGHT_BITS, "INT4")
    if shape is None or prod(shape) != 1 or scaled or constant.type in (*FLOATS, "INT32"):
        return ""
    return f"its constant is one {constant.type}"


def computed_per_tensor(op: OpFacts, arguments: Arguments) -> str:
    """What is computed in 8 bits has no more than one scale."""
    for tensor in (*op.runtime_inputs, *(each for each in op.outputs if not op.is_constant(each))):
        if tensor.type in EIGHT_BITS and op.scheme(tensor) == "per_channel":
            return f"{tensor.label} is quantized per channel: what is computed may have one scale"
    return ""


def inputs_differ(op: OpFacts, arguments: Arguments) -> str:
    """No computed tensor is read twice by the op."""
    read = [tensor.index for tensor in op.runtime_inputs]
    return "it reads one tensor as two of its inputs" if len(set(read)) < len(read) else ""


def ungrouped(op: OpFacts, arguments: Arguments) -> str:
    """A convolution's weights reach over all input channels."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    if shapes is None or any(len(shape) != 4 for shape in shapes) or shapes[0][3] == shapes[1][3]:
        return ""
    return f"its weights reach over {shapes[1][3]} of {shapes[0][3]} channels: it is grouped"


def batches_match(op: OpFacts, arguments: Arguments) -> str:
    """Both inputs have one batch size."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    if shapes is None or not all(shapes) or shapes[0][0] == shapes[1][0]:
        return ""
    return f"its inputs have the batch sizes {shapes[0][0]} and {shapes[1][0]}"


def no_kernel(op: OpFacts, arguments: Arguments) -> str:
    """Never holds: no ``kind`` (of kernel, for a backend) is there for the op, or for ``what`` it becomes."""
    return f"there is no {arguments.get('kind')} for {arguments.get('what', op.op.type)}"


def eight_bits_per_tensor(op: OpFacts, arguments: Arguments) -> str:
    """What is computed in 8 bits must carry one scale."""
    for tensor in (*op.runtime_inputs, *(each for each in op.outputs if not op.is_constant(each))):
        if tensor.type in EIGHT_BITS and op.scheme(tensor) != "per_tensor":
            return f"{tensor.label} is {tensor.type} without one scale for the whole tensor"
    return ""


def mask_makes_floats(op: OpFacts, arguments: Arguments) -> str:
    """A comparison's output must be read once, by a CAST or SELECT that makes floats."""
    mask = op.output(0)
    if mask is None:
        return ""
    reads = [user for user in op.users(mask) for index in user.inputs if index == mask.index]
    if len(reads) != 1:
        return f"its output is read {len(reads)} times: a single CAST or SELECT may read it"
    reader = reads[0]
    made = op.graph.tensors[reader.outputs[0]].type if reader.outputs else ""
    if reader.type not in ("CAST", "SELECT", "SELECT_V2"):
        return f"its output is read by {reader.type}: only CAST and SELECT may read it"
    return "" if made in FLOATS else f"the {reader.type} that reads its output makes {made}: it must make floats"


def mask_is_read_once(op: OpFacts, arguments: Arguments) -> str:
    """CAST of a bool to floats: an op makes the bool for this CAST alone, and one op reads the result."""
    mask, floats = op.input(0), op.output(0)
    if mask is None or floats is None or mask.type != "BOOL" or floats.type not in FLOATS:
        return ""
    if op.producer(mask) is None:
        return "its bool input is not made by an op"
    for tensor, what in ((mask, "its bool input"), (floats, "its output")):
        reads = sum(user.inputs.count(tensor.index) for user in op.users(tensor))
        if reads != 1:
            return f"{what} is read {reads} times by ops: once is taken"
    return ""


def branches_fit(op: OpFacts, arguments: Arguments) -> str:
    """SELECT: each branch has the output's shape or one element; with ``matrices``, it may be a constant of rank 2."""
    out = op.output(0)
    whole = None if out is None else op.shape(out)
    for place in (1, 2):
        branch = op.input(place)
        shape = None if branch is None else op.shape(branch)
        if branch is None or shape is None or whole is None:
            continue
        if shape and tuple(shape) != tuple(whole) and (len(shape) > 1 or shape[0] > 1):
            return f"input {place} is {shape_text(shape)}: the output's shape or one element is taken"
        if len(shape) == 2 and op.is_constant(branch) and not arguments.get("matrices"):
            return f"input {place} is a constant of rank 2"
    return ""


def one_hot_fits(op: OpFacts, arguments: Arguments) -> str:
    """ONE_HOT: along the last axis; without ``spread`` of indices that vary only there, or along a batch of four."""
    indices = op.input(0)
    shape = None if indices is None else op.shape(indices)
    if not shape:
        return ""
    # The delegate compares the axis with the size of the last dimension, not with its number.
    if op.option("axis") not in (None, -1, shape[-1]):
        return f"axis is {op.option('axis')}: −1 is taken"
    if arguments.get("spread"):
        return ""
    odd = [axis for axis in range(1 if len(shape) > 3 else 0, len(shape) - 1) if shape[axis] != 1]
    return f"dimension {odd[0]} of the indices is {shape[odd[0]]}: 1 is taken" if odd else ""


def depthwise_fits(op: OpFacts, arguments: Arguments) -> str:
    """DEPTHWISE_CONV_2D: batches and channels of input, weights, bias and output agree with the multiplier."""
    shapes = shapes_of(op, (op.input(0), op.input(1), op.output(0)))
    if shapes is None or any(len(shape) != 4 for shape in shapes):
        return ""
    source, weights, made = shapes
    multiplier = op.option("depth_multiplier")
    if source[0] != made[0]:
        return f"its batch changes from {source[0]} to {made[0]}"
    if weights[3] != made[3]:
        return f"its weights have {weights[3]} channels, its output {made[3]}"
    if isinstance(multiplier, int) and made[3] != source[3] * multiplier:
        return f"{source[3]} channels times a depth multiplier of {multiplier} are not its output's {made[3]}"
    bias = op.input(2)
    known = None if bias is None else op.shape(bias)
    if known is None or prod(known) == made[3]:
        return ""
    return f"its bias has {prod(known)} values for {made[3]} channels"


def columns_match(op: OpFacts, arguments: Arguments) -> str:
    """FULLY_CONNECTED with constant weights: the input's channels are the weights' columns."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    source = None if shapes is None else bhwc(shapes[0])
    if shapes is None or source is None or len(shapes[1]) != 2 or len(op.runtime_inputs) != 1:
        return ""
    # An older delegate takes all of a batch's values for the channels.
    found = prod(source) // max(source[0], 1) if arguments.get("whole_batch") else source[3]
    return "" if found == shapes[1][1] else f"{found} input channels meet weights of {shapes[1][1]} columns"


def alpha_fits(op: OpFacts, arguments: Arguments) -> str:
    """PRELU: alpha holds a value per channel, or one per element of a picture."""
    shapes = shapes_of(op, (op.input(0), op.input(1)))
    source = None if shapes is None else bhwc(shapes[0])
    if shapes is None or source is None:
        return ""
    alpha = shapes[1]
    if alpha and prod(alpha[:-1]) == 1 and set(alpha[:-1]) <= {1}:
        fits = alpha[-1] == source[3]
    else:
        fits = alpha[-3:] == source[1:] and (len(alpha) == 3 or (len(alpha) == 4 and alpha[0] == 1))
    taken = f"{source[3]} values or {shape_text(source[1:])}"
    return "" if fits else f"alpha is {shape_text(alpha)}: {taken} are taken"


PREDICATES: Mapping[str, Callable[[OpFacts, Arguments], str]] = MappingProxyType(
    {
        "gpu_broadcast": gpu_broadcast,
        "numpy_broadcast": numpy_broadcast,
        "one_operand_covers": one_operand_covers,
        "operand_is_read": operand_is_read,
        "constant_is_taken": constant_is_taken,
        "computed_per_tensor": computed_per_tensor,
        "inputs_differ": inputs_differ,
        "ungrouped": ungrouped,
        "batches_match": batches_match,
        "no_kernel": no_kernel,
        "eight_bits_per_tensor": eight_bits_per_tensor,
        "mask_makes_floats": mask_makes_floats,
        "mask_is_read_once": mask_is_read_once,
        "branches_fit": branches_fit,
        "one_hot_fits": one_hot_fits,
        "depthwise_fits": depthwise_fits,
        "columns_match": columns_match,
        "alpha_fits": alpha_fits,
        **SLICES,
        **OPENGL,
    }
)
LOOKS_AROUND = frozenset({"mask_makes_floats", "mask_is_read_once"})
READS_VALUES = frozenset(
    {"slice_fits", "strided_slice_fits", "axes_inside", "reduces_in_place", "gl_mean", "gl_padding"}
)
READS_SCALES: frozenset[str] = frozenset()
