"""Files that take their parser as much as it may have, sent to a service with its own limits.

``python -m benchmarks.giants`` posts each to ``python -m api``, one after the other, while
another client asks questions: each file must get its answer within a minute, and the service
be there afterwards. `tests/documents/test_hostile_*.py` have the quick ones.
"""

import argparse
import asyncio
import io
import json
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.clients import Address, Reply, get, head, once, post
from benchmarks.served import MIB, Service, served, store_sample

_SECONDS = 60
_FORM = "between-the-parts-of-the-form"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIL = (
    b"From: a@b.fr\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
)


def _pdf(stream: bytes, *, kids: bytes = b"3 0 R", count: int = 1) -> bytes:
    packed = zlib.compress(stream, 9)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 7\n0000000000 65535 f \n" + b"".join(places)
    return out + table + b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)


def _package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _word(body: bytes) -> bytes:
    kinds = b"http://schemas.openxmlformats.org/package/2006/"
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _package({
        "[Content_Types].xml": b'<Types xmlns="%scontent-types"><Default Extension="rels" Content'
        b'Type="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        b'"/word/document.xml" ContentType="%s"/></Types>' % (kinds, main),
        "_rels/.rels": b'<Relationships xmlns="%srelationships"><Relationship Id="r" Type="http://'
        b"schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target="
        b'"word/document.xml"/></Relationships>' % kinds,
        "word/document.xml": b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>'
        % (_W.encode(), body),
    })  # fmt: skip


FILES: dict[str, Callable[[], bytes]] = {
    "a.pdf": lambda: _pdf(b"", kids=b"3 0 R " * 100_000, count=100_000),
    "b.pdf": lambda: _pdf(b"BT /F1 9 Tf " + b"(AAAAAAAAAAAAAAAAAAAAAAAA) Tj " * 3_000_000 + b"ET"),
    "c.pdf": lambda: _pdf(b"q " * 40_000_000),
    "d.docx": lambda: _word(b"<w:p><w:r><w:t>ha</w:t></w:r></w:p>" * 4_000_000),
    "e.docx": lambda: _word(b"<w:tbl><w:tr><w:tc>" * 200 + b"<w:p/>" * 100_000),
    "f.html": lambda: b"<html><body>" + b"<p>a</p>" * 6_000_000,
    "g.html": lambda: b"<p " + b" ".join(b"a%d=x" % n for n in range(200_000)) + b">Bonjour</p>",
    "h.rtf": lambda: rb"{\rtf1 " + rb"\b x" * 8_000_000 + b"}",
    "i.jsonl": lambda: b'{"text": "a", "x": [' + b"{}," * 15_000_000 + b"0]}",
    "j.md": lambda: b"[a](" * 5_000_000,
    "l.eml": lambda: _MAIL + b"\r\n\r\n" + b"--b\r\n\r\nBonjour\r\n" * 600_000,
    "m.txt": lambda: b"x" * 49_000_000,
}


def _upload(name: str, data: bytes) -> bytes:
    form = (
        f'--{_FORM}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    ).encode()
    form += data + f"\r\n--{_FORM}--\r\n".encode()
    kind = f"multipart/form-data; boundary={_FORM}"
    return head("POST", "/v1/documents", length=len(form), kind=kind) + form


async def _ask_meanwhile(address: Address, found: list[Reply]) -> None:
    question = post("/v1/search", {"query": "Qui fabrique des puces ?"})
    while True:
        found.append(await once(address, question))
        await asyncio.sleep(0.1)


async def measure(service: Service, names: list[str]) -> list[dict[str, Any]]:
    """Post each file; return what came back, how long it took, how others fared."""
    address, rows = Address(service.port), []
    for name in names:
        data = FILES[name]()
        beside: list[Reply] = []
        asking = asyncio.create_task(_ask_meanwhile(address, beside))
        service.forget_peak()
        start = time.perf_counter()
        reply = await once(address, _upload(name, data))
        seconds = time.perf_counter() - start
        asking.cancel()
        alive = (await once(address, get("/healthz"))).status == 200
        times = sorted(each.seconds for each in beside)
        row = {
            "file": name,
            "MiB": round(len(data) / MIB, 1),
            "status": reply.status,
            "seconds": round(seconds, 1),
            "slowest search beside, ms": round(times[-1] * 1000) if times else None,
            "peak MiB": service.peak() // MIB,
            "holds": alive
            and (reply.status < 300 or 400 <= reply.status < 500)
            and reply.status > 0
            and all(each.status == 200 for each in beside),
            "in time": seconds <= _SECONDS,
        }
        rows.append(row)
        print(json.dumps(row), flush=True)
    return rows


def main() -> int:
    """Send them, and return 1 if one was not answered as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=FILES, action="append")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store_sample(Path(folder))
        with served(Path(folder)) as service:
            rows = asyncio.run(measure(service, options.only or list(FILES)))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if all(row["holds"] and row["in time"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
