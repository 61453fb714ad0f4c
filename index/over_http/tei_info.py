"""What a server of Text Embeddings Inference tells of itself."""

from dataclasses import dataclass

import httpx2
import orjson

from index.errors import EncoderUnavailable

_SECONDS = 5.0
_ADDRESS = "Check SOURCIER_ENCODER: it ends in /embed where Text Embeddings Inference answers."


@dataclass(frozen=True, slots=True)
class TeiInfo:
    """The name of its model, and how many texts it takes at once; None where it does not say."""

    model: str
    batch: int | None


def read_info(client: httpx2.Client, address: str) -> TeiInfo:
    """Ask the server whose texts are posted to `address`, which ends in ``/embed``.

    Raises:
        EncoderUnavailable: it does not answer, or is another kind of server.
    """
    try:
        reply = client.get(address.removesuffix("/embed") + "/info", timeout=_SECONDS)
    except httpx2.RequestError as error:
        message = f"The embedding server cannot be reached ({type(error).__name__})."
        raise EncoderUnavailable(message) from error
    try:
        said = orjson.loads(reply.content) if reply.status_code == httpx2.codes.OK else None
    except orjson.JSONDecodeError:
        said = None
    model = said.get("model_id") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(model, str):
        message = f"The embedding server does not tell its model (status {reply.status_code})."
        raise EncoderUnavailable(f"{message} {_ADDRESS}")
    batch = said.get("max_client_batch_size")
    return TeiInfo(model, batch if isinstance(batch, int) and batch > 0 else None)
