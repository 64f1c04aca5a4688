"""What must not happen by a slip of the hand: a conversation lost, a question sent unasked."""

import json
from collections.abc import Iterator

import pytest

from tests.fakes_ui import EXAMPLES, SLOW
from tests.served_ui import SCRIPTED, Server, running
from tests.visits import PATIENCE_MS, PHONE, Visit

pytestmark = pytest.mark.browser

AGE, PLAN, MOSCOW = EXAMPLES
EMPTY = (
    "-c",
    "import sys, tempfile; from pathlib import Path; from tests.fakes_ui import *;"
    " serve_fake(FakeAssistant([]), int(sys.argv[1]), Path(tempfile.mkdtemp()) / 'drafts.jsonl')",
    "PORT",
)
"""The page over an assistant without a document."""

ON_TOP = "([x, y]) => document.elementFromPoint(x, y)?.closest('#side, #conversation, #panel')?.id"
SHOWS = (
    "(asked) => JSON.stringify(asked) === JSON.stringify("
    "[...document.querySelectorAll('[data-testid=user]')].map((each) => each.innerText))"
)
STORED = "() => Object.entries(localStorage).find(([key]) => key.includes('conversations'))?.[1]"


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with running(*SCRIPTED) as server:
        yield server


@pytest.fixture
def phone(chromium, served) -> Iterator[Visit]:
    visitor = Visit(chromium, served, **PHONE)
    yield visitor
    visitor.close()


def questions(visit) -> list[str]:
    return visit.page.locator("[data-testid=user]").all_inner_texts()


def is_kept(visit, *asked: str) -> None:
    """The conversation has these questions, each answered, on the page and in the browser."""
    visit.page.wait_for_timeout(1500)  # for what is wrongly sent to come back
    visit.finished(len(asked))
    visit.page.wait_for_function(SHOWS, arg=[*asked])
    assert all(question in visit.page.evaluate(STORED) for question in asked)
    visit.reload()
    visit.page.wait_for_function(SHOWS, arg=[*asked])


def kept(visit) -> list[list[str]]:
    """The questions of each stored conversation, newest first."""
    return [
        [
            message["content"][0]["text"]
            for message in conversation["messages"]
            if message["role"] == "user"
        ]
        for conversation in json.loads(visit.page.evaluate(STORED) or "[]")
    ]


def second_tab(visit, asked, script=""):
    """Another tab of the same browser, with the newest conversation open."""
    page = visit.context.new_page()
    page.add_init_script(script)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(visit.server.url)
    page.locator("#history-list [data-action=open-chat]").first.click()
    page.wait_for_function(SHOWS, arg=[*asked])
    return page


def centre(locator) -> list[float]:
    box = locator.bounding_box()
    return [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_send_clicked_with_nothing_to_send_leaves_the_conversation(visit, typed):
    visit.ask(AGE)
    visit.field.fill(typed)
    visit.page.get_by_role("button", name="Send").click()
    is_kept(visit, AGE)
    visit.ask(PLAN)
    assert questions(visit) == [AGE, PLAN]


def test_an_empty_question_that_reaches_the_server_leaves_the_conversation(visit):
    visit.ask(AGE)
    # Not typed, so that Gradio knows of nothing, and the page's own check lets it pass.
    visit.page.evaluate("document.querySelector('#question textarea').value = 'x'")
    with visit.page.expect_request(lambda request: "gradio_api" in request.url):
        visit.page.get_by_role("button", name="Send").click()
    is_kept(visit, AGE)


@pytest.mark.parametrize("typed", ["", "   "])
def test_a_question_edited_to_nothing_stays_as_it_was(visit, typed):
    visit.ask(AGE)
    visit.ask(PLAN)
    visit.page.get_by_role("button", name="Edit").first.click()
    box = visit.page.locator("textarea.edit-textarea")
    box.fill(typed)
    visit.page.get_by_role("button", name="Submit", exact=True).first.click()
    is_kept(visit, AGE, PLAN)


def test_a_question_edited_to_nothing_at_the_server_stays_as_it_was(visit):
    visit.ask(AGE)
    visit.ask(PLAN)
    visit.page.get_by_role("button", name="Edit").first.click()
    visit.page.locator("textarea.edit-textarea").fill("")
    visit.page.evaluate("document.querySelector('textarea.edit-textarea').value = 'x'")
    with visit.page.expect_request(lambda request: "gradio_api" in request.url):
        visit.page.get_by_role("button", name="Submit", exact=True).first.click()
    is_kept(visit, AGE, PLAN)


@pytest.mark.parametrize("width", [390, 1024])
def test_the_open_drawer_lies_over_all_of_the_conversation(visit, width):
    visit.page.set_viewport_size({"width": width, "height": 844})
    visit.reload()
    visit.ask(MOSCOW)
    buttons = visit.page.locator("#conversation .message-buttons button").all()
    places = [centre(button) for button in buttons if button.is_visible()]
    visit.page.get_by_role("button", name="Conversations and documents").click()
    side = visit.page.locator("#side").bounding_box()
    covered = [place for place in places if place[0] < side["x"] + side["width"] - 4]
    assert covered
    assert {visit.page.evaluate(ON_TOP, place) for place in covered} == {"side"}


def test_a_tap_beside_the_open_drawer_only_closes_it(phone):
    example = phone.page.locator("#conversation .example").first
    box = example.bounding_box()
    phone.page.get_by_role("button", name="Conversations and documents").tap()
    phone.page.locator(".side-open #side").wait_for()
    phone.page.touchscreen.tap(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    phone.page.wait_for_function("!document.body.classList.contains('side-open')")
    phone.page.wait_for_timeout(500)
    assert questions(phone) == []
    example.tap()
    phone.finished(1)


def test_without_a_document_nothing_is_sent_by_click_either(chromium):
    with running(*EMPTY) as server:
        visitor = Visit(chromium, server)
        visitor.field.fill(AGE)
        visitor.page.get_by_role("button", name="Send").click()
        visitor.page.get_by_text("There are no documents yet: add some").wait_for()
        visitor.page.wait_for_timeout(500)
        assert questions(visitor) == []
        assert visitor.field.input_value() == AGE
        visitor.close()


@pytest.mark.parametrize("by_click", [False, True])
def test_an_over_long_question_is_refused_before_it_is_sent_and_stays_in_the_box(visit, by_click):
    visit.ask(AGE)
    visit.field.fill("x" * 4001)
    if by_click:
        visit.page.get_by_role("button", name="Send").click()
    else:
        visit.field.press("Enter")
    toast = visit.page.get_by_role("alert")
    toast.wait_for()
    assert "4,001 characters" in toast.inner_text()
    assert "4,000" in toast.inner_text()
    assert visit.field.input_value() == "x" * 4001
    is_kept(visit, AGE)
    visit.field.fill("é😀" * 2000)  # 4,000 characters, of which half take two places in JavaScript
    visit.field.press("Enter")
    visit.finished(2)
    assert visit.page.get_by_role("alert").count() == 0


def test_a_question_edited_to_an_over_long_one_is_refused_and_can_be_shortened(visit):
    visit.ask(AGE)
    visit.page.get_by_role("button", name="Edit").first.click()
    box = visit.page.locator("textarea.edit-textarea")
    box.fill("x" * 4001)
    visit.page.get_by_role("button", name="Submit", exact=True).first.click()
    assert "4,001 characters" in visit.page.get_by_role("alert").inner_text()
    box.fill(PLAN)
    with visit.asking():
        visit.page.get_by_role("button", name="Submit", exact=True).first.click()
    visit.finished(1)
    assert questions(visit) == [PLAN]


def test_no_heading_stands_over_questions_that_are_not_there(visit):
    heading = (
        "() => [...document.querySelectorAll('#conversation .options')].map(one =>"
        " [getComputedStyle(one, '::before').content, one.querySelectorAll('button').length])"
    )
    for question in (AGE, PLAN, MOSCOW):
        visit.ask(question)
    drawn = visit.page.evaluate(heading)
    assert [content for content, count in drawn if count == 0 and content != "none"] == []


def test_find_goes_to_the_first_place_while_typing_and_enter_to_the_next(visit):
    visit.open_article()
    field = visit.page.get_by_label("Find in the document")
    field.press_sequentially("ruble accounts")
    visit.page.get_by_text("1 of 1").wait_for()
    in_view = (
        "() => { const [range] = CSS.highlights.get('found-now') ?? [];"
        " const box = document.getElementById('source-text').getBoundingClientRect();"
        " const place = range?.getBoundingClientRect();"
        " return [range?.toString(), place?.top >= box.top && place?.bottom <= box.bottom]; }"
    )
    assert visit.page.evaluate(in_view) == ["ruble accounts", True]
    assert visit.page.evaluate("document.activeElement.className") == "find"
    assert field.input_value() == "ruble accounts"
    field.fill("russia")
    visit.page.get_by_text("1 of ").wait_for()
    field.press("Enter")
    visit.page.get_by_text("2 of ").wait_for()
    field.press("Shift+Enter")
    visit.page.get_by_text("1 of ").wait_for()


def test_an_empty_conversation_is_not_exported(visit):
    export = visit.page.get_by_role("button", name="Export this conversation")
    export.click()
    visit.page.get_by_text("There is nothing to save yet").wait_for()
    assert not visit.page.locator("#export").is_visible()
    visit.ask(AGE)
    export.click()
    visit.page.locator("#export").wait_for()
    assert visit.page.get_by_role("alert").count() == 0
    visit.page.keyboard.press("Escape")


def test_what_one_tab_asks_is_shown_in_another_that_has_the_conversation_open(visit):
    visit.ask(AGE)
    other = second_tab(visit, [AGE])
    visit.ask(PLAN)
    other.wait_for_function(SHOWS, arg=[AGE, PLAN])
    other.close()


def test_two_tabs_that_go_on_with_one_conversation_lose_nothing(visit):
    visit.ask(AGE)
    # As a tab is while it writes an answer of its own.
    deaf = "window.addEventListener('storage', (event) => event.stopImmediatePropagation())"
    other = second_tab(visit, [AGE], deaf)
    visit.ask(PLAN)
    other.get_by_label("Your question").fill(MOSCOW)
    other.get_by_label("Your question").press("Enter")
    visit.page.wait_for_function(f"JSON.parse(({STORED})()).length === 2")
    assert sorted(kept(visit)) == sorted([[AGE, PLAN], [AGE, MOSCOW]])
    other.close()


def test_a_deleted_conversation_can_be_had_back(visit):
    visit.ask(AGE)
    visit.ask(PLAN)
    visit.page.get_by_role("button", name=f"Delete conversation: {AGE}").click()
    visit.page.locator("#conversation .example").first.wait_for()
    assert kept(visit) == []
    visit.page.get_by_role("button", name="Restore").click()
    visit.page.wait_for_function(SHOWS, arg=[AGE, PLAN])
    assert kept(visit) == [[AGE, PLAN]]
    assert not visit.page.get_by_role("button", name="Restore").is_visible()


def test_ticks_outlive_a_reload(visit):
    box = visit.page.locator(".library input[type=checkbox]")
    box.nth(1).check()
    scope = visit.page.locator("#scope").inner_text()
    assert scope.startswith("Asking 1 of")
    visit.page.reload()
    visit.page.wait_for_function(
        "text => document.querySelector('#scope')?.textContent === text", arg=scope
    )
    assert box.nth(1).is_checked()


def begin_slowly(visit):
    """Ask what takes long to answer, and wait for the first words."""
    visit.send(SLOW)
    visit.page.locator("[data-testid=bot]", has_text="In pursuit").wait_for()
    assert visit.page.locator("#question .stop-button").is_visible()


def test_a_conversation_deleted_while_its_answer_is_written_stays_deleted(visit):
    visit.ask(AGE)
    begin_slowly(visit)
    visit.page.get_by_role("button", name=f"Delete conversation: {AGE}").click()
    visit.page.locator("#conversation .example").first.wait_for()
    visit.page.wait_for_timeout(1500)  # for what is wrongly kept to come back
    assert kept(visit) == []
    assert visit.page.locator("#history-list li").count() == 0
    visit.page.get_by_role("button", name="Restore").click()
    visit.page.wait_for_function(SHOWS, arg=[AGE, SLOW])
    assert kept(visit) == [[AGE, SLOW]]
    visit.ask(PLAN)
    assert kept(visit) == [[AGE, SLOW, PLAN]]


def test_a_question_is_not_edited_while_an_answer_is_written(visit):
    visit.ask(AGE)
    begin_slowly(visit)
    # Real clicks wait for what grows beside them to stand still, or miss what moves.
    visit.page.get_by_role("button", name="Edit").first.dispatch_event("click")
    visit.page.locator("textarea.edit-textarea").fill(PLAN)
    submit = visit.page.get_by_role("button", name="Submit", exact=True).first
    submit.dispatch_event("click")
    visit.page.get_by_text("An answer is being written: stop it").wait_for()
    visit.page.get_by_role("button", name="Stop", exact=True).click()
    visit.finished(2)
    with visit.asking():
        submit.click()
    visit.page.wait_for_function(SHOWS, arg=[PLAN])
    visit.finished(1)
    assert kept(visit) == [[PLAN]]


LENGTHEN = """(bytes) => {
  const key = Object.keys(localStorage).find((each) => each.includes("conversations"));
  const [conversation] = JSON.parse(localStorage.getItem(key));
  const { messages } = conversation;
  const [asked, answered] = messages;
  const text = "Правительство обсудило мирный план. ".repeat(50);
  const long = { ...answered, options: null, content: [{ type: "text", text }] };
  while (new Blob([JSON.stringify(messages)]).size < bytes) messages.push(asked, long);
  localStorage.setItem(key, JSON.stringify([conversation]));
  return JSON.stringify(messages).length;
}"""


def test_a_conversation_in_long_letters_ends_in_words_and_can_still_be_saved(visit):
    visit.ask(AGE)
    assert visit.page.evaluate(LENGTHEN, 230_000) < 200_000
    visit.page.reload()
    visit.page.locator("[data-testid=bot]", has_text="Правительство").first.wait_for()
    visit.send(PLAN)
    visit.page.get_by_text("This conversation has become very long").wait_for()
    assert visit.field.input_value() == PLAN
    visit.page.get_by_role("button", name="Export this conversation").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="JSON").click()
    assert "Правительство" in download.value.path().read_text()


def test_what_the_server_finds_too_large_is_said(visit):
    visit.ask(AGE)
    visit.page.evaluate(LENGTHEN, 280_000)
    visit.page.reload()
    visit.page.locator("[data-testid=bot]", has_text="Правительство").first.wait_for()
    visit.page.get_by_role("button", name="Export this conversation").click()
    visit.page.get_by_role("button", name="JSON").click()
    visit.page.get_by_text("start a new chat, or ask less at once").wait_for()
    assert all("413" in fault for fault in visit.faults)
    visit.faults.clear()


def test_escape_leaves_a_changed_question_as_it_was_with_the_focus_beside_it(visit):
    visit.ask(AGE)
    visit.page.get_by_role("button", name="Edit").first.click()
    box = visit.page.locator("textarea.edit-textarea")
    box.fill(PLAN)
    box.press("Escape")
    box.wait_for(state="detached")
    visit.page.wait_for_function("document.activeElement.ariaLabel === 'Edit'")
    assert questions(visit) == [AGE]


def test_escape_closes_the_drawer_with_the_focus_on_its_button(phone):
    opener = phone.page.get_by_role("button", name="Conversations and documents")
    opener.tap()
    phone.page.locator(".side-open #side").wait_for()
    phone.page.get_by_role("button", name="New chat").focus()
    phone.page.keyboard.press("Escape")
    phone.page.wait_for_function("document.activeElement.dataset.action === 'toggle-side'")
    assert opener.get_attribute("aria-expanded") == "false"
