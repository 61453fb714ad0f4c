"""The routes, one file a resource: take a request apart, call Sourcier, shape the reply."""
