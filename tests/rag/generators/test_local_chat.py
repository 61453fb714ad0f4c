"""Real loading and writing, by a random model of a few kilobytes that the tests make."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort, Message
from rag.generators.local_chat import TransformersChat
from rag.generators.local_model import LocalModel

TEXTS = ("Le phare a été allumé en 1887.", "The tower was finished in 1934.", "user system : ?")
ASKED = (Message("system", "Le phare."), Message("user", "Le phare a été allumé ?"))
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MARKS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>"}
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a random Llama of two layers, and a tokenizer of the bytes of a few sentences."""
    import torch  # noqa: PLC0415 - heavy
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: PLC0415
    from transformers import (  # noqa: PLC0415 - heavy
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("models") / "tiny-chat"
    bytewise = Tokenizer(models.BPE())
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>", "<|user|>", "<|system|>", "<|assistant|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    bytewise.train_from_iterator(TEXTS, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytewise,
        **MARKS,
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def local(folder: Path) -> Iterator[LocalModel]:
    import torch  # noqa: PLC0415 - heavy

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads for vectors of 16 numbers only wait for each other
    yield LocalModel.load(str(folder), device="cpu")
    torch.set_num_threads(threads)


def written(chat: TransformersChat, messages: tuple[Message, ...] = ASKED) -> str:
    text = ""
    try:
        for piece in chat.stream(messages):
            text += piece
    except CutShort:
        text += "|"
    return text


def test_a_model_writes_up_to_its_bound_and_says_that_it_was_cut(local: LocalModel) -> None:
    text = written(TransformersChat(local, most_tokens=8))

    assert len(text) > 2
    assert text.endswith("|")


def test_it_writes_the_same_each_time(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=8)

    assert written(chat) == written(chat)


def test_its_name_does_not_tell_where_it_lies(local: LocalModel) -> None:
    assert TransformersChat(local).name == "transformers:tiny-chat"


def test_prompt_and_answer_share_the_context(local: LocalModel) -> None:
    assert TransformersChat(local, most_tokens=56).prompt_tokens == 200
    assert TransformersChat(local, most_tokens=5000).prompt_tokens == 128


def test_a_prompt_that_is_too_long_is_refused(local: LocalModel) -> None:
    with pytest.raises(GeneratorUnavailable, match="can read 200"):
        written(TransformersChat(local, most_tokens=56), (Message("user", "Le phare ? " * 100),))


def test_the_models_own_end_is_an_end(local: LocalModel) -> None:
    import torch  # noqa: PLC0415 - heavy

    head = local.model.lm_head.weight
    kept = head.detach().clone()
    with torch.no_grad():
        head.zero_()  # all tokens alike: the first one, which is the beginning, is chosen
    ends = local.model.generation_config.eos_token_id
    local.model.generation_config.eos_token_id = [0, 1]
    try:
        assert written(TransformersChat(local, most_tokens=8)) == ""
    finally:
        local.model.generation_config.eos_token_id = ends
        with torch.no_grad():
            head.copy_(kept)


def test_a_template_without_a_system_message_gets_one_message(local: LocalModel) -> None:
    expected = written(
        TransformersChat(local, most_tokens=8),
        (Message("user", f"{ASKED[0].content}\n\n{ASKED[1].content}"),),
    )
    local.tokenizer.chat_template = NO_SYSTEM + TEMPLATE
    try:
        assert written(TransformersChat(local, most_tokens=8)) == expected
    finally:
        local.tokenizer.chat_template = TEMPLATE


def test_a_model_without_a_template_gets_plain_text(local: LocalModel) -> None:
    with_template = written(TransformersChat(local, most_tokens=8))
    local.tokenizer.chat_template = None
    try:
        plain = written(TransformersChat(local, most_tokens=8))
    finally:
        local.tokenizer.chat_template = TEMPLATE

    assert plain != with_template
    assert len(plain) > 2


def test_a_template_that_opens_thoughts_is_heard(local: LocalModel) -> None:
    local.tokenizer.chat_template = TEMPLATE.replace("<|assistant|>", "<|assistant|><think>\n")
    try:
        assert written(TransformersChat(local, most_tokens=8)).startswith("<think>")
    finally:
        local.tokenizer.chat_template = TEMPLATE


def test_who_leaves_stops_the_model_and_frees_it(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=120)
    pieces = chat.stream(ASKED)
    next(pieces)
    pieces.close()

    assert chat._free.acquire(timeout=2)
    chat._free.release()
    assert written(chat)


def test_one_answer_is_written_at_a_time(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=12, seconds=20)
    alone = written(chat)
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(written(chat))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert texts == [alone] * 3


def test_a_model_that_stays_busy_is_not_waited_for(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=8, seconds=0.05)
    chat._free.acquire()
    began = time.monotonic()

    with pytest.raises(GeneratorUnavailable, match="busy"):
        written(chat)

    assert time.monotonic() - began < 1


def test_less_time_may_be_given_than_to_every_answer(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=120)

    with pytest.raises(GeneratorUnavailable, match="took too long"):
        list(chat.stream(ASKED, seconds=0.001))

    assert chat._free.acquire(timeout=5)
    with pytest.raises(GeneratorUnavailable, match="busy"):
        list(chat.stream(ASKED, seconds=0.01))


def test_a_failure_while_it_writes_is_told(local: LocalModel) -> None:
    chat = TransformersChat(local, most_tokens=8)
    chat._model = Failing(local.model)

    with pytest.raises(GeneratorUnavailable, match=r"failed while it wrote \(RuntimeError\)"):
        written(chat)
    assert chat._free.acquire(timeout=1)


class Failing:
    """A model whose memory is full."""

    def __init__(self, model: object) -> None:
        self.device = model.device  # type: ignore[attr-defined]

    def generate(self, **_: object) -> object:
        raise RuntimeError("out of memory")


def test_a_folder_that_is_not_there_is_named_with_the_command_that_fetches() -> None:
    with pytest.raises(GeneratorUnavailable, match="hf download nobody/no-such-model"):
        LocalModel.load("nobody/no-such-model")


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(GeneratorUnavailable, match="is not a model"):
        LocalModel.load(str(tmp_path))


def test_weights_that_could_bring_code_are_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        if path.suffix == ".json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"not read")

    with pytest.raises(GeneratorUnavailable, match="safetensors"):
        LocalModel.load(str(tmp_path))


@pytest.mark.parametrize("bits", ["8bit", "4bit"])
def test_fewer_bits_need_two_more_packages(folder: Path, bits: str) -> None:
    with pytest.raises(GeneratorUnavailable, match="pip install bitsandbytes accelerate"):
        LocalModel.load(str(folder), quantization=bits)  # type: ignore[arg-type]
