"""curl, and the service's own API with its server-sent events."""

import json
import subprocess
from typing import Any

from tests.integrations.clients import received
from tests.integrations.clients.received import QUESTION, STREAMED, UNANSWERED, UNKNOWN, Received
from tests.integrations.running import Services


def curl(services: Services) -> Received:
    """Return what curl prints."""
    whole, refused = _asked(services, QUESTION), _asked(services, UNANSWERED)
    events = [
        dict(line.split(": ", 1) for line in event.split("\n") if ": " in line)
        for event in _curl(services.open_url, {"question": STREAMED, "stream": True}).split("\n\n")
    ]
    pieces = [
        json.loads(event["data"])["text"] for event in events if event.get("event") == "delta"
    ]
    unknown = _asked(services, "Qui ?", collection=UNKNOWN)
    closed = json.loads(_curl(services.locked_url, {"question": QUESTION}))
    key = ["-H", f"Authorization: Bearer {services.key}"]
    return Received(
        answer=received.answer(whole["answer"]),
        stream=received.stream(pieces, _asked(services, STREAMED)["answer"]),
        citations=received.quotes(
            services,
            [
                (one["text_url"], one["start"], one["end"], one["quote"])
                for one in whole["citations"]
            ],
        ),
        refusal=received.refusal(refused["answer"], len(refused["citations"])),
        error=received.error(f"problem {unknown['status']}", unknown["detail"]),
        auth=received.auth(
            f"problem {closed['status']}",
            opened=json.loads(_curl(services.locked_url, {"question": QUESTION}, *key))["answered"],
        ),
    )


def _asked(services: Services, question: str, **more: str) -> dict[str, Any]:
    return dict(json.loads(_curl(services.open_url, {"question": question, **more})))


def _curl(url: str, body: dict[str, object], *options: str) -> str:
    sent = ["-H", "Content-Type: application/json", "-d", json.dumps(body), *options]
    done = subprocess.run(
        ["curl", "-sN", "--noproxy", "*", f"{url}/v1/ask", *sent],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout
