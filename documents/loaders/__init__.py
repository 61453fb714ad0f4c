"""One module per format: bytes or text in, blocks of text in reading order out."""
