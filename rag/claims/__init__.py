"""What a sentence claims, and whether passages bear it out."""
