import pytest

from assistant.compose import REFUSAL
from assistant.types import Turn
from assistant.understand.followup import (
    context_of,
    in_conversation,
    may_be_new,
    names_in,
    refers_back,
    repeated,
    without_opener,
)
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.question import content_terms, understand
from assistant.understand.topics import asks_for_topic, role_of
from assistant.wording.answer_type import AnswerType, answer_type_of, holds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is this about?", Kind.OVERVIEW),
        ("what's this article about", Kind.OVERVIEW),
        ("Summarise the article", Kind.OVERVIEW),
        ("Can you summarize this document for me?", Kind.OVERVIEW),
        ("Give me a short summary.", Kind.OVERVIEW),
        ("What is the main argument of the text?", Kind.OVERVIEW),
        ("tl;dr", Kind.OVERVIEW),
        ("What are the key takeaways for someone who has no time to read it?", Kind.OVERVIEW),
        ("Summarise the author’s main argument in a few sentences.", Kind.OVERVIEW),
        ("Summarize this in one sentence", Kind.OVERVIEW),
        ("Summarize the article in one paragraph", Kind.OVERVIEW),
        ("Sum up the report in 3 short sentences, please", Kind.OVERVIEW),
        ("A summary of at most 50 words", Kind.OVERVIEW),
        ("Explain the article to me", Kind.OVERVIEW),
        ("Can you explain this document in simple words?", Kind.OVERVIEW),
        ("What is the author's opinion?", Kind.OVERVIEW),
        ("What’s the author’s main view?", Kind.OVERVIEW),
        ("What does the author conclude?", Kind.OVERVIEW),
        ("What does the writer think?", Kind.OVERVIEW),
        ("What does the article conclude?", Kind.OVERVIEW),
        ("What is the final conclusion of the report?", Kind.OVERVIEW),
        ("Sum the piece up for me", Kind.OVERVIEW),
        ("Walk me through the article", Kind.OVERVIEW),
        ("Boil the article down to three sentences", Kind.OVERVIEW),
        ("What should I take away from this?", Kind.OVERVIEW),
        ("What topics does it cover?", Kind.OVERVIEW),
        ("What is discussed here?", Kind.OVERVIEW),
        ("Give me the highlights", Kind.OVERVIEW),
        ("Give me the gist in plain English", Kind.OVERVIEW),
        ("Explain the article to a 5 year old", Kind.OVERVIEW),
        ("Summarize it" + " in simple terms" * 200 + " x", Kind.FACT),
        ("Summarize it in short sentences", Kind.OVERVIEW),
        ("Walk me through the setup", Kind.FACT),
        ("Break down the costs", Kind.FACT),
        ("What should I know about the harbour?", Kind.FACT),
        ("What are the highlights of the trip?", Kind.FACT),
        ("What topics does the course cover?", Kind.FACT),
        ("What is the author's opinion of the harbour?", Kind.FACT),
        ("What does the author conclude about the harbour?", Kind.FACT),
        ("What is the position of the harbour?", Kind.FACT),
        ("Explain the fire in one sentence", Kind.FACT),
        ("Explain that", Kind.FACT),
        ("Give me an overview of the harbour", Kind.FACT),
        ("What is the main argument against the harbour?", Kind.FACT),
        ("Hi there!", Kind.GREETING),
        ("Bye!", Kind.THANKS),
        ("Hello, how are you?", Kind.GREETING),
        ("hello?? anyone there", Kind.GREETING),
        ("How are you going to pay for it?", Kind.FACT),
        ("thank you so much", Kind.THANKS),
        ("Great, thx!", Kind.THANKS),
        ("ok", Kind.THANKS),
        ("OK, that makes sense. Thanks for your help :)", Kind.THANKS),
        ("That's great, thanks!", Kind.THANKS),
        ("Got it, thanks 👍", Kind.THANKS),
        ("Thank you, bye", Kind.THANKS),
        ("Perfect - many thanks…", Kind.THANKS),
        ("Good sense", Kind.FACT),
        ("fine", Kind.FACT),
        ("Good?", Kind.FACT),
        ("So much for that", Kind.FACT),
        ("Thanks to whom?", Kind.FACT),
        ("What is good for you?", Kind.FACT),
        ("all right " * 2000 + "good x", Kind.FACT),
        ("What can you do?", Kind.HELP),
        ("help", Kind.HELP),
        ("What can you do for me?", Kind.HELP),
        ("Can you help me?", Kind.HELP),
        ("Could you please help us?", Kind.HELP),
        ("What can you help me with?", Kind.HELP),
        ("Hi! What can you do?", Kind.HELP),
        ("good morning, what can you do?", Kind.HELP),
        ("Hello there! How does this work?", Kind.HELP),
        ("Can you help me find the harbour?", Kind.FACT),
        ("What can you do for the harbour?", Kind.FACT),
        ("What is the plan about?", Kind.FACT),
        ("What is the capital of France?", Kind.FACT),
        ("Hi, who wrote this?", Kind.FACT),
        ("What is the main export of Peru?", Kind.FACT),
    ],
)
def test_kind(text, kind):
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who built it?", AnswerType.PERSON),
        ("How old is Draghi?", AnswerType.NUMBER),
        ("how many parties are there", AnswerType.NUMBER),
        ("In what year did it open?", AnswerType.TIME),
        ("Where was he?", AnswerType.PLACE),
        ("Why did it fail?", AnswerType.REASON),
        ("Did he travel?", AnswerType.YES_NO),
        ("Describe the plan", AnswerType.ANY),
    ],
)
def test_answer_type(text, expected):
    assert answer_type_of(text) is expected


def test_a_sentence_holds_what_its_type_asks_for():
    assert holds(AnswerType.NUMBER, "It has 14 cranes.")
    assert not holds(AnswerType.NUMBER, "It has cranes.")
    assert holds(AnswerType.PERSON, "It was built by Clara Voss.")
    assert not holds(AnswerType.PERSON, "It was built quickly.")
    assert holds(AnswerType.TIME, "On June 1 it opened.")
    assert holds(AnswerType.YES_NO, "anything")


def test_content_terms_leave_out_function_words():
    terms = content_terms("How many of the parties are there?", str.split)
    assert terms == ("parties",)
    assert content_terms("Everything it says about everybody in Lumen", str.split) == ("Lumen",)


HISTORY = [Turn("Who is the prime minister?", "According to a.txt: “Mario Draghi is.” [1]")]


@pytest.mark.parametrize(
    "text",
    [
        *("How old is he?", "And why?", "What about France?", "Why?"),
        *("Since when?", "By what margin?", "for how many years", "On whose complaint?"),
        *("How come?", "no, the other man", "No, in Rome", "Who pays the rest?"),
        *("Why so late?", "Any arrests?", "how many refused", "Which two?", "did the judge?"),
        *("Can I take some over?", "Are there any?", "What if I live in Canada?", "how soon?"),
    ],
)
def test_follow_ups_take_words_from_the_last_turn(text):
    assert refers_back(text)
    assert "Mario Draghi" in context_of(text, HISTORY)
    assert "minister" in context_of(text, HISTORY)


@pytest.mark.parametrize(
    "text",
    [
        "When does the oil ban take effect?",
        "By what margin was France beaten?",
        "In which countries do storks nest?",
        "How many ministers refused?",
        "Did the judge resign?",
        "what is nato",
        *("Andorra has how many people?", "Solar panels cost how much?", "Who is Sophia Voss?"),
        *("Soil erosion is what?", "Button size?", "Do some cranes float?"),
        "And Salvini, how old is he?",
        "What about Salvini, where was he born?",
    ],
)
def test_a_question_that_stands_alone_takes_nothing(text):
    assert context_of(text, HISTORY) == ""


def test_a_question_that_names_its_person_may_refer_to_more():
    assert "minister" in context_of("Did Salvini say why he opposed it?", HISTORY)


def test_without_history_there_is_no_context():
    assert context_of("How old is he?", []) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "According to The Harbour Act: “Clara Voss runs it.” [1]",
        "According to The Harbour Act:\n- “Clara Voss runs it.” [1]\n- “She is 50.” [2]",
        "From each:\n\nThe Harbour Act:\n- “Clara Voss runs it.” [1]",
    ],
)
def test_the_title_of_a_source_is_not_what_was_spoken_of(answer):
    history = [Turn("Who runs the harbour?", answer)]
    assert context_of("How old is she?", history) == "runs harbour Clara Voss"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("What happens if I don't?", True),
        ("What is paid once they do?", True),
        ("What does the tenant do?", False),
    ],
)
def test_what_ends_in_a_bare_verb_refers_back(text, is_one):
    assert refers_back(text) == is_one


def test_a_chain_of_follow_ups_reaches_back():
    history = [*HISTORY, Turn("How old is he?", "“At 74 years old …” [1]")]
    assert "minister" in context_of("And his party?", history)


def test_the_reader_is_given_the_question_before_and_the_names_of_its_answer():
    history = (Turn("Who runs  the harbour?", "“Clara Voss runs it.” [1]"),)
    asked = in_conversation("How old is she?", str.split, history)
    assert asked.text == "How old is she? runs harbour Clara Voss"
    assert asked.read == "How old is she? (Who runs the harbour? Clara Voss)"
    chain = (*history, Turn("Is she rich?", "“She owns 14 cranes.” [1]"))
    asked = in_conversation("Since when?", str.split, chain)
    assert asked.read == "Since when? (Is she rich? runs harbour Clara Voss)"


def test_the_reader_is_given_a_name_whose_letters_stand_in_a_word_of_the_turn_before():
    history = [Turn("Who is close to Macron?", "Ron is. [1]")]
    asked = in_conversation("How old is he?", str.split, history)
    assert asked.read == "How old is he? (Who is close to Macron? Ron)"


@pytest.mark.parametrize(
    "again",
    [
        "Are you sure?",
        "Are  you sure?",
        "Really? Are you sure?",
        "How do you know?",
        "Which page is that on?",
        "are you really sure about that",
        "Really?",
        "Is that true?",
        "Where does it say that?",
        "Where exactly does the article say so?",
        "In which paragraph does it say that?",
        "Can you quote it again, please?",
        "What’s your source?",
        "Which sentence says that?",
        "Where did you get that from?",
        "Show me the passage",
        "Repeat that",
    ],
)
def test_who_asks_for_the_answer_again_asks_the_question_before(again):
    history = [
        Turn("Who is he?", "Ron."),
        Turn("How old is he?", "74. [1]"),
        Turn("Really?", "74."),
    ]
    assert repeated(again, history) == ("How old is he?", history[:1])
    assert repeated(again, []) == (again, [])
    assert repeated(again, [Turn(" ", "74.")])[0] == again


@pytest.mark.parametrize(
    "other",
    [
        "Is it true that he resigned?",
        "Are you sure he is 74?",
        "Really, how old is he?",
        "Where does it say that he is 74?",
        "In which year did he say that?",
        "What is the evidence?",
        "What’s the proof for that?",
        "Where does the minister say that?",
        "Where is the law stated?",
        "Where did he find it?",
        "Where can I get it?",
        "Which sentence did he get?",
        "What is the source of the Nile?",
        "Say more about that",
        "Show me Hungary",
        "Is he sure?",
        "In which place was that?",
        "Which line is it on?",
        "Which page was it?",
        "Really? How old is he?",
        "How do you know Draghi?",
        "?!",
    ],
)
def test_who_asks_something_else_does_not(other):
    assert repeated(other, [Turn("How old is he?", "74. [1]")])[0] == other


def test_turns_that_only_ask_again_are_no_part_of_the_talk():
    first = Turn("How old is he?", "74. [1]")
    history = [first, *[Turn("Really?", "74. [1]")] * 5000]
    assert repeated("And his wife?", history) == ("And his wife?", [first])


def test_what_asks_nothing_is_passed_over_unless_there_is_nothing_else():
    asked = Turn("How old is he?", "74. [1]")
    history = [
        Turn("Hi!", "Hello."),
        asked,
        Turn("Great, thanks!", "You are welcome."),
        Turn("", ""),
    ]
    assert repeated("Are you sure?", history) == ("How old is he?", [])
    assert repeated("And his wife?", history) == ("And his wife?", [asked])
    assert repeated("And his wife?", history[:1]) == ("And his wife?", [Turn("", "")])
    first = [Turn("Source?", "The bridge was opened in 1931. [1]")]
    assert repeated("Why is that?", first) == ("Why is that?", first)
    assert repeated("Are you sure?", first) == ("Are you sure?", first)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Change of topic: who runs it?", "who runs it?"),
        ("OK, changing the subject - who runs it?", "who runs it?"),
        ("By the way, who runs it?", "who runs it?"),
        ("And another thing: who runs it?", "who runs it?"),
        ("One last question. Who runs it?", "Who runs it?"),
        ("One thing, not two, decided it: what?", "One thing, not two, decided it: what?"),
        ("A question-and-answer session?", "A question-and-answer session?"),
        ("The last question: who asked it?", "The last question: who asked it?"),
        ("Another question", "Another question"),
        ("By the way:", "By the way:"),
        (
            "Changing the subject of the talks, who won?",
            "Changing the subject of the talks, who won?",
        ),
    ],
)
def test_an_opener_is_no_part_of_the_question(text, asked):
    assert without_opener(text) == asked
    [turn] = repeated("And why?", [Turn(text, "Nobody knows.")])[1]
    assert turn.question == asked


def test_a_refusal_says_no_names():
    refused = f"{REFUSAL} The closest passages found are in Lumen Harbour."
    history = [Turn("Who runs the harbour?", refused)]
    asked = in_conversation("How old is she?", str.split, history)
    assert asked.read == "How old is she? (Who runs the harbour?)"
    assert asked.said == frozenset()
    assert not any("Lumen" in name for name in asked.referents)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("And when was the tower painted?", True),
        ("Did the chain ferry to Sandgate get its licence?", True),
        ("What did the mayor leave when he died?", False),
        ("And when was it painted?", False),
        ("Did they get a new chain for the ferry?", False),
        ("And the fare?", False),
        ("OK, so right, the fare then?", False),
        ("And more?", False),
        ("And what's the fare?", False),
        ("And what’s the fare then?", False),
        ("And - the fare?", False),
        ("And the one before?", False),
        ("Which one was built first?", True),
        ("Did the vice-president?", False),
        ("", False),
    ],
)
def test_what_says_enough_may_be_about_something_new(text, may_be):
    assert may_be_new(text) is may_be


@pytest.mark.parametrize("words", ["can you please ", "please and but ", "the exact ", "  "])
def test_a_long_question_is_soon_known_not_to_ask_again(words):
    text = words * 1500
    assert repeated(text, [Turn("How old is he?", "74. [1]")])[0] == text


def test_a_question_that_stands_alone_is_read_as_it_is():
    history = (Turn("Who runs the harbour?", "“Clara Voss runs it.” [1]"),)
    asked = in_conversation("When did the  lighthouse burn down?", str.split, history)
    assert asked.read == asked.text == "When did the lighthouse burn down?"


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("What role does Clara Voss play in all this?", "Clara Voss"),
        ("and what part did the harbour play", "the harbour"),
        ("Where does the mayor come in?", "the mayor"),
        ("How do the goats fit into this", "the goats"),
        ("how is Lumen involved in the affair?", "Lumen"),
        ("What does Otto Brandt have to do with it?", "Otto Brandt"),
        ("What role does Clara Voss play in the harbour?", ""),
        ("What does Otto Brandt have to do with the mill?", ""),
        ("What role did the surgeon take on stage?", ""),
        ("How does the ball come in through the window?", ""),
        ("What role does she play?", ""),
        ("What role does" + " " * 20_000 + "x", ""),
        ("What role does" + " a" * 20_000, ""),
    ],
)
def test_a_role_in_nothing_in_particular_is_a_topic(text, whom):
    assert role_of(text) == whom
    assert asks_for_topic(text) == bool(whom)
    if whom:
        asked = understand(text, str.split)
        assert asked.text == asked.read == f"What about {whom}?"


def test_names_are_ordered_by_how_often_they_stand():
    assert names_in("Then Rome fell. Mario Draghi saw Rome.")[:2] == ["Rome", "Mario Draghi"]


@pytest.mark.parametrize(
    "text",
    [
        "What does it say about Hungary?",
        "what does the author write about the harbour",
        "Tell me more about Clara Voss",
        "Everything the article says about Germany, please: what does the article say about it?",
        "What about the mill?",
        "What does the handbook say about sickness?",
    ],
)
def test_a_question_that_only_names_a_topic_is_known(text):
    assert asks_for_topic(text)


@pytest.mark.parametrize(
    "text",
    [
        "Who governs Hungary?",
        "What about Draghi, how old is he?",
        "What did Clara Voss say about the mill?",
        "How much does the stall cost?",
    ],
)
def test_one_that_asks_for_something_is_not_taken_for_a_topic(text):
    assert not asks_for_topic(text)


def test_long_nonsense_costs_no_time():
    assert kind_of("good thanks " * 90 + "x") is Kind.FACT
    assert kind_of("hello" + " " * 1900 + "x") is Kind.FACT
    assert not asks_for_topic("what it say " * 330)
    assert not refers_back("any " + "-" * 19_000 + " x")
