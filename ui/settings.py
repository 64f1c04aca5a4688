"""The dialog of settings: how this visitor is answered, and which language model writes. Pure.

The first is each visitor's own. The second is the program's, for everyone who uses it, so only who
sits at the computer that serves the page may change it: the program opens the address or the file
that is named there.
"""

from assistant.llm.endpoint_key import KEY_VARIABLE
from assistant.llm.load import GGUF, OPENAI_LIKE
from assistant.llm_settings import LlmSettings
from ui.choice import MAX_SENTENCES
from ui.shelf import Shelf

EXAMPLE_URL = "http://localhost:11434/v1"


def settings_html(shelf: Shelf) -> str:
    """The dialog; what was chosen is filled in by the browser."""
    model = _model_form() if shelf.is_local else _model_told()
    return (
        '<dialog id="settings" aria-labelledby="settings-title">'
        '<h2 id="settings-title">Settings</h2>'
        f"{_answers(shelf.engine.settings.answer.max_sentences)}{model}"
        '<form method="dialog"><button>Close</button></form></dialog>'
    )


def _answers(usual: int) -> str:
    numbers = "".join(f"<option>{number}</option>" for number in range(1, MAX_SENTENCES + 1))
    return (
        '<fieldset id="answer-settings"><legend>Answers</legend>'
        '<p class="hint">For you alone; kept in this browser.</p>'
        '<label class="choice"><input type="radio" name="written" value="no">'
        "<span>Word for word<small>Sentences of the documents, unchanged: nothing can be made up."
        "</small></span></label>"
        '<label class="choice"><input type="radio" name="written" value="yes" disabled>'
        '<span><span id="writer">Written by a language model</span>'
        "<small>Each sentence is checked against the documents, and left out where they do not "
        "say it.</small></span></label>"
        '<label class="line">At most <select id="sentences">'
        f'<option value="">{usual} (usual)</option>{numbers}</select> sentences</label>'
        '<p class="hint">In a word-for-word answer to a question of fact. More gives context, '
        "fewer is to the point.</p></fieldset>"
    )


def model_fields(llm: LlmSettings) -> dict[str, str]:
    """What stands in the fields of the dialog for these settings, by field."""
    is_file = llm.use.startswith(GGUF)
    return {
        "kind": "gguf" if is_file else llm.use,
        "url": llm.url,
        "name": llm.model,
        "file": llm.use.removeprefix(GGUF) if is_file else "",
    }


def _model_form() -> str:
    options = "".join(
        f'<option value="{value}">{text}</option>'
        for value, text in (
            ("", "None: answers are word for word"),
            (OPENAI_LIKE, "A server (Ollama, vLLM, LM Studio, a hosted service)"),
            ("gguf", "A GGUF file, in this program"),
        )
    )
    return (
        '<fieldset id="model-settings"><legend>Language model</legend>'
        '<p class="hint">For everyone who uses this page, until the program ends.</p>'
        f'<select id="model-kind" aria-label="Language model">{options}</select>'
        f'<div class="of-server">{_field("model-url", "Address", EXAMPLE_URL)}'
        f"{_field('model-name', 'Model', 'qwen3:8b')}"
        '<p class="hint">Questions and passages are sent to this address, and with them the key in '
        f"the variable <code>{KEY_VARIABLE}</code> of this program, if there is one. It is never "
        "typed in here, shown or stored.</p></div>"
        f'<div class="of-file">{_field("model-file", "File", "~/models/model.gguf")}'
        '<p class="hint">Nothing leaves this computer.</p></div>'
        '<p class="buttons"><button type="button" data-action="try-model">Test</button>'
        '<button type="button" data-action="use-model">Use it</button></p>'
        '<div id="model-outcome" role="status"></div></fieldset>'
    )


def _model_told() -> str:
    return (
        '<fieldset id="model-settings"><legend>Language model</legend>'
        '<p id="model-told">None: answers are word for word.</p>'
        '<p class="hint">Set by whoever runs this page, for everyone.</p></fieldset>'
    )


def _field(identity: str, label: str, example: str) -> str:
    return (
        f'<label class="line" for="{identity}">{label}</label><input type="text" id="{identity}" '
        f'placeholder="{example}" '
        'autocomplete="off" spellcheck="false">'
    )
