"""The index in Milvus, for what outgrows one machine: it proposes passages, the store decides.

A row is a passage: its vector, its words as a sparse vector, its tokens. Words are weighed by
our own analyzers and our own BM25, so that nothing depends on those of the engine.
"""
