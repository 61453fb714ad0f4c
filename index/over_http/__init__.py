"""What stands between `index.http_encoder` and a server of embeddings.

The forms in which such servers are spoken to, patience with them, and the proof that it is still
the same model that answers.
"""
