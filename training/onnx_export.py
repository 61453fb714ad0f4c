"""Write the student as an ONNX graph whose matrix products run on 8-bit integers.

The graph is built by hand, since it is small and its form matters: it reads one text at a
time, so that there is no padding and no mask, and since activations are quantised by the
range they have in one run, a text has the same vector in any company. Weights are symmetric,
one scale a column; word embeddings have one scale a token.

Input ``ids`` int64 (1, tokens); output ``vector`` float32 (1, dimension), L2-normalised.

[1] Operators com.microsoft.*, https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import BertModel

Array = NDArray[np.generic]
Floats = NDArray[np.float32]
_NORM = "embeddings.LayerNorm"


class Graph:
    """Collects nodes and constants; every method returns the name of what it computes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Array) -> str:
        """Add a constant."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], name: str, *, domain: str = "", **attributes: object
    ) -> str:
        """Add one operator."""
        self.nodes.append(
            helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes)
        )
        return name

    def product(self, inputs: str, weight: Floats, bias: Floats, name: str, *, most: int) -> str:
        """Add ``inputs @ weight + bias``; `weight` (from, to) in integers of at most `most`."""
        integers, scale = quantised(weight, axis=0, most=most)
        return self.node(
            "DynamicQuantizeMatMul",
            [
                inputs,
                self.constant(f"{name}.weight", integers),
                self.constant(f"{name}.scale", scale.ravel()),
                "",
                self.constant(f"{name}.bias", bias),
            ],
            name,
            domain="com.microsoft",
        )


def quantised(weight: Floats, *, axis: int, most: int) -> tuple[NDArray[np.int8], Floats]:
    """Return integers in [-most, most] and the scales, one along each other axis."""
    scale = np.abs(weight).max(axis=axis, keepdims=True) / most
    scale[scale == 0] = 1
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)


def build(body: BertModel, *, longest: int, most: int = 127) -> onnx.ModelProto:
    """Return the graph of `body`, for texts of at most `longest` tokens."""
    weights = {name: value.detach().float().numpy() for name, value in body.state_dict().items()}
    heads, epsilon = body.config.num_attention_heads, body.config.layer_norm_eps
    graph = Graph()
    hidden = _embedded(graph, weights, longest=longest, epsilon=epsilon)
    for number in range(body.config.num_hidden_layers):
        hidden = _layer(
            graph,
            weights,
            hidden,
            f"encoder.layer.{number}",
            heads=heads,
            epsilon=epsilon,
            most=most,
        )
    axes = graph.constant("token_axis", np.array([1]))
    mean = graph.node("ReduceMean", [hidden, axes], "mean", keepdims=0)
    graph.node("LpNormalization", [mean], "vector", axis=1, p=2)
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
            [
                helper.make_tensor_value_info(
                    "vector", TensorProto.FLOAT, [1, body.config.hidden_size]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
        producer_name="sourcier",
    )


def _embedded(graph: Graph, weights: Mapping[str, Floats], *, longest: int, epsilon: float) -> str:
    words, scales = quantised(weights["embeddings.word_embeddings.weight"], axis=1, most=127)
    # A text is all of the first type, so that its vector is part of each position's.
    places = (
        weights["embeddings.position_embeddings.weight"][:longest]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    graph.node("Gather", [graph.constant("words", words), "ids"], "words.integers", axis=0)
    graph.node("Gather", [graph.constant("words.scales", scales), "ids"], "words.scale", axis=0)
    graph.node("Cast", ["words.integers"], "words.floats", to=TensorProto.FLOAT)
    graph.node("Mul", ["words.floats", "words.scale"], "words.vectors")
    graph.node("Shape", ["ids"], "tokens", start=1, end=2)
    start, first = (
        graph.constant("start", np.array([0])),
        graph.constant("place_axis", np.array([0])),
    )
    graph.node("Slice", [graph.constant("places", places), start, "tokens", first], "places.used")
    graph.node("Add", ["words.vectors", "places.used"], "embedded")
    return _normalised(graph, weights, "embedded", _NORM, epsilon=epsilon)


def _layer(
    graph: Graph,
    weights: Mapping[str, Floats],
    hidden: str,
    name: str,
    *,
    heads: int,
    epsilon: float,
    most: int,
) -> str:
    def product(inputs: str, *parts: str) -> str:
        weight = np.concatenate([weights[f"{name}.{part}.weight"] for part in parts])
        bias = np.concatenate([weights[f"{name}.{part}.bias"] for part in parts])
        return graph.product(inputs, weight.T, bias, f"{name}.{parts[0]}", most=most)

    def normalised(added: str, part: str) -> str:
        # The operator that does both at once, SkipLayerNormalization, takes five times as long.
        total = graph.node("Add", [added, hidden], f"{name}.{part}.sum")
        return _normalised(graph, weights, total, f"{name}.{part}", epsilon=epsilon)

    three = product(hidden, *(f"attention.self.{part}" for part in ("query", "key", "value")))
    names = [f"{name}.{part}" for part in ("queries", "keys", "values")]
    graph.nodes.append(helper.make_node("Split", [three], names, axis=-1, num_outputs=3))
    attended = graph.node(
        "MultiHeadAttention", names, f"{name}.attended", domain="com.microsoft", num_heads=heads
    )
    hidden = normalised(product(attended, "attention.output.dense"), "attention.output.LayerNorm")
    widened = product(hidden, "intermediate.dense")
    active = graph.node("Gelu", [widened], f"{name}.active", domain="com.microsoft")
    return normalised(product(active, "output.dense"), "output.LayerNorm")


def _normalised(
    graph: Graph, weights: Mapping[str, Floats], hidden: str, name: str, *, epsilon: float
) -> str:
    scale = graph.constant(f"{name}.scale", weights[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
    return graph.node("LayerNormalization", [hidden, scale, bias], name, axis=-1, epsilon=epsilon)


def write(body: BertModel, path: Path, *, longest: int, most: int = 127) -> None:
    """Write the graph of `body` to `path`."""
    path.write_bytes(build(body, longest=longest, most=most).SerializeToString())
