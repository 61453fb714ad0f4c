"""A conversation: what a question leans on is put into it."""
