"""Whether a sentence tells of another year than the one that is asked about.

« Quelle amende en 2025 ? » is not answered by a fine of 2019, however alike the words.
"""

import re

_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d%])(?!,\d)")
# From here the question asks about more years than it names.
_STRETCH = re.compile(
    r"\b(?:depuis|avant|apr[eè]s|entre|jusqu|d[’']ici|[àa] partir|since|before|after|between|until|"
    r"till|by|from|during the|d[eu]s? ann[ée]es)\b",
    re.IGNORECASE,
)


def year_asked(question: str) -> int | None:
    """Return the one year that `question` asks about, None where it names none, or several."""
    asked = set(map(int, _YEAR.findall(question)))
    return asked.pop() if len(asked) == 1 and not _STRETCH.search(question) else None


def tells_of_another_year(year: int, sentence: str) -> bool:
    """Tell whether `sentence` names other years only, and not some on either side of `year`."""
    told = set(map(int, _YEAR.findall(sentence)))
    return bool(told) and not min(told) <= year <= max(told)
