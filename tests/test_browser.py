"""The page in a real Chromium: what a visitor sees and does, and what must never happen.

Most tests run on the scripted assistant, whose answers stream slowly enough to watch; the last
ones on a real one. Every test fails on a request that leaves this machine, on an error in the
browser's console, and on an HTTP error.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eval.cases import load_cases
from tests.fakes_ui import EXAMPLES, FAILS, LARGE_AT, SEEDS, SLOW
from tests.served_ui import ROOT, SCRIPTED, Server, running
from tests.visits import PHONE, TOO_SMALL, TOO_WIDE, Visit, inside, violations

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = sync_api.expect

AGE, PLAN, MOSCOW = EXAMPLES


@pytest.fixture(scope="module")
def scripted() -> Iterator[Server]:
    with running(*SCRIPTED) as server:
        yield server


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Iterator[Server]:
    """The program as it is installed, on the seeds, with an index of its own."""
    index = tmp_path_factory.mktemp("index")
    options = ("--folder", str(SEEDS), "--index", str(index), "--port", "PORT")
    with running("-m", "ui", *options) as server:
        yield server


@pytest.fixture
def visit(request, chromium, scripted, visitors):
    """A visitor of an empty page, which is not loaded again: there are many tests here."""
    visitor = visitors.pop() if visitors else Visit(chromium, scripted)
    failed = request.session.testsfailed
    yield visitor
    if request.session.testsfailed > failed:
        visitor.close()
        return
    assert not visitor.faults, visitor.faults
    visitor.leave()
    visitors.append(visitor)


@pytest.fixture
def phone(chromium, scripted):
    visitor = Visit(chromium, scripted, **PHONE)
    yield visitor
    visitor.close()


# ---- opening the page ----


def test_the_page_has_a_title_and_one_heading(chromium, scripted):
    visitor = Visit(chromium, scripted)
    assert visitor.page.title() == "Grounded Assistant"
    assert visitor.page.locator("h1").count() == 1
    visitor.close()


def test_the_question_field_has_the_focus_and_keeps_its_name(visit):
    visit.page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    visit.ask(AGE)
    assert visit.field.count() == 1


def test_examples_from_the_documents_are_offered_and_lead_to_a_saved_answer(visit):
    visit.page.locator("#conversation .example", has_text=MOSCOW).click()
    visit.finished(1)
    assert visit.chips.count() > 0
    visit.page.locator("#history-list li", has_text=MOSCOW).wait_for()


# ---- asking ----


def test_enter_sends_shift_enter_does_not_and_nothing_is_sent_for_nothing(visit):
    visit.field.press("Enter")
    visit.field.fill("How old")
    visit.field.press("Shift+Enter")
    visit.field.type("is Draghi?")
    assert visit.field.input_value() == "How old\nis Draghi?"
    assert visit.answers.count() == 0
    visit.ask(AGE)
    assert visit.page.locator("[data-testid=user]").count() == 1


def test_an_answer_grows_under_a_stop_button_and_never_shows_a_broken_link(visit):
    visit.page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => {"
        " const text = document.querySelector('[data-testid=bot]')?.innerText ?? '';"
        " window.seen.push([text, !!document.querySelector('#question .stop-button')]); })"
        ".observe(document.getElementById('conversation'),"
        " {childList: true, subtree: true, characterData: true}); }"
    )
    visit.ask(MOSCOW)
    seen = visit.page.evaluate("window.seen")
    assert len({len(text) for text, _ in seen}) > 3
    assert any(stop for _, stop in seen)
    assert not [text for text, _ in seen if "[[" in text or "#cite" in text or "](" in text]


def test_stop_keeps_what_was_said_and_the_next_question_works(visit):
    visit.send(SLOW)
    visit.answers.first.wait_for()
    visit.page.locator("#question .stop-button").click()
    visit.finished(1)
    text = visit.answers.first.inner_text()
    assert "this answer is incomplete" in text
    assert "economic relations with Russia" not in text
    visit.ask(AGE)
    assert "74 years old" in visit.answers.last.inner_text()
    assert visit.answers.first.inner_text() == text


def test_a_second_enter_while_an_answer_is_written_asks_nothing(visit):
    visit.send(SLOW)
    visit.page.locator("#question .stop-button").wait_for()
    visit.send(AGE)
    assert visit.field.input_value() == AGE
    visit.page.locator("#question .stop-button").click()
    visit.finished(1)
    assert visit.page.locator("[data-testid=user]").count() == 1


def test_stop_before_the_question_has_its_number_stops_it(visit):
    held = []
    visit.page.route("**/queue/join*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    with visit.page.expect_request("**/queue/join*"):
        visit.send(SLOW)
    visit.page.locator("#question .stop-button").click()
    held[0].continue_()
    visit.page.unroute("**/queue/join*")
    visit.finished(1)
    assert "it was stopped" in visit.answers.last.inner_text()
    visit.ask(AGE)
    assert visit.chips.count() > 0


def test_a_refusal_says_so_shows_the_closest_passages_and_suggests_questions(visit):
    visit.ask("Who won the world cup?")
    assert "The documents do not answer this" in visit.answers.last.inner_text()
    assert visit.chips.count() == 0
    assert visit.page.locator("#conversation a[href^='#near=']").count() == 2
    visit.page.get_by_role("button", name=AGE).click()
    visit.finished(2)
    assert "74 years old" in visit.answers.last.inner_text()


def test_the_closest_passage_is_shown_as_no_answer(visit):
    visit.ask("Who won the world cup?")
    visit.page.locator("#conversation a[href^='#near=']").first.click()
    visit.page.locator(".source-meta", has_text="no answer to it").wait_for()
    visit.hit.wait_for()


def test_a_failing_backend_gives_words_and_the_field_back(visit):
    visit.ask(FAILS)
    assert "No answer: it was stopped, or failed" in visit.answers.last.inner_text()
    visit.ask(AGE)
    assert visit.chips.count() > 0


def test_an_over_long_question_is_refused_in_words(visit):
    visit.send("x" * 20_000)
    visit.page.get_by_text("the question has 20,000 characters").wait_for()
    assert visit.answers.count() == 0


# ---- citations ----


def test_every_chip_opens_its_quote_and_numbers_start_at_one(visit):
    visit.ask(PLAN)
    citations = visit.server.ask(PLAN)["citations"]
    shown = [chip.inner_text() for chip in visit.chips.all()]
    assert shown == ["[1]", "[2]", "[1]", "[2]"]  # In the text, then in the list of sources.
    for index, citation in enumerate(citations):
        assert visit.open_chip(index) == citation["quote"]
        assert visit.hit.count() == 1
        assert visit.page.locator("#source-title").inner_text() == citation["title"]


def test_a_passage_chosen_while_another_is_on_its_way_is_shown(visit):
    visit.ask(PLAN)
    held = []

    def hold(route) -> None:
        held.append(route) if "#cite=" in (route.request.post_data or "") else route.continue_()

    visit.page.route("**/run/predict*", hold)
    with visit.page.expect_request(lambda request: "#cite=" in (request.post_data or "")):
        visit.chips.nth(0).click()
    visit.chips.nth(1).click()
    held[0].continue_()
    visit.page.unroute("**/run/predict*", hold)
    expect(visit.hit).to_have_text(visit.server.ask(PLAN)["citations"][1]["quote"])


def test_the_quote_is_named_on_the_chip(visit):
    visit.ask(AGE)
    quote = visit.server.ask(AGE)["citations"][0]["quote"]
    assert visit.chips.first.get_attribute("title") == f"“{quote}”"


def test_the_highlight_is_in_view_and_the_chat_stays_where_it_is(visit):
    visit.ask(MOSCOW)
    url = visit.page.url
    scroll = "document.querySelector('[role=log]').scrollTop"
    before = visit.page.evaluate(scroll)
    visit.open_chip()
    assert inside(visit.hit.bounding_box(), visit.page.locator("#source-text").bounding_box())
    assert visit.page.url == url
    assert visit.page.evaluate(scroll) == before
    assert visit.chips.first.get_attribute("aria-current") == "true"


def test_the_other_citation_is_marked_faintly_and_next_leads_to_it(visit):
    visit.ask(MOSCOW)
    visit.open_chip()
    faint = visit.page.locator("#source mark.other")
    other = faint.inner_text()
    visit.page.get_by_role("button", name="Next").click()
    visit.page.get_by_text("Passage 2 of 2").wait_for()
    assert visit.hit.text_content() == other


def test_a_chip_works_by_keyboard_and_the_way_back_leads_to_it(visit):
    visit.ask(AGE)
    visit.chips.first.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function("document.activeElement.id === 'source-title'")
    visit.page.get_by_role("button", name="Back to answer").click()
    assert visit.page.evaluate("document.activeElement.getAttribute('href')").startswith("#cite=")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function("document.activeElement.id === 'source-title'")
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("document.activeElement.getAttribute('href')").startswith("#cite=")


def test_chips_can_be_reached_with_the_tab_key(visit):
    visit.ask(AGE)
    for _ in range(20):
        visit.page.keyboard.press("Shift+Tab")
        href = visit.page.evaluate("document.activeElement.getAttribute('href') ?? ''")
        if href.startswith("#cite="):
            return
    pytest.fail("No chip within twenty Tab presses.")


def test_chips_of_an_older_turn_still_open_their_passage(visit):
    visit.ask(AGE)
    visit.ask(MOSCOW)
    assert visit.open_chip(0).startswith("At 74 years old")


def test_forged_and_outdated_links_get_a_message_and_no_file(visit):
    visit.ask(AGE)
    real_one = visit.chips.first.get_attribute("href")
    for href in (
        "#cite=0-9-000000000000-..%2F..%2Fetc%2Fpasswd",
        "#cite=-5-9-000000000000-large.txt",
        re.sub(r"-[0-9a-f]{12}-", "-000000000000-", real_one),
        "#cite=nonsense",
    ):
        visit.forge(href)
        visit.page.get_by_text("This source is no longer available").wait_for()
        assert "root:" not in visit.page.locator("#source").inner_text()
        visit.open_chip()


def test_a_passage_in_a_document_of_a_megabyte_is_shown(visit):
    visit.ask("Where is the needle?")
    visit.open_article()
    assert visit.open_chip() == LARGE_AT
    assert inside(visit.hit.bounding_box(), visit.page.locator("#source-text").bounding_box())
    visit.page.get_by_role("button", name="Later").click()
    visit.page.wait_for_function("document.getElementById('hit') === null")


def test_a_document_opens_from_the_list_without_a_question(visit):
    visit.open_article()


def test_words_are_found_in_the_document(visit):
    visit.open_article()
    field = visit.page.get_by_label("Find in the document")
    field.fill("ruble accounts")
    visit.page.get_by_text("1 of 1").wait_for()
    assert visit.page.evaluate("document.querySelector('#source-text').scrollTop") > 0
    field.press("Enter")
    visit.page.get_by_text("1 of 1").wait_for()
    field.fill("no such words")
    visit.page.get_by_text("0 found").wait_for()


# ---- hostile content ----


def test_nothing_in_documents_names_or_answers_runs_or_loads(visit):
    visit.ask("What does the hostile file say?")
    visit.open_chip()
    assert "<img src=http://sink.example/1" in visit.hit.text_content()
    assert "${Object.assign(window,{__pwned:3})}" in visit.answers.last.inner_text()
    visit.page.locator(".library a", has_text="Title <img").click()
    visit.page.wait_for_function("document.getElementById('hit') === null")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.__pwned") is None
    assert visit.page.locator("#conversation img, #source img, #side img").count() == 0


def test_nothing_in_a_question_runs_or_loads_and_it_is_shown_as_typed(visit):
    question = (
        "<img src=http://sink.example/q onerror=window.__pwned=1> ![x](http://sink.example/i) "
        "**b** `c` snake_case_name [x](javascript:window.__pwned=2) ```mermaid graph```"
    )
    visit.ask(question)
    assert visit.page.locator("[data-testid=user]").inner_text() == question
    assert visit.page.locator("#history-list li").first.inner_text().startswith("<img src=")
    visit.reload()
    visit.page.locator("#history-list [data-action=open-chat]").first.click()
    visit.answers.first.wait_for()
    assert visit.page.locator("[data-testid=user]").inner_text() == question
    assert visit.page.evaluate("window.__pwned") is None


# ---- the conversation ----


def test_retry_replaces_the_answer_undo_gives_the_question_back(visit):
    visit.ask(AGE)
    with visit.asking():
        visit.page.get_by_role("button", name="Retry").click()
    visit.finished(1)
    assert visit.page.locator("[data-testid=user]").count() == 1
    visit.page.get_by_role("button", name="Undo").click()
    visit.page.wait_for_function("document.querySelector('#question textarea').value !== ''")
    assert visit.field.input_value() == AGE
    expect(visit.answers).to_have_count(0)


def test_an_edited_question_is_asked_anew_and_was_offered_as_typed(visit):
    visit.ask("What is *this* <b>?")
    visit.page.get_by_role("button", name="Edit").click()
    box = visit.page.locator("textarea.edit-textarea")
    box.wait_for()
    visit.page.wait_for_function("!document.querySelector('.edit-textarea').value.includes('&#')")
    assert box.input_value() == "What is *this* <b>?"
    box.fill(AGE)
    visit.page.get_by_role("button", name="Submit", exact=True).first.click()
    visit.chips.first.wait_for()
    visit.finished(1)
    assert visit.page.locator("[data-testid=user]").all_inner_texts() == [AGE]


def test_copy_gives_clean_text_with_numbered_references(visit):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask(AGE)
    visit.page.evaluate("navigator.clipboard.writeText('before')")
    visit.page.get_by_role("button", name="Copy message").last.click()
    visit.page.wait_for_function("async () => await navigator.clipboard.readText() !== 'before'")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    quote = visit.server.ask(AGE)["citations"][0]["quote"]
    assert copied.replace("\r\n", "\n") == (
        f"{quote} [1]\n\nSources\n[1] Italy and the war in Ukraine: “{quote}”"
    )


def test_copy_quote_gives_the_quote_with_its_place(visit):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask(AGE)
    quote = visit.open_chip()
    visit.page.get_by_role("button", name="Copy quote").click()
    visit.page.get_by_role("button", name="Copied").wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{quote}”")
    assert "Italy and the war in Ukraine" in copied


@pytest.mark.parametrize(
    ("kind", "ending"), [("Markdown", "md"), ("HTML", "html"), ("JSON", "json")]
)
def test_a_conversation_is_saved_as_a_file_with_its_sources(visit, kind, ending):
    visit.ask(AGE)
    visit.page.get_by_role("button", name="Export").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=kind).click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == f"conversation.{ending}"
    assert AGE in text
    assert visit.server.ask(AGE)["citations"][0]["quote"] in text


def test_conversations_outlive_a_reload_and_can_be_left_opened_and_deleted(visit):
    visit.ask(AGE)
    visit.page.get_by_role("button", name="New chat").click()
    visit.page.wait_for_function("!document.querySelector('[data-testid=bot]')")
    visit.ask(MOSCOW)
    visit.reload()
    saved = visit.page.locator("#history-list [data-action=open-chat]")
    expect(saved).to_have_text([MOSCOW, AGE])
    visit.answers.first.wait_for()
    saved.nth(1).click()
    expect(visit.page.locator("[data-testid=user]")).to_have_text([AGE])
    assert visit.open_chip().startswith("At 74 years old")
    visit.ask(PLAN)
    assert saved.all_inner_texts() == [AGE, MOSCOW]
    visit.page.get_by_role("button", name=f"Delete conversation: {AGE}").click()
    visit.page.wait_for_function("!document.querySelector('[data-testid=bot]')")
    assert saved.all_inner_texts() == [MOSCOW]


def test_a_new_chat_in_the_middle_of_an_answer_stops_and_keeps_it(visit):
    visit.send(SLOW)
    visit.answers.first.wait_for()
    visit.page.locator("#question .stop-button").wait_for()
    visit.page.get_by_role("button", name="New chat").click()
    visit.page.locator("#conversation .example").first.wait_for()
    saved = visit.page.locator("#history-list [data-action=open-chat]")
    assert saved.all_inner_texts() == [SLOW]
    saved.first.click()
    visit.page.get_by_text("this answer is incomplete").wait_for()
    visit.ask(AGE)
    assert saved.all_inner_texts() == [SLOW]


def test_two_visitors_do_not_see_each_other(chromium, scripted, visit):
    other = Visit(chromium, scripted)
    visit.send(AGE)
    other.send(MOSCOW)
    visit.finished(1)
    other.finished(1)
    assert "Salvini" not in visit.answers.last.inner_text()
    assert "74 years" not in other.page.locator("#conversation").inner_text()
    assert other.page.locator("#history-list li").count() == 1
    other.close()


def test_ticked_documents_are_the_only_ones_asked(visit):
    visit.page.get_by_label("Ask only A large document").check()
    with visit.page.expect_request(
        lambda request: "queue/join" in request.url and "large.txt" in (request.post_data or "")
    ) as asked:
        visit.ask(AGE)
    assert json.loads(asked.value.post_data)["data"][1] == ["large.txt"]


# ---- complaints ----


@pytest.fixture(scope="module")
def complained(tmp_path_factory) -> Iterator[Server]:
    """A page whose complaints go to a file of their own."""
    drafts = tmp_path_factory.mktemp("complaints") / "new" / "drafts.jsonl"
    with running(*SCRIPTED, "0", str(drafts)) as server:
        yield server


@pytest.fixture
def drafts(complained) -> Iterator[Path]:
    """The file of the complaints; neither it nor its folder is there yet."""
    path = Path(complained.command[-1])
    yield path
    if path.parent.is_file():
        path.parent.unlink()
    else:
        shutil.rmtree(path.parent, ignore_errors=True)


def feedback(visitor, name):
    """The button of the last answer."""
    return visitor.page.get_by_role("button", name=name, exact=True).last


def pressed(button, expected) -> None:
    expect(button).to_have_attribute("aria-pressed", expected)


def complain_about_two_answers(visitor, drafts) -> None:
    visitor.ask(AGE)
    pressed(feedback(visitor, "Dislike"), "false")
    feedback(visitor, "Dislike").click()
    pressed(feedback(visitor, "Dislike"), "true")
    assert "complaint-" in visitor.page.get_by_role("alert").inner_text()  # for eight seconds
    visitor.ask(PLAN)
    feedback(visitor, "Wrong citation").dblclick()
    pressed(feedback(visitor, "Wrong citation"), "true")
    pressed(feedback(visitor, "Dislike"), "false")
    first, second = load_cases(drafts)
    age, plan = (visitor.server.ask(question) for question in (AGE, PLAN))
    assert (first.question, first.history) == (AGE, ())
    assert first.evidence == tuple(each["quote"] for each in age["citations"])
    assert first.tags == ("draft", "complaint", "dislike")
    assert (second.question, second.history[0].question) == (PLAN, AGE)
    assert second.history[0].answer.split() == age["text"].split()
    assert second.evidence == tuple(each["quote"] for each in plan["citations"])
    assert second.tags == ("draft", "complaint", "wrong-citation")


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, PHONE], ids=["dark", "phone"])
def test_each_complaint_is_one_draft_case_and_shows_as_pressed(
    chromium, complained, drafts, options
):
    visitor = Visit(chromium, complained, **options)
    complain_about_two_answers(visitor, drafts)
    for name in ("Like", "Dislike", "Wrong citation"):
        box = feedback(visitor, name).bounding_box()
        assert min(box["width"], box["height"]) >= 24
    visitor.reload()
    visitor.answers.nth(1).wait_for()
    pressed(feedback(visitor, "Wrong citation"), "true")
    feedback(visitor, "Wrong citation").click()
    visitor.page.get_by_text("saved already").wait_for()
    assert len(load_cases(drafts)) == 2
    visitor.page.get_by_role("button", name="Undo").last.click()
    visitor.page.wait_for_function("document.querySelectorAll('[data-testid=bot]').length < 2")
    visitor.ask(MOSCOW)
    pressed(feedback(visitor, "Wrong citation"), "false")
    pressed(visitor.page.get_by_role("button", name="Dislike").first, "true")
    visitor.close()


def test_a_complaint_that_cannot_be_saved_is_told_and_does_not_look_saved(
    chromium, complained, drafts
):
    drafts.parent.write_text("a file where a folder should be")
    visitor = Visit(chromium, complained)
    visitor.ask(AGE)
    feedback(visitor, "Dislike").click()
    visitor.page.get_by_text("could not be saved").wait_for()
    pressed(feedback(visitor, "Dislike"), "false")
    visitor.close()


def test_a_like_is_shown_and_goes_nowhere_and_a_refusal_has_no_wrong_citation(visit):
    visit.ask("Who won the world cup?")
    assert not feedback(visit, "Wrong citation").is_visible()
    visit.ask(AGE)
    sent = []
    visit.page.on("request", lambda request: sent.append(request.post_data or request.url))
    feedback(visit, "Like").click()
    pressed(feedback(visit, "Like"), "true")
    feedback(visit, "Like").click()
    pressed(feedback(visit, "Like"), "false")
    assert not [body for body in sent if '"known"' not in body]  # Asked for news of documents.


# ---- looks and access ----


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_serious_accessibility_fault(chromium, scripted, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    visitor = Visit(chromium, scripted, color_scheme=scheme)
    found = [*violations(axe, visitor.page)]
    visitor.ask(MOSCOW)
    visitor.open_chip()
    found += violations(axe, visitor.page)
    visitor.ask("Who won the world cup?")
    found += violations(axe, visitor.page)
    assert found == []
    visitor.close()


def test_on_a_phone_a_tap_brings_the_passage_and_back_the_answer(phone):
    phone.ask(MOSCOW)
    phone.chips.first.tap()
    phone.hit.wait_for()
    box = phone.page.locator("#source-text").bounding_box()
    assert inside(phone.hit.bounding_box(), box)
    assert not phone.field.is_visible()
    phone.page.get_by_role("button", name="Back to answer").tap()
    phone.field.wait_for()


@pytest.mark.parametrize("width", [390, 320])
def test_narrow_screens_do_not_scroll_sideways_and_targets_are_large_enough(
    chromium, scripted, width
):
    visitor = Visit(chromium, scripted, **{**PHONE, "viewport": {"width": width, "height": 700}})
    visitor.ask(MOSCOW)
    assert visitor.page.evaluate(TOO_SMALL) == []
    assert not visitor.page.evaluate(TOO_WIDE)
    visitor.open_chip()
    assert visitor.page.evaluate(TOO_SMALL) == []
    assert not visitor.page.evaluate(TOO_WIDE)
    visitor.close()


def test_at_twice_the_size_everything_is_still_in_reach(chromium, scripted):
    visitor = Visit(
        chromium, scripted, viewport={"width": 640, "height": 400}, reduced_motion="reduce"
    )
    visitor.ask(AGE)
    visitor.open_chip()
    visitor.page.get_by_role("button", name="Back to answer").click()
    assert visitor.field.is_visible()
    smooth = "getComputedStyle(document.querySelector('#source-text')).scrollBehavior"
    assert visitor.page.evaluate(smooth) == "auto"
    visitor.close()


def test_the_theme_can_be_changed_and_is_remembered(visit):
    background = "getComputedStyle(document.body).backgroundColor"
    light = visit.page.evaluate(background)
    visit.page.get_by_role("button", name="Light or dark").click()
    dark = visit.page.evaluate(background)
    assert dark != light
    visit.reload()
    visit.page.wait_for_function(f"dark => {background} === dark", arg=dark)


def test_help_opens_and_closes_by_keyboard(visit):
    visit.page.locator("h1").click()
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.keyboard.press("?")
    visit.page.get_by_role("dialog").wait_for()
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("dialog").wait_for(state="hidden")
    visit.page.wait_for_function("document.activeElement === document.body")
    visit.page.keyboard.press("/")
    visit.page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")


# ---- many at once, and the server going away ----


def test_twenty_people_at_once_are_all_answered(scripted):
    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(scripted.ask, [AGE, MOSCOW] * 10))
    assert [answer["question"] for answer in answers] == [AGE, MOSCOW] * 10
    assert all(answer["citations"] for answer in answers)


def test_a_lost_server_is_announced_and_the_conversation_goes_on_after_its_restart(chromium):
    with running(*SCRIPTED) as server:
        visitor = Visit(chromium, server)
        visitor.ask(AGE)
        server.stop()
        assert server.process.returncode == 0
        visitor.send(MOSCOW)
        visitor.page.get_by_role("alert").wait_for()
        assert visitor.field.input_value() == MOSCOW
        server.start()
        # The page loads again once the server answers: all is as it was.
        visitor.page.wait_for_function("!document.getElementById('lost')")
        visitor.answers.first.wait_for()
        visitor.page.wait_for_function("document.querySelector('#question textarea').value !== ''")
        visitor.field.press("Enter")
        visitor.finished(2)
        assert "stayed at home" in visitor.answers.last.inner_text()
        assert visitor.open_chip(0).startswith("At 74 years old")
        visitor.context.close()  # Requests failed on purpose.


# ---- the real program ----


@pytest.mark.model
def test_a_real_answer_is_cited_and_its_quote_is_highlighted(chromium, real):
    visitor = Visit(chromium, real)
    visitor.ask(AGE)
    answer = real.ask(AGE)
    assert answer["citations"]
    for index, citation in enumerate(answer["citations"]):
        assert visitor.open_chip(index) == citation["quote"]
    shown = visitor.answers.last.inner_text().replace("\xa0", " ")
    assert answer["citations"][0]["quote"].replace("\xa0", " ") in shown
    visitor.close()


@pytest.mark.model
def test_a_real_refusal_cites_nothing_and_suggests_what_is_answered(chromium, real):
    visitor = Visit(chromium, real)
    visitor.ask("Who won the football world cup in 2030?")
    assert visitor.chips.count() == 0
    visitor.page.locator("#conversation .options button").first.click()
    visitor.finished(2)
    assert visitor.chips.count() > 0
    visitor.close()


@pytest.mark.model
def test_a_taken_port_is_one_line_and_the_program_says_where_it_is_and_ends_on_request(real):
    command = [sys.executable, "-m", "ui", "--folder", str(SEEDS), "--port", str(real.port)]
    second = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"Port {real.port}" in second.stderr
    assert "--port" in second.stderr
    output = real.stop()
    assert real.process.returncode == 0
    assert f"http://127.0.0.1:{real.port}" in output
    assert "assistant ask" in output
