"""A causal language model of transformers in memory: from where, on what, in which numbers.

Nothing is ever downloaded: a name is looked up in the local cache. Weights are read from
safetensors only, and no code that comes with a model is run. transformers and torch are
imported when a model is loaded.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from rag.errors import GeneratorUnavailable

Quantization = Literal["none", "8bit", "4bit"]

_Dtype = Any  # of torch
_LONGEST_CONTEXT = 32768  # tokens; more passages than that are never shown
_USUAL_CONTEXT = 2048  # where neither the model nor its tokenizer says


@dataclass(frozen=True, slots=True, eq=False)
class LocalModel:
    """A model and its tokenizer, ready to write."""

    name: str
    model: Any
    tokenizer: Any

    @classmethod
    def load(
        cls, name: str, *, quantization: Quantization = "none", device: str | None = None
    ) -> "LocalModel":
        """Load the model in the folder `name`, or of that name in the local cache.

        Without `device` it runs on a GPU where there is one.

        Raises:
            GeneratorUnavailable: transformers is not installed, or there is no such model, or
                it cannot be read, or what `quantization` needs is not installed.
        """
        try:
            from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - heavy
        except ImportError as error:
            message = f"{name} needs transformers and torch: pip install transformers torch."
            raise GeneratorUnavailable(message) from error
        device = device or _device()
        options = _quantized(quantization, device) or {"dtype": _dtype(device)}
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(
                name, local_files_only=True, use_safetensors=True, **options
            )
            if quantization == "none":
                model.to(device)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, AttributeError) as error:
            raise GeneratorUnavailable(_remedy(name, error)) from error
        shown = Path(name).name if Path(name).is_dir() else name
        return cls(name=shown, model=model.eval(), tokenizer=tokenizer)

    @property
    def context_tokens(self) -> int:
        """How many tokens the model reads and writes together."""
        stated = (
            getattr(self.model.config, "max_position_embeddings", None),
            getattr(self.tokenizer, "model_max_length", None),
        )
        known = [int(length) for length in stated if length]
        return min([*known, _LONGEST_CONTEXT]) if known else _USUAL_CONTEXT


def _device() -> str:
    import torch  # noqa: PLC0415 - heavy

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(device: str) -> _Dtype:
    """Return the smallest type that the device computes in as fast as in any other."""
    import torch  # noqa: PLC0415 - heavy

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device == "mps":
        return torch.float16
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - no public question
    return torch.bfloat16 if fast else torch.float32


def _quantized(quantization: Quantization, device: str) -> dict[str, Any]:
    """Return the options that load a model in 8 or 4 bits."""
    if quantization == "none":
        return {}
    if not (find_spec("bitsandbytes") and find_spec("accelerate")):
        raise GeneratorUnavailable(
            f"SOURCIER_TRANSFORMERS_QUANTIZATION={quantization} needs two more packages: "
            "pip install bitsandbytes accelerate, or set it to none."
        )
    from transformers import BitsAndBytesConfig  # noqa: PLC0415 - heavy

    config = BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_8bit=quantization == "8bit", load_in_4bit=quantization == "4bit"
    )
    return {"quantization_config": config, "device_map": {"": device}}


def _remedy(name: str, error: Exception) -> str:
    if Path(name).is_dir():
        return f"{name} is not a model that transformers can load: {error}"
    return (
        f"There is no folder {name}, and no model of that name in the local cache. Give the path "
        f"of a model folder, or fetch the model once with `hf download {name}`."
    )
