"""The language model that the settings ask for, and what words follow-ups with it."""

from rag.generators.chat import ChatModel
from rag.pipeline import Rewriter
from rag.question import Translator
from rag.settings import Settings


def chat_model(settings: Settings) -> ChatModel:
    """Return what the settings name, loaded or connected.

    Raises:
        GeneratorUnavailable: it cannot be.
    """
    if settings.generator == "transformers":
        from rag.generators.local_chat import TransformersChat  # noqa: PLC0415 - imports torch
        from rag.generators.local_model import LocalModel  # noqa: PLC0415

        model = LocalModel.load(
            settings.transformers_model or "", quantization=settings.transformers_quantization
        )
        return TransformersChat(model, most_tokens=settings.answer_max_tokens)
    from rag.generators.openai_chat import OpenAIChat  # noqa: PLC0415 - imports an HTTP client

    key = settings.openai_api_key
    return OpenAIChat.connect(
        settings.openai_base_url or "",
        settings.openai_model or "",
        api_key=key.get_secret_value() if key else None,
        timeout_seconds=settings.openai_timeout_seconds,
        context_tokens=settings.openai_context_tokens,
        most_tokens=settings.answer_max_tokens,
    )


def follow_up_writer(model: ChatModel, translator: Translator) -> Rewriter:
    """Return what asks `model` to make follow-ups stand by themselves."""
    from rag.generators.follow_up import FollowUpWriter  # noqa: PLC0415 - only with a model

    return FollowUpWriter(model, translator)
