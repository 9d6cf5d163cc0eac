"""From a Keras model to the bytes of a .tflite file. The same model gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from maistudio.zoo.forms import Form

Floats = NDArray[np.float32]


def convert(
    model: keras.Model, height: int | None, width: int | None, form: Form, pictures: Callable[[], Iterator[Floats]]
) -> bytes:
    """The model with input 1×``height``×``width``×C; None leaves both open.

    ``pictures`` yields what the network typically gets, in its own value range and of the input's shape; only full
    int8 asks for them.
    """
    spec = tf.TensorSpec([1, height, width, model.inputs[0].shape[-1]], tf.float32, name="input")
    traced = tf.function(lambda picture: model(picture, training=False)).get_concrete_function(spec)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(traced)])
    if form is not Form.FP32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form is Form.FP16:
        converter.target_spec.supported_types = [tf.float16]
    if form is Form.INT8:
        converter.representative_dataset = lambda: ([picture] for picture in pictures())
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    data: bytes = converter.convert()
    return data
