"""Write resources/tflite/schema.json: the tables, enumerations and unions of the TFLite schema as data.

    python packaging/make_schema.py

The facts (field names, slots, types, defaults) are taken from the schema classes that the ai-edge-litert
wheel carries, by reading their syntax tree. The option fields' enumerations, which those classes
don't state, are named below.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import re
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "resources" / "tflite" / "schema.json"

ENUM_OF_FIELD = {
    "fused_activation_function": "ActivationFunctionType",
    "quantized_bias_type": "TensorType",
    "padding": "Padding",
    "in_data_type": "TensorType",
    "out_data_type": "TensorType",
    "Tensor.type": "TensorType",
    "VariantSubType.type": "TensorType",
    "DimensionMetadata.format": "DimensionType",
    "OperatorCode.builtin_code": "BuiltinOperator",
    "OperatorCode.deprecated_builtin_code": "BuiltinOperator",
    "FullyConnectedOptions.weights_format": "FullyConnectedOptionsWeightsFormat",
    "LSTMOptions.kernel_type": "LSTMKernelType",
    "LSHProjectionOptions.type": "LSHProjectionType",
    "EmbeddingLookupSparseOptions.combiner": "CombinerType",
    "MirrorPadOptions.mode": "MirrorPadMode",
    "ReduceWindowOptions.reduce_function": "ReduceWindowFunction",
    "ArgMaxOptions.output_type": "TensorType",
    "ArgMinOptions.output_type": "TensorType",
    "ShapeOptions.out_type": "TensorType",
    "UniqueOptions.idx_out_type": "TensorType",
    "HashtableOptions.key_dtype": "TensorType",
    "HashtableOptions.value_dtype": "TensorType",
    "StablehloCompareOptions.comparison_direction": "StablehloComparisonDirection",
    "StablehloCompareOptions.compare_type": "StablehloComparisonType",
    "StablehloRngBitGeneratorOptions.algorithm": "RngAlgorithm",
    "StablehloConvolutionOptions.precision_config": "StablehloPrecisionConfig",
    "StablehloDotGeneralOptions.precision_config": "StablehloPrecisionConfig",
}
UNION_FIELDS = {
    "Operator.builtin_options": "BuiltinOptions",
    "Operator.builtin_options_2": "BuiltinOptions2",
    "QuantizationParameters.details": "QuantizationDetails",
    "DimensionMetadata.array_segments": "SparseIndexVector",
    "DimensionMetadata.array_indices": "SparseIndexVector",
}


def snake_case(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return words.replace("builtin_options2", "builtin_options_2")


def enumeration(node: ast.ClassDef) -> dict[str, int]:
    pairs = [(item.targets[0], item.value) for item in node.body if isinstance(item, ast.Assign)]
    return {target.id: ast.literal_eval(value) for target, value in pairs if isinstance(target, ast.Name)}


def table_fields(node: ast.ClassDef, adders: dict[str, str]) -> list[list[object] | None]:
    """The fields of a reader class, by slot: [name, type, default], None for a deprecated slot."""
    fields: dict[int, list[object]] = {}
    for method in node.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        body = ast.unparse(method)
        slot = re.search(r"_tab\.Offset\((\d+)\)", body)
        if slot is None or re.search(r".(AsNumpy|Length|IsNone)$", method.name):
            continue
        index = (int(slot.group(1)) - 4) // 2
        if index in fields:
            continue
        last = method.body[-1]
        default = ast.literal_eval(last.value) if isinstance(last, ast.Return) and last.value else None
        stated = adders.get(f"{node.name}.{index}")
        kind = field_type(body)
        value = default if stated is None else json.loads(stated)
        if kind.startswith("["):
            value = None
        elif kind == "bool":
            value = bool(value)
        fields[index] = [snake_case(method.name), kind, value]
    return [fields.get(index) for index in range(max(fields, default=-1) + 1)]


def field_type(body: str) -> str:
    if "Table(bytearray(), 0)" in body:
        return "union"
    vector = "self._tab.Vector(" in body
    table = re.search(r"obj = (\w+)\(\)", body)
    if table is not None:
        return f"[{table.group(1)}]" if vector else table.group(1)
    if "_tab.String(" in body:
        return "[string]" if vector else "string"
    number = re.search(r"number_types\.(\w+)Flags, (?:o \+|a \+)", body)
    if number is None:
        raise ValueError(f"unknown accessor: {body}")
    word = number.group(1).lower()
    return f"[{word}]" if vector else word


def stated_defaults(tree: ast.Module) -> dict[str, str]:
    """Scalar defaults as the builder functions state them, by "Table.slot"."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and "Add" in node.name:
            call = re.search(r"builder\.Prepend(\w+)Slot\((\d+), .*, ([^,()]+)\)$", ast.unparse(node).splitlines()[-1])
            if call and "UOffset" not in call.group(1):
                table = node.name.split("Add")[0] if node.name.count("Add") == 1 else node.name.rsplit("Add", 1)[0]
                value = ast.literal_eval(call.group(3))
                found[f"{table}.{call.group(2)}"] = json.dumps(value)
    return found


def read_schema(source: str) -> dict[str, object]:
    """The schema's enumerations, unions and tables found in the Python source of its classes."""
    tree = ast.parse(source)
    adders = stated_defaults(tree)
    enums: dict[str, dict[str, int]] = {}
    tables: dict[str, list[list[object] | None]] = {}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or (node.name.endswith("T") and f"class {node.name[:-1]}(" in source):
            continue
        if any(isinstance(item, ast.FunctionDef) for item in node.body):
            tables[node.name] = table_fields(node, adders)
        else:
            enums[node.name] = enumeration(node)
    unions = {name: enums.pop(name) for name in set(UNION_FIELDS.values())}
    for table, fields in tables.items():
        for entry in filter(None, fields):
            name = f"{table}.{entry[0]}"
            if entry[1] == "union":
                entry[1] = f"union {UNION_FIELDS[name]}"
            enum = ENUM_OF_FIELD.get(name) or ENUM_OF_FIELD.get(str(entry[0]))
            if enum is not None and not (entry[0] == "padding" and entry[1] != "int8"):
                entry.append(enum)
    return {"enums": enums, "unions": unions, "tables": tables}


def main() -> None:
    spec = importlib.util.find_spec("ai_edge_litert")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("ai-edge-litert is not installed; install the extra `dev`")
    source = (Path(spec.submodule_search_locations[0]) / "schema_py_generated.py").read_text()
    schema = read_schema(source)
    version = importlib.metadata.version("ai-edge-litert")
    origin = f"TFLite schema (schema.fbs, Apache-2.0): schema_py_generated.py of ai-edge-litert {version}"
    lines = [json.dumps("source") + ": " + json.dumps(origin)]
    for part in ("enums", "unions", "tables"):
        entries = schema[part]
        assert isinstance(entries, dict)
        rows = ",\n  ".join(f"{json.dumps(key)}: {json.dumps(entries[key])}" for key in sorted(entries))
        lines.append(f"{json.dumps(part)}: {{\n  {rows}\n }}")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text("{\n " + ",\n ".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
