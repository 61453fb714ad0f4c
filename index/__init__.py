"""Numbers and terms: encoders, vectors, lexical weights; no rule about documents lives here.

One convention for scores: higher is better; dense scores are cosines in [-1, 1]; lexical
scores are BM25 weights, 0 or more. A row is an int64 that the caller chose for a passage.
"""
