"""Sourcier as an external knowledge base of Dify."""
