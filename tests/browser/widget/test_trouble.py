"""What the chat widget does where something goes wrong on the way."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.browser.texts import LIGHTHOUSE, WHEN_AUTOMATED, WHO_LIT
from tests.browser.widget.conftest import COLLECTION, Go, Guarded
from tests.browser.widget.site import running_site

# In place of the way to the service: what `sent.push` is given arrives, until `sent.close`.
HELD = """window.fetch = async () => {
  const body = new ReadableStream({
    start(controller) {
      const bytes = new TextEncoder();
      window.sent = {
        push: text => controller.enqueue(bytes.encode(text)),
        close: () => controller.close(),
      };
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
};"""


def test_sentences_appear_as_they_are_proved_and_stay_where_the_rest_is_lost(
    go: Go, guarded: Guarded
) -> None:
    body = {"question": WHO_LIT, "collection": COLLECTION, "stream": True}
    sent = guarded.service.http.post("/v1/ask", json=body).raise_for_status().text
    sentence = sent[: sent.index("event: done")]
    visit = go()
    visit.page.evaluate(f"() => {{ {HELD} }}")
    visit.open()
    visit.page.keyboard.insert_text(WHO_LIT)
    visit.page.keyboard.press("Enter")
    exchange = visit.page.locator("dialog .text > ol > li")
    expect(visit.page.get_by_role("status")).to_have_text("Searching…")

    visit.page.evaluate("text => window.sent.push(text)", sentence)
    expect(exchange.locator(".sentence")).to_contain_text("Armand Kerbrat")
    expect(exchange.locator(".cite")).to_have_count(1)
    expect(exchange).to_have_attribute("aria-busy", "true")
    visit.page.evaluate("window.sent.close()")
    expect(exchange.locator(".notice")).to_contain_text("not the whole answer")
    expect(visit.page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(exchange.locator(".sentence")).to_contain_text("Armand Kerbrat")


def test_a_document_that_changed_is_not_shown_as_proof(go: Go, guarded: Guarded) -> None:
    visit = go()
    visit.open()
    exchange = visit.ask(WHEN_AUTOMATED)
    changed = LIGHTHOUSE._replace(text=LIGHTHOUSE.text.replace("1983", "1984"))
    guarded.service.add(changed, collection=COLLECTION)
    exchange.locator(".cite").first.click()

    expect(visit.page.locator("section.sheet .notice")).to_contain_text("has changed")
    guarded.service.add(LIGHTHOUSE, collection=COLLECTION)


def test_a_site_that_is_not_named_is_told_which_setting_names_it(go: Go) -> None:
    with running_site() as stranger:
        visit = go(stranger)
        visit.open()
        visit.page.keyboard.insert_text(WHO_LIT)
        visit.page.keyboard.press("Enter")

        expect(visit.page.get_by_role("alert")).to_contain_text("does not answer this site")
        expect(visit.page.get_by_label("Your question")).to_have_value(WHO_LIT)
        told = [line for line in visit.console if "SOURCIER_CORS_ORIGINS" in line]
        assert len(told) == 1
        assert stranger.origin in told[0]


def test_what_goes_wrong_is_said_in_the_language_of_the_page(go: Go, guarded: Guarded) -> None:
    headers = {
        "Access-Control-Allow-Origin": guarded.site.origin,
        "Access-Control-Expose-Headers": "Retry-After",
        "Retry-After": "7",
    }
    visit = go(lang="fr", key="src_wrong_key")
    visit.open()
    alert = visit.page.get_by_role("alert")

    def goes_wrong(handler: Callable[[Route], None] | None) -> None:
        visit.page.unroute_all()
        if handler:
            visit.page.route(f"{guarded.service.url}**", handler)
        visit.page.get_by_label("Votre question").fill(WHO_LIT)
        visit.page.keyboard.press("Enter")

    goes_wrong(None)
    expect(alert).to_have_text("La clé que ce site a pour le service n’est pas valable.")
    goes_wrong(lambda route: route.fulfill(status=429, headers=headers, json={}))
    expect(alert).to_have_text("Trop de questions à la fois. Réessayez dans 7\u00a0s.")
    goes_wrong(lambda route: route.fulfill(status=503, headers=headers, json={}))
    expect(alert).to_contain_text("Le service n’est pas prêt.")
    goes_wrong(lambda route: route.fulfill(status=422, headers=headers, json={"detail": "Why."}))
    expect(alert).to_have_text("Le service a refusé.Why.")
    goes_wrong(lambda route: route.abort())
    expect(alert).to_contain_text("Le service est injoignable.")
    expect(visit.page.locator("dialog li")).to_have_count(0)


def test_an_answer_can_be_stopped(go: Go) -> None:
    visit = go()
    visit.page.route("**/v1/ask", lambda _: None)  # it never comes
    visit.open()
    visit.page.keyboard.insert_text(WHO_LIT)
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("button", name="Stop").click()

    expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(visit.page.locator("dialog li")).to_have_count(0)
    expect(visit.page.get_by_role("alert")).to_be_hidden()


def test_a_second_tag_adds_no_second_bubble(go: Go) -> None:
    visit = go(times=2)

    expect(visit.widget).to_have_count(1)
    assert [line.split(":")[0] for line in visit.console] == ["Sourcier"]
