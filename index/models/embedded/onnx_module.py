"""The model of this folder for sentence-transformers, run by ONNX Runtime a text at a time.

``SentenceTransformer(folder, trust_remote_code=True)`` loads it.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer


class OnnxText(InputModule):
    """Text → unit vector; a text has the same vector in any company."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.max_seq_length = json.loads((folder / "config.json").read_text("utf-8"))["longest"]
        self._folder = folder
        self._session = onnxruntime.InferenceSession(
            folder / "model.onnx", providers=["CPUExecutionProvider"]
        )

    @classmethod
    def load(cls, model_name_or_path, subfolder="", **_):  # noqa: ANN001, ANN003, ANN206
        return cls(Path(model_name_or_path) / subfolder)

    def preprocess(self, inputs, prompt=None, **_):  # noqa: ANN001, ANN003, ANN201
        frame = [self.tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[UNK]")]
        first, last, unknown = frame
        rows = [
            [first, *[i for i in e.ids if i != unknown][: self.max_seq_length - 2], last]
            for e in self.tokenizer.encode_batch(
                [(prompt or "") + text for text in inputs], add_special_tokens=False
            )
        ]
        lengths = torch.tensor([len(row) for row in rows])
        return {"input_ids": torch.tensor([i for row in rows for i in row]), "lengths": lengths}

    def forward(self, features, **_):  # noqa: ANN001, ANN003, ANN201
        rows = features["input_ids"].cpu().split(features["lengths"].tolist())
        vectors = [self._session.run(["vector"], {"ids": row[None].numpy()})[0][0] for row in rows]
        features["sentence_embedding"] = torch.from_numpy(np.stack(vectors))
        return features

    def get_embedding_dimension(self) -> int:
        """Return the width of a vector."""
        return int(self._session.get_outputs()[0].shape[1])

    def save(self, output_path, **_):  # noqa: ANN001, ANN003, ANN201
        for name in ("config.json", "tokenizer.json", "model.onnx", "model.bin", "onnx_module.py"):
            (Path(output_path) / name).write_bytes((self._folder / name).read_bytes())
