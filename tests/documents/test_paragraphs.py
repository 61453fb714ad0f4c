from documents.models import Document, Heading
from documents.paragraphs import ends_sentence, paragraphs


def document(text: str, *headings: Heading) -> Document:
    return Document(
        id="1", collection="c", source="s", title="t", language="fr", text=text, sha256="0",
        headings=headings,
    )  # fmt: skip


def texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document(text))]


def test_each_line_of_a_crawled_article_is_a_paragraph() -> None:
    first = "Le ministère a publié hier un plan de dix pages sur les centres de calcul. " * 3
    second = "Il y décrit les besoins en électricité de chaque région jusqu'en 2035. " * 3
    assert texts(f"Un plan pour les centres de calcul\n{first}\n\n{second}\n") == [
        "Un plan pour les centres de calcul",
        first.strip(),
        second.strip(),
    ]


def test_hard_wrapped_prose_is_one_paragraph() -> None:
    block = (
        "Le ministère a publié hier un plan de dix pages sur les centres\n"
        "de calcul. Il y décrit les besoins en électricité de chaque région\n"
        "jusqu'en 2035. Les communes ont trois mois pour répondre, dit M.\n"
        "Durand."
    )
    assert texts(f"Un plan pour les centres\n\n{block}\n\n{block}") == [
        "Un plan pour les centres",
        block,
        block,
    ]


def test_two_lines_are_joined_at_the_width_that_longer_blocks_show() -> None:
    block = (
        "The ministry published a plan of ten pages on computing centres\n"
        "yesterday. It describes how much electricity each region needs\n"
        "until 2035. The towns have three months to answer the questions."
    )
    pair = "The second part of the plan, which is shorter, was written by\nMarie Durand."
    assert texts(f"{block}\n\n{pair}") == [block, pair]
    assert texts(pair) == pair.split("\n")  # alone, nothing shows that it is wrapped


def test_a_line_that_goes_on_in_lower_case_is_joined() -> None:
    text = "La conférence a été ouverte par le Premier ministre\nchinois, à Shanghai."
    assert texts(text) == [text]


def test_menus_lists_and_table_rows_keep_their_lines() -> None:
    text = (
        "menu\nclose\n"
        "- des serveurs installés dans le nord du pays\n- des câbles\n"
        "1. ouvrir le capot de la machine avec une clé\n2. fermer\n"
        "usine de la vallée du Rhône | 12 000 t\nusine du nord | 8 000 t"
    )
    assert texts(text) == text.split("\n")


def test_a_marked_heading_keeps_its_lines_together_and_apart_from_prose() -> None:
    text = "Un titre qui tient\nsur deux lignes\nla suite commence en minuscules."
    title = text.index("\nla")
    first, second = paragraphs(document(text, Heading(0, title, 2)))
    assert (first.text, first.level) == (text[:title], 2)
    assert (second.level, second.attached) == (None, True)


def test_attached_tells_a_line_break_from_a_blank_line() -> None:
    found = paragraphs(document("Un.\nDeux.\n \t\nTrois."))
    assert [paragraph.attached for paragraph in found] == [False, True, False]


def test_spans_are_those_of_the_document() -> None:
    text = " \n Un paragraphe. \n\n\u00a0\n Un autre\u202f!\n"
    for paragraph in paragraphs(document(text)):
        assert text[paragraph.start : paragraph.end] == paragraph.text == paragraph.text.strip()


def test_a_sentence_ends_with_its_mark_and_what_closes_after_it() -> None:
    assert all(map(ends_sentence, ["Fin.", "«\u00a0Fin.\u00a0»", "Fin\u202f!", 'Fin…"', "(Fin.)"]))
    assert not any(map(ends_sentence, ["Fin", "Fin,", "Fin\u00a0:", "exemple.fr", ""]))
