"""Write the student as an ONNX graph whose matrix products run on 8-bit integers.

The graph is built by hand, since it is small and its form matters: it reads one text at a
time, so that there is no padding and no mask, and since activations are quantised by the
range they have in one run, a text has the same vector in any company. Weights are symmetric,
one scale a column; word embeddings have one scale a token. What a product reads is made even
first, channel by channel (`training.smoothing`).

Input ``ids`` int64 (1, tokens); outputs ``vector`` float32 (1, dimension), L2-normalised, and
``states`` float32 (1, tokens, dimension), of which it is the mean.

[1] Operators com.microsoft.*, https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import BertModel

from training.smoothing import factors

Array = NDArray[np.generic]
Floats = NDArray[np.float32]

_MAPPED = 1024  # bytes of a constant that is worth a place beside the graph


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


def build(
    body: BertModel, largest: Mapping[str, Floats], *, longest: int, most: int = 127
) -> onnx.ModelProto:
    """Return the graph of `body`, for texts of at most `longest` tokens.

    `largest`: the largest magnitudes that each product reads (`training.smoothing`).
    """
    built = _Encoder(body, largest, longest=longest, most=most)
    built.run()
    graph, width = built.graph, body.config.hidden_size
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
            [
                helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, width]),
                helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", width]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
        producer_name="sourcier",
    )


class _Encoder:
    """Puts the operators of a body together, in the order in which they run."""

    def __init__(
        self, body: BertModel, largest: Mapping[str, Floats], *, longest: int, most: int
    ) -> None:
        self.graph = Graph()
        self._weights: dict[str, Floats] = {
            name: value.detach().float().numpy() for name, value in body.state_dict().items()
        }
        self._config, self._largest = body.config, largest
        self._longest, self._most = longest, most

    def run(self) -> None:
        """Add everything from the ids to the vector."""
        layers = [f"encoder.layer.{n}" for n in range(self._config.num_hidden_layers)]
        total = self._embedded()
        name = "embeddings.LayerNorm"
        for layer in layers:
            total = self._layer(layer, *self._normalised(total, name, f"{layer}.attention.self"))
            name = f"{layer}.output.LayerNorm"
        _, hidden = self._normalised(total, name, None)
        self.graph.node("Identity", [hidden], "states")
        axes = self.graph.constant("token_axis", np.array([1]))
        mean = self.graph.node("ReduceMean", [hidden, axes], "mean", keepdims=0)
        self.graph.node("LpNormalization", [mean], "vector", axis=1, p=2)

    def _embedded(self) -> str:
        """Add the sum of a token's vector and its place's."""
        graph, weights = self.graph, self._weights
        words, scales = quantised(weights["embeddings.word_embeddings.weight"], axis=1, most=127)
        # A text is all of the first type, so that its vector is part of each position's.
        places = (
            weights["embeddings.position_embeddings.weight"][: self._longest]
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
        graph.node("Slice", [graph.constant("places", places), start, "tokens", first], "used")
        return graph.node("Add", ["words.vectors", "used"], "embedded")

    def _layer(self, name: str, even: str, hidden: str) -> str:
        """Add a layer over `hidden`, which products read as `even`; its end is not normalised."""
        graph, inner = self.graph, f"{name}.intermediate"
        three = self._product(even, f"{name}.attention.self")
        names = [f"{name}.{part}" for part in ("queries", "keys", "values")]
        graph.nodes.append(helper.make_node("Split", [three], names, axis=-1, num_outputs=3))
        heads = self._config.num_attention_heads
        attended = graph.node(
            "MultiHeadAttention", names, f"{name}.attended", domain="com.microsoft", num_heads=heads
        )
        attended = self._product(attended, f"{name}.attention.output", even=False)
        # The operator that does both at once, SkipLayerNormalization, takes five times as long.
        total = graph.node("Add", [attended, hidden], f"{name}.attention.sum")
        even, hidden = self._normalised(total, f"{name}.attention.output.LayerNorm", inner)
        widened = self._product(even, inner)
        active = graph.node("Gelu", [widened], f"{name}.active", domain="com.microsoft")
        factor = graph.constant(f"{name}.factor", 1 / self._factor(f"{name}.output"))
        even = graph.node("Mul", [active, factor], f"{name}.even")
        return graph.node("Add", [self._product(even, f"{name}.output"), hidden], f"{name}.sum")

    def _product(self, inputs: str, name: str, *, even: bool = True) -> str:
        """Add a product; with `even`, its inputs were divided by `_factor`."""
        weight, bias = self._read(name, "weight").T, self._read(name, "bias")
        if even:
            weight = weight * self._factor(name)[:, None]
        return self.graph.product(inputs, weight, bias, name, most=self._most)

    def _normalised(self, total: str, name: str, read_by: str | None) -> tuple[str, str]:
        """Add a normalisation; return it as the product `read_by` reads it, and as it is."""
        factor = np.float32(1) if read_by is None else self._factor(read_by)
        scale, bias = (
            self.graph.constant(f"{name}.{part}", self._weights[f"{name}.{kind}"] / factor)
            for part, kind in (("scale", "weight"), ("bias", "bias"))
        )
        epsilon = self._config.layer_norm_eps
        even = self.graph.node(
            "LayerNormalization", [total, scale, bias], name, axis=-1, epsilon=epsilon
        )
        if read_by is None:
            return even, even
        back = self.graph.constant(f"{name}.factor", factor)
        return even, self.graph.node("Mul", [even, back], f"{name}.whole")

    def _factor(self, name: str) -> Floats:
        return factors(self._largest[_parts(name)[0]], self._read(name, "weight").T)

    def _read(self, name: str, kind: str) -> Floats:
        return np.concatenate([self._weights[f"{part}.{kind}"] for part in _parts(name)])


def _parts(name: str) -> list[str]:
    """Return the layers that one product stands for: the three of attention read the same."""
    kinds = ("query", "key", "value") if name.endswith("self") else ("dense",)
    return [f"{name}.{kind}" for kind in kinds]


def write(
    body: BertModel, path: Path, largest: Mapping[str, Floats], *, longest: int, most: int = 127
) -> None:
    """Write the graph of `body` to `path`, and its numbers beside it, to map (see `build`)."""
    weights = path.with_suffix(".bin")
    for written in (path, weights):
        written.unlink(missing_ok=True)  # an encoder that serves may have mapped it
    onnx.save_model(
        build(body, largest, longest=longest, most=most),
        path,
        save_as_external_data=True,
        location=weights.name,
        size_threshold=_MAPPED,
    )
    weights.chmod(0o644)  # the library lets only its owner read it
