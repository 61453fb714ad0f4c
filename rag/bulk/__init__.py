"""Bulk ingestion: a cluster reads, cuts and encodes what this process then stores."""
