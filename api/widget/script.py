"""The one script of the widget, joined from small modules: its own, and some of the page's.

All of it runs in one function, so that no name of it reaches the site that loads it. Imports
need not stay, since every name is there; comments and spaces need not travel to every visitor.
"""

import json
import re
from pathlib import Path

from api.widget.shrinking import small_script, small_style

_API = Path(__file__).parents[1]
_STYLES = ("palette", "dialog", "conversation")
# What a module uses while it is loaded stands before it.
MODULES = (
    "widget/options.js",
    "widget/labels-en.js",
    "widget/labels-fr.js",
    "widget/language.js",
    "page/scripts/code-points.js",
    "page/scripts/event-stream.js",
    "page/scripts/dom.js",
    "page/scripts/facts.js",
    "page/scripts/sentences.js",
    "page/scripts/remarks.js",
    "widget/service.js",
    "widget/problem.js",
    "widget/feedback.js",
    "widget/icons.js",
    "widget/contrast.js",
    "widget/exchange.js",
    "widget/quote.js",
    "widget/conversation.js",
    "widget/element.js",
    "widget/main.js",
)
_LICENCE = "/*! Sourcier, Apache-2.0; made of the files in api/widget */"

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)


def widget_script() -> str:
    """Return the script as it is served."""
    styles = "".join(small_style(_read(f"widget/{name}.css")) for name in _STYLES)
    constant = f"const STYLES = {json.dumps(styles, ensure_ascii=False)};\n"
    modules = "".join(_EXPORT.sub("", _IMPORT.sub("", _read(name))) for name in MODULES)
    return f'{_LICENCE}\n(()=>{{"use strict";{small_script(constant + modules)}}})();\n'


def _read(name: str) -> str:
    return (_API / name).read_text(encoding="utf-8")
