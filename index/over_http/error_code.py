"""The code of an error that a server of models sends."""

import json
import re

_CODE = re.compile(r"[\w.-]{1,60}", re.ASCII)


def error_code(payload: str) -> str:
    """Return `` (code)`` of an error, nothing where there is none.

    Its message is left out: servers repeat keys and texts in it.
    """
    try:
        said = json.loads(payload)
        error = said["error"]
        known = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
        code = str(known or said.get("error_type") or "")  # the latter is what TEI says
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return ""
    return f" ({code})" if _CODE.fullmatch(code) else ""
