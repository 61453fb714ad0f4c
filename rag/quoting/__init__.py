"""Answers made of sentences of the documents."""
