"""The wire: what requests and responses look like, one file a resource."""
