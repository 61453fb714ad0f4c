"""Whether a client already holds what it asks for, by the tags that it names."""


def holds(if_none_match: str, etag: str) -> bool:
    """Tell whether the header ``If-None-Match`` names `etag`, which has its quotation marks."""
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known
