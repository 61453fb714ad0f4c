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


def tells_of_another_year(question: str, sentence: str) -> bool:
    """Tell whether `question` names one year and `sentence` others only, none on either side."""
    asked = set(map(int, _YEAR.findall(question)))
    if len(asked) != 1 or _STRETCH.search(question):
        return False
    [year] = asked
    told = set(map(int, _YEAR.findall(sentence)))
    return bool(told) and not min(told) <= year <= max(told)
