from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OpenPage, Watch, ask
from tests.browser.service import Service

KITES = """\
The kite festival of Saltmarsh

The kite festival of Saltmarsh was won by Beatrice Holloway in 2019 with a kite of 14 square \
metres. The festival of Saltmarsh takes place every May on the long beach west of the harbour, \
and up to two hundred kites fly there at a time. The jury looks at the colours, the height and \
the calm of the flight, and gives its prize at dusk.
"""
NEW_WINNER = KITES.replace("Beatrice Holloway", "Harriet Underwood")


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


@pytest.fixture
def empty_page(service: Service, open_page: OpenPage) -> Page:  # noqa: ARG001
    return open_page()


def upload(page: Page, *files: FilePayload) -> None:
    before = page.locator("#uploads li").count()
    page.set_input_files("#files", list(files))
    done = page.locator("#uploads li:is(.done, .failed)")
    expect(done).to_have_count(before + len(files))


def test_without_documents_the_page_says_what_to_do(empty_page: Page) -> None:
    expect(empty_page.locator("#empty")).to_contain_text("python -m rag ingest FOLDER")
    expect(empty_page.locator("#examples")).to_be_hidden()


def test_an_uploaded_document_answers_the_next_question(empty_page: Page) -> None:
    upload(empty_page, text_file("kites.txt", KITES))

    expect(empty_page.locator("#empty")).to_be_hidden()
    expect(empty_page.locator("#documents-title")).to_have_text("1 document")
    expect(empty_page.locator(".document-title")).to_have_text("The kite festival of Saltmarsh")
    ask(empty_page, "Who won the kite festival of Saltmarsh?")
    expect(empty_page.locator(".answer-text")).to_contain_text("Beatrice Holloway")


def test_each_file_of_several_has_its_outcome(empty_page: Page, watch: Watch) -> None:
    watch.expected.append("status of 4")
    upload(empty_page, text_file("kites.txt", KITES), text_file("empty.txt", "  \n"))

    states = empty_page.locator(".upload-state")
    expect(states).to_have_text(["added", "not added"])
    refusal = empty_page.locator("#uploads .failed .upload-problem p[lang=en]")
    expect(refusal).not_to_be_empty()
    upload(empty_page, text_file("kites.txt", KITES), text_file("kites.txt", NEW_WINNER))
    expect(states).to_have_text(
        ["added", "not added", "already here, unchanged", "replaced the earlier version"]
    )


def test_a_file_of_rows_tells_how_many_came_in(empty_page: Page) -> None:
    table = f'title,text\nKites,"{KITES}"\nNothing,\n'
    upload(empty_page, {"name": "table.csv", "mimeType": "text/csv", "buffer": table.encode()})

    expect(empty_page.locator(".upload-state")).to_have_text("1 added, 1\u00a0row refused")
    expect(empty_page.locator(".upload-problem p")).to_have_count(1)


def test_progress_is_shown_while_a_file_is_sent(empty_page: Page) -> None:
    session = empty_page.context.new_cdp_session(empty_page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", limits)
    padding = f"<!doctype html><!--{'.' * 200_000}--><title>Kites</title><p>{KITES}</p>"
    empty_page.set_input_files(
        "#files", {"name": "k.html", "mimeType": "text/html", "buffer": padding.encode()}
    )

    empty_page.wait_for_function(
        "() => { const bar = document.querySelector('#uploads progress');"
        " return bar && bar.value > 0 && bar.value < 1; }"
    )
    expect(empty_page.locator(".upload-state")).to_contain_text("sending")
    expect(empty_page.locator("#uploads .done .upload-state")).to_have_text("added")
    expect(empty_page.locator("#announcement")).to_contain_text("k.html: added")


def test_a_dropped_folder_comes_in_whole(
    empty_page: Page, service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "press"
    (folder / "may").mkdir(parents=True)
    (folder / "kites.txt").write_text(KITES)
    (folder / "may" / "kites.txt").write_text(NEW_WINNER)
    (folder / ".hidden.txt").write_text("Not this one, which begins with a dot.")
    (tmp_path / "single.txt").write_text(KITES.replace("Saltmarsh", "Northcliff"))
    drop(empty_page, folder, tmp_path / "single.txt")

    expect(empty_page.locator("#uploads .done")).to_have_count(3)
    assert service.sources() == {"press/kites.txt", "press/may/kites.txt", "single.txt"}


def drop(page: Page, *paths: Path) -> None:
    """Drop `paths` on the page as a file manager would."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": 300, "y": 300, "data": data}
        session.send("Input.dispatchDragEvent", event)
        if kind == "dragOver":
            expect(page.locator("body.dragging")).to_be_visible()
    expect(page.locator("body.dragging")).to_have_count(0)
