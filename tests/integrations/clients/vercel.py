"""The Vercel AI SDK under Node, through its OpenAI provider."""

import json
import os
import subprocess
from pathlib import Path

import httpx2

from tests.integrations.clients import received
from tests.integrations.clients.received import QUESTION, STREAMED, UNANSWERED, UNKNOWN, Received
from tests.integrations.running import NODE_FOLDER, Services

_PROGRAM = Path(__file__).with_suffix(".mjs")


def ai_sdk(services: Services) -> Received:
    """Return what the SDK hands to its user."""
    asked = {
        "openUrl": services.open_url,
        "lockedUrl": services.locked_url,
        "key": services.key,
        "question": QUESTION,
        "streamed": STREAMED,
        "unanswered": UNANSWERED,
        "unknown": UNKNOWN,
    }
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _PROGRAM.read_text(encoding="utf-8")],
        cwd=NODE_FOLDER,
        env={**os.environ, "ASKED": json.dumps(asked), "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    seen = json.loads(done.stdout)
    [source] = seen["sources"]
    quoted = seen["text"] in httpx2.get(source["url"]).text
    return Received(
        answer=received.answer(seen["text"]),
        stream=received.stream(seen["pieces"], seen["streamedWhole"]),
        citations=received.Cell(
            quoted, f"1 source, whose text holds the answer: {source['title']}"
        ),
        refusal=received.refusal(seen["refusal"], seen["refusalSources"]),
        error=received.error(seen["error"]["name"], seen["error"]["message"]),
        auth=received.auth(seen["withoutKey"]["name"], opened=seen["opened"]),
    )
