"""What a site's robots.txt lets programs fetch, and how fast, after RFC 9309 [1].

Read here rather than by a library: the standard library's parser knows no wildcards and takes
the first rule that matches instead of the longest, and Protego's takes minutes for a file of
half a megabyte in which thousands of names share thousands of rules. Only the group for us is
kept, or else the one for everybody, and each line is read once.

[1] RFC 9309, Robots Exclusion Protocol, https://www.rfc-editor.org/rfc/rfc9309
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

_MOST_CHARACTERS = 512 * 1024  # what lies beyond is not read, as the standard allows
_MOST_RULES = 5_000
_AGENT = "user-agent"
_FIELDS = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*)")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_RESERVED = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether what `pattern` matches may be fetched; ``*`` is any run, a last ``$`` the end."""

    pattern: str
    allows: bool

    def matches(self, target: str) -> bool:
        """Tell whether the rule speaks of `target`, a path with its query."""
        anchored = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not target.startswith(first):
            return False
        place = len(first)
        if not others:
            return not anchored or place == len(target)
        *middle, last = others
        for part in middle:
            found = target.find(part, place)
            if found < 0:
                return False
            place = found + len(part)
        if anchored:
            return target.endswith(last) and len(target) - len(last) >= place
        return target.find(last, place) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for one program; `delay` is in seconds, `sitemaps` as written."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, *, agent: str) -> "Robots":
        """Return what `text` says to `agent`; lines that make no sense are passed over."""
        ours: list[tuple[str, str]] = []
        everybodys: list[tuple[str, str]] = []
        sitemaps: list[str] = []
        named = False
        reading: list[list[tuple[str, str]]] = []
        was_agent = False
        for field, value in _lines(text[:_MOST_CHARACTERS]):
            if field == "sitemap":
                sitemaps.append(value)
                continue
            if field == _AGENT:
                reading = reading if was_agent else []
                token = _TOKEN.match(value)
                if value == "*":
                    reading.append(everybodys)
                elif token and token[0].lower() == agent.lower():
                    named = True
                    reading.append(ours)
            else:
                for group in reading:
                    group.append((field, value))
            was_agent = field == _AGENT
        kept = ours if named else everybodys
        return cls(tuple(_rules(kept)), _delay(kept), tuple(sitemaps))

    def allows(self, target: str) -> bool:
        """Tell whether `target`, a path with its query, may be fetched.

        The longest rule that matches decides, and of two equally long ones the one that allows.
        """
        matching = (rule for rule in self.rules if rule.matches(target))
        best = max(matching, key=lambda rule: (len(rule.pattern), rule.allows), default=None)
        return best is None or best.allows


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if found := _FIELDS.fullmatch(line.partition("#")[0].removeprefix("\ufeff")):
            yield found[1].lower(), found[2].strip()


def _rules(group: list[tuple[str, str]]) -> Iterator[Rule]:
    for field, value in group[:_MOST_RULES]:
        if field in ("allow", "disallow") and value:
            yield Rule(re.sub(r"\*+", "*", quote(value, safe=_RESERVED)), field == "allow")


def _delay(group: list[tuple[str, str]]) -> float:
    """Return the seconds between two requests that the group asks for, 0 where it does not."""
    for field, value in group:
        if field == "crawl-delay":
            try:
                seconds = float(value)
            except ValueError:
                continue
            return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
    return 0.0


EVERYTHING = Robots()
NOTHING = Robots((Rule("/", allows=False),))
