"""Addresses in a text: of pages, of mailboxes, of data; what a reader's program may open."""

import re

# A bare name is an address only under a domain that is common enough to be linked: "fin.Le" is
# a missing space.
_DOMAINS = (
    "com|net|org|edu|gov|int|info|biz|io|ai|app|dev|cloud|online|site|shop|store|xyz|top|club|"
    "live|link|click|page|blog|news|tech|space|world|example|test|invalid|local|onion|eu|fr|be|"
    "ch|ca|uk|de|es|it|nl|pt|pl|se|no|fi|dk|at|ie|lu|us|cn|jp|kr|in|ru|ua|tr|br|au|nz|za|co|me|"
    "tv|cc|ws|to|ly|gg|gl|sh|so|su|tk|ml|ga|cf|gq|pw"
)
_DOMAIN = rf"(?-i:{_DOMAINS}|{_DOMAINS.upper()})|xn--[a-z0-9-]{{1,60}}"
_LABELS = r"(?<![^\W_])(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}"
_REST = r"[^\s<>\"«»“”]*"
_SCHEMES = (
    "data|javascript|vbscript|mailto|tel|sms|file|blob|about|cid|mid|view-source|magnet|intent|"
    "market|ms-[a-z-]+|chrome|urn"
)
_ADDRESS = re.compile(
    rf" ?(?:[a-z][a-z0-9+.-]{{1,30}}:\s?[/\\]{{2}}{_REST}"
    rf"|(?<![^\W_])(?:{_SCHEMES}):(?=[^\s\u00a0\u202f]){_REST}"
    rf"|(?<![:\w])[/\\]{{2}}(?=[\w-]{{1,63}}\.){_REST}"
    rf"|(?<![^\W_])www\d?\.{_REST}"
    rf"|[^\s<>()\[\]«»“”\",;:]{{1,64}}@(?:[\w-]{{1,63}}\.){{1,6}}\w{{2,63}}"
    rf"|{_LABELS}[a-z]{{2,24}}(?::\d{{1,5}})?/{_REST}"
    rf"|(?<![^\W_])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d{{1,5}})?/{_REST}"
    rf"|{_LABELS}(?:{_DOMAIN})(?![\w-]|\.\w))",
    re.IGNORECASE,
)
# What a browser would run or read from this machine is never worth quoting.
_ACTIVE = re.compile(r"(?:data|javascript|vbscript|file|blob|ms-[a-z-]+):", re.IGNORECASE)
_AFTER = ".,;:!?…'’*_)]}»”\"\\"  # what ends a sentence or a bracket, not an address


def addresses(text: str) -> frozenset[str]:
    """Return the addresses in `text`."""
    return frozenset(_bare(match.group()) for match in _ADDRESS.finditer(text))


def without_addresses(text: str, *, kept: frozenset[str] = frozenset()) -> str:
    """Return `text` without its addresses, but for those that are exactly in `kept`.

    Those that bring code or data with them go in any case.
    """

    def judged(match: re.Match[str]) -> str:
        address = _bare(match.group())
        keep = address in kept and not _ACTIVE.match(address)
        return match.group() if keep else match.group().lstrip()[len(address) :]

    return _ADDRESS.sub(judged, text)


def _bare(address: str) -> str:
    return address.lstrip().rstrip(_AFTER)
