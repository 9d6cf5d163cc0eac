"""Run in tflite-support's environment: prints, for each model named, its metadata and packed files as JSON.

One line a model: {"metadata": ..., "files": {name: size}}.
"""

import ctypes
import json
import sys

import libusb_package  # type: ignore[import-not-found]

# tflite-support's native part is linked against libusb, which few machines have; the name it was built with is enough.
ctypes.CDLL(str(libusb_package.get_library_path()), mode=ctypes.RTLD_GLOBAL)

from tensorflow_lite_support.metadata.python import metadata  # type: ignore[import-not-found]  # noqa: E402

for path in sys.argv[1:]:
    display = metadata.MetadataDisplayer.with_model_file(path)
    names = display.get_packed_associated_file_list()
    print(
        json.dumps(
            {
                "metadata": json.loads(display.get_metadata_json()),
                "files": {name: len(display.get_associated_file_buffer(name)) for name in names},
            }
        )
    )
