"""Sourcier for programs that speak the Model Context Protocol, over HTTP and over stdio.

The protocol's SDK takes longer to import than the service to start, so only `server` imports it,
and `server` is imported when the first of these programs calls.
"""
