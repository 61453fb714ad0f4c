"""The script of the chat widget, and the way to it."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.widget.script import MODULES
from api.widget.shrinking import small_script, small_style
from rag.settings import Settings
from tests.api.event_streams import parse
from tests.api.fakes import FakeSourcier

API = Path(__file__).parents[2] / "api"
LARGEST = 30_000
# A plain space where French wants one that does not break.
BREAKABLE = re.compile(r" [?!:;»]|« ")
SITE = "https://intranet.example"


@pytest.fixture
def script(client: TestClient) -> str:
    return client.get("/widget.js").text


def source_of(module: str) -> str:
    return (API / module).read_text(encoding="utf-8")


def labels_of(language: str) -> dict[str, str]:
    """Return each label's key with what stands after it in the source."""
    body = source_of(f"widget/labels-{language}.js").partition("export const")[2]
    parts = re.split(r"^  (\w+):", body, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


# What is served


def test_the_script_is_small(client: TestClient) -> None:
    assert len(client.get("/widget.js").content) <= LARGEST


def test_pages_of_every_site_may_load_it(client: TestClient) -> None:
    headers = client.get("/widget.js").headers

    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/v1/status", "/openapi.json"])
def test_nothing_else_is_open_to_other_sites(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": SITE}).headers

    assert headers.get("cross-origin-resource-policy") != "cross-origin"
    assert "access-control-allow-origin" not in headers


def test_an_unchanged_script_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/widget.js")

    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"].startswith("public, max-age=")
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/widget.js").status_code == 200


def test_it_needs_no_key_and_uses_no_limit_up() -> None:
    sourcier: Any = FakeSourcier(settings=Settings(keys="on", rate_limit="1/minute"))
    sourcier.keys = SimpleNamespace(grant=lambda _: None)
    client = TestClient(create_app(sourcier))

    replies = [client.get("/widget.js") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert "ratelimit-limit" not in replies[0].headers


@pytest.mark.parametrize("origin", [SITE, "https://elsewhere.example"])
def test_an_answer_streams_to_the_sites_that_are_named_and_to_no_other(origin: str) -> None:
    sourcier: Any = FakeSourcier(settings=Settings.model_validate({"cors_origins": SITE}))
    client = TestClient(create_app(sourcier))
    asked = client.options(
        "/v1/ask",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    body = {"question": "Quand ?", "stream": True}
    reply = client.post("/v1/ask", json=body, headers={"Origin": origin})

    allowed = SITE if origin == SITE else None
    assert asked.headers.get("access-control-allow-origin") == allowed
    assert reply.headers.get("access-control-allow-origin") == allowed
    if allowed:
        assert asked.is_success
        assert parse(reply.text)[-1][0] == "done"


# What is in it


@pytest.mark.parametrize(
    "way",
    [
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "srcdoc", "cssText"),
        *("eval(", "Function(", "setTimeout(", "import("),
        *("cookie", "localStorage", "sessionStorage", "indexedDB"),
    ],
)
def test_it_neither_runs_text_nor_keeps_anything(script: str, way: str) -> None:
    assert way not in script


def test_it_names_no_other_site(script: str) -> None:
    addresses = set(re.findall(r"https?://[^\"'` )]+|[\"'(]//[\w.]+", script))

    assert addresses == {"http://www.w3.org/2000/svg"}


def test_both_languages_have_the_same_labels_and_use_each() -> None:
    english, french = labels_of("en"), labels_of("fr")
    users = "".join(source_of(module) for module in MODULES if "labels" not in module)

    assert len(english) > 30
    assert list(english) == list(french)
    assert [key for key in english if not re.search(rf'"{key}"|\b{key}: "M', users)] == []


def test_the_french_labels_have_french_typography() -> None:
    said = re.findall(r'["`](.+?)["`]', "".join(labels_of("fr").values()))

    assert any("\u00a0?" in label for label in said)
    assert [label for label in said if BREAKABLE.search(label)] == []


# How it is put together


def test_every_module_of_the_widget_is_joined() -> None:
    own = {f"widget/{path.name}" for path in (API / "widget").glob("*.js")}

    assert own == {module for module in MODULES if module.startswith("widget/")}
    assert len(set(MODULES)) == len(MODULES)


def test_no_two_modules_declare_the_same_name() -> None:
    declaration = re.compile(
        r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE
    )
    names = [name for module in MODULES for name in declaration.findall(source_of(module))]

    assert len(names) > 60
    assert [name for name in names if names.count(name) > 1] == []


def test_what_a_module_imports_another_exports() -> None:
    exported = re.findall(
        r"^export (?:async )?(?:function\*?|class|const) (\w+)",
        "".join(map(source_of, MODULES)),
        re.MULTILINE,
    )
    for module in MODULES:
        for names in re.findall(r"^import \{([^}]*)\}", source_of(module), re.MULTILINE):
            assert set(re.findall(r"\w+", names)) <= set(exported), module


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("/** Says. */\nconst a = 1; // one\n  // two\nb( a,  c );\n", "let a=1;b(a,c);"),
        (
            'say("two  words", "a // b", `${ x } : y`);\n',
            'say("two  words","a // b",`${ x } : y`);',
        ),
        ("const r = / (a|b) /g.exec(a / b);\n", "let r=/ (a|b) /g.exec(a / b);"),
        ("class A {\n  #long = 1;\n  #other = this.#long;\n}\n", "class A{#a=1;#b=this.#a;}"),
        ('async () => {\n  return "#kept";\n};\n', 'async()=>{return "#kept";};'),
    ],
)
def test_scripts_shrink_without_a_change(source: str, small: str) -> None:
    assert small_script(source) == small


def test_styles_shrink_without_a_change() -> None:
    source = """/* Why. */
a > b, :focus-visible {
  font: 700 0.75em/1.5 serif;
  inset: auto 0 calc(100% - 1px);
}
@media (width < 10.05em) { a :first-child { color: #000 } }
"""
    assert small_style(source) == (
        "a > b,:focus-visible{font:700 .75em/1.5 serif;inset:auto 0 calc(100% - 1px)}"
        "@media (width < 10.05em){a :first-child{color:#000}}"
    )
