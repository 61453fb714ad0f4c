"""The graph of ``embedded`` written in three ways, with the same weights in 8-bit integers.

``shipped``: products of integers, by the range that the activations have in each text, an
operator of ONNX Runtime's own. ``floats``: standard operators, products in 32 bits. ``fixed``:
standard operators, products of integers by ranges found beforehand.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

NAMES = ("shipped", "floats", "fixed")
Ranges = Mapping[str, tuple[float, float]]


def write(model: Path, folder: Path, texts: Sequence[Sequence[int]]) -> None:
    """Write all three into `folder`; `texts` as tokens show the ranges of the activations."""
    shipped = onnx.load(model)
    onnx.save(shipped, folder / "shipped.onnx")
    floats = _standard(shipped, {})
    onnx.save(floats, folder / "floats.onnx")
    onnx.save(_standard(shipped, _ranges(floats, texts)), folder / "fixed.onnx")


def _standard(shipped: onnx.ModelProto, ranges: Ranges) -> onnx.ModelProto:
    """Return the graph in standard operators; what has a range is put into integers."""
    written = onnx.ModelProto()
    written.CopyFrom(shipped)
    nodes: list[Any] = []
    for node in shipped.graph.node:
        if node.op_type != "DynamicQuantizeMatMul":
            nodes.append(node)
            continue
        [name], (read, weight, scale, _, bias) = node.output, node.input
        if read in ranges:
            low, high = ranges[read]
            step = (high - low) / 255
            grid = [f"{name}.step", f"{name}.zero"]
            values = (np.float32(step), np.uint8(round(-low / step)))
            written.graph.initializer.extend(map(numpy_helper.from_array, values, grid))
            nodes += [
                helper.make_node("QuantizeLinear", [read, *grid], [f"{name}.integers"]),
                helper.make_node("DequantizeLinear", [f"{name}.integers", *grid], [f"{name}.read"]),
            ]
            read = f"{name}.read"
        nodes += [
            helper.make_node("DequantizeLinear", [weight, scale], [f"{name}.floats"], axis=1),
            helper.make_node("MatMul", [read, f"{name}.floats"], [f"{name}.product"]),
            helper.make_node("Add", [f"{name}.product", bias], [name]),
        ]
    del written.graph.node[:]
    written.graph.node.extend(nodes)
    return written


def _ranges(floats: onnx.ModelProto, texts: Sequence[Sequence[int]]) -> Ranges:
    """Return the smallest and the largest number that each product reads."""
    probed = onnx.ModelProto()
    probed.CopyFrom(floats)
    names = list(dict.fromkeys(n.input[0] for n in floats.graph.node if n.op_type == "MatMul"))
    shown = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names]
    probed.graph.output.extend(shown)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        probed.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    low, high = np.zeros(len(names)), np.zeros(len(names))
    for tokens in texts:
        values = session.run(names, {"ids": np.array([tokens], np.int64)})
        low = np.minimum(low, [value.min() for value in values])
        high = np.maximum(high, [value.max() for value in values])
    return dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True))
