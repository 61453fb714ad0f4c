"""Generators that let a language model write: prompt, prose, sentences, proof.

`written.py` is the way from a model's words to drafts; `openai_chat.py` and `local_chat.py`
are the models.
"""
