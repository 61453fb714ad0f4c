"""Long work, accepted at once and done later: queued, run, watched, cancelled, told of."""
