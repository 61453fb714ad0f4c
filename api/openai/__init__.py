"""The routes that OpenAI's clients speak: their shapes around our questions and answers."""
