"""Inputs nobody thought of: good ones, changed in a few places, as a damaged line or a foe does."""

import random

# What parsers and rules about text look for, and what confuses them.
PIECES = [
    b"", b" ", b"\n", b"\r\n", b"\n\n", b"\t", b"\0", b".", b". ", b"...", b"!", b"?", b"\"", b"'",
    b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"&#", b"&amp;", b"%", b"\\", b"/", b"//",
    b"--", b"- ", b"# ", b"> ", b"| ", b",", b";", b":", b"=", b"1", b"12", b"1 200", b"1,5",
    b"9" * 40, b"0x", b"1e999", b"-0", b"26 juillet 2025", b"1er", b"May 3, 2024", b"12:30", b"M. ",
    b"Dr. ", b"etc. ", b"J.-P. ", b"A.B.", b"http://a.b/c?d=e#f", b"a@b.fr", b"\xc2\xab\xc2\xa0",
    b"\xc2\xa0\xc2\xbb", b"\xe2\x80\x99", b"\xe2\x80\xaf", b"\xe2\x80\x9c", b"\xe2\x80\x9d",
    b"\xe2\x80\xa6", b"\xe2\x80\x94", b"\xc5\x93", b"\xc3\xa9", b"e\xcc\x81", b"\xcc\x81" * 20,
    b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\xef\xbf\xbe",
    b"\xf3\xa0\x81\x81", b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", b"\xd7\xa9\xd7\x9c",
    b"\xed\xa0\x80", b"\xff", b"\x80", b"\xc3", b"\x1b[31m", b"true", b"null", b"NaN", b"a" * 300,
    b"A", b"Le ", b"the ", b"du ", b"n'", b"Jean ", b"Pourquoi ", b"Who ", b"million ", b"mille ",
    b"vingt-", b"[1]", b"[1, 2]", b"%PDF-", b"PK\x03\x04", b"{\\rtf1", b"From: ", b"---\n",
    b"```\n", b"145 %", b"\xc2\xad",
]  # fmt: skip
_LONGEST = 200_000
_MOST_CHANGES = 12


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """Return one of `seeds` with up to a dozen changes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(0, _MOST_CHANGES)):
        _change(data, seeds, chance)
        if len(data) > _LONGEST:
            del data[_LONGEST:]
    return bytes(data)


def _change(data: bytearray, seeds: list[bytes], chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    end = min(len(data), start + int(chance.expovariate(0.05)))
    match chance.randrange(7):
        case 0:  # damage a byte
            if start < len(data):
                data[start] = chance.randrange(256)
        case 1:  # lose some
            del data[start:end]
        case 2:  # say some again
            data[start:start] = data[start:end] * chance.choice([1, 2, 50])
        case 3:  # something known
            data[start:end] = chance.choice(PIECES)
        case 4:  # something known, often
            data[start:start] = chance.choice(PIECES) * chance.choice([2, 10, 300])
        case 5:  # a part of another
            other = chance.choice(seeds)
            begin = chance.randint(0, len(other))
            data[start:end] = other[begin : begin + chance.randint(0, 400)]
        case _:  # the end is missing
            if chance.random() < 0.2:
                del data[start:]
