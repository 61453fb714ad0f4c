"""Every example of docs/integrations runs, and prints what its page shows."""

from pathlib import Path

import pytest

from tests.integrations.pages import FOLDER, examples, pages, with_outputs
from tests.integrations.running import Services, missing, outputs


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_examples_print_what_the_page_shows(
    path: Path, services: Services, tmp_path: Path
) -> None:
    shown = examples(path.read_text(encoding="utf-8"))
    if reason := missing(shown):
        pytest.skip(reason)

    printed = outputs(shown, services, tmp_path)

    assert printed == [example.output for example in shown], "if this is right: make transcripts"


def test_the_pages_of_the_three_languages_are_there_in_french_and_english() -> None:
    names = {path.name for path in pages()}
    for name in ("curl", "python", "javascript"):
        assert {f"{name}.md", f"{name}.fr.md"} <= names


@pytest.mark.parametrize("french", sorted(FOLDER.glob("*.fr.md")), ids=lambda path: path.name)
def test_a_french_page_has_the_examples_of_the_english_one(french: Path) -> None:
    english = french.with_name(french.name.replace(".fr.md", ".md"))
    pair = [examples(path.read_text(encoding="utf-8")) for path in (english, french)]

    assert [e.language for e in pair[0]] == [e.language for e in pair[1]]
    assert [e.code.count("\n") for e in pair[0]] == [e.code.count("\n") for e in pair[1]]


PAGE = """# Title

```console
$ pip install something
```

```sh
echo one
```

```text
old
```

```python
print()
```

After.
"""


def test_an_output_stands_below_its_example() -> None:
    assert [(e.language, e.code, e.output) for e in examples(PAGE)] == [
        ("sh", "echo one\n", "old\n"),
        ("python", "print()\n", ""),
    ]


def test_new_outputs_take_the_place_of_old_ones() -> None:
    page = with_outputs(PAGE, ["one\n", "two\n"])

    assert [example.output for example in examples(page)] == ["one\n", "two\n"]
    assert "old" not in page
    assert page.endswith("```\n\nAfter.\n")
    assert with_outputs(with_outputs(page, ["", ""]), ["old\n", ""]) == PAGE


def test_an_example_that_fails_is_told(tmp_path: Path) -> None:
    [failing] = examples("```sh\nfalse\necho no\n```\n")
    with pytest.raises(RuntimeError, match="failed"):
        outputs([failing], Services("", "", ""), tmp_path)
