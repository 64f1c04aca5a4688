/* Every event of the page that is ours, and what Gradio's components call. Comes last. */

let exportAs = () => {}; // Asks the server for the conversation as a file.

const actions = {
  "back": backToAnswer,
  "copy-quote": copyQuote,
  "passage": (button) => show(button.dataset.link),
  "part": (button) => {
    linksOfAnswer = [];
    show(button.dataset.link, Number(button.dataset.part));
  },
  "source-mode": (button) => setSourceMode(button.dataset.mode),
  "zoom-page": zoomPage,
  "turn-page": (button) => turnPage(Number(button.dataset.step)),
  "pane": (button) => setPane(button.dataset.pane),
  "toggle-side": () => setSide(!document.body.classList.contains("side-open")),
  "new-chat": newChat,
  "open-chat": (button) => openStored(button.dataset.id),
  "delete-chat": (button) => remove(button.dataset.id),
  "restore-chat": restore,
  "theme": toggleTheme,
  "feedback": giveFeedback,
  "add-documents": () => picker.click(),
  "remove-document": askToRemove,
  "remove-now": removeNow,
  "dismiss": (button) => button.parentElement.remove(),
  "tick-all": () => tickVisible(true),
  "tick-none": () => tickVisible(false),
  "settings": openSettings,
  "try-model": () => askAboutModel(tryModel),
  "use-model": () => askAboutModel(useModel),
  "help": () => byId("help").showModal(),
  "export": openExport,
  "export-as": (button) => {
    byId("export").close();
    exportAs({ format: button.dataset.format });
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) {
    actions[button.dataset.action]?.(button);
    return;
  }
  const link = event.target.closest('a[href^="#"]');
  if (!link) {
    if (!event.target.closest("#side, dialog")) setSide(false);
    return;
  }
  event.preventDefault();
  if (link.matches(PASSAGE)) follow(link);
  else if (link.matches('a[href^="#open="]')) openDocument(link);
  else if (link.matches('a[href="#add"]')) picker.click();
});

// Before Gradio sees the click.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const box = editBoxOf(button);
    const isSend = button.matches("#question .submit-button");
    if (isSend ? !maySend() : box && !mayEdit(box.value)) withhold(event);
    if (box && !box.value.trim()) button.nextElementSibling.click(); // Cancel.
  },
  true,
);

function withhold(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** The box that this button ends the editing of; null for all others, also for Cancel beside it. */
function editBoxOf(button) {
  const row = button.closest("#conversation .message-row");
  const isFirst = row?.querySelector(".message-buttons button") === button;
  return isFirst ? row.querySelector("textarea.edit-textarea") : null;
}

// Before Gradio sees the key.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === questionField()) {
      if (!maySend()) withhold(event);
    } else if (event.key === "Enter" && event.target.matches(".find")) {
      findNext(event.shiftKey ? -1 : 1);
    } else if (event.target.id === "sheet" && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      if (!isEnlarged()) turnPage(event.key === "ArrowLeft" ? -1 : 1);
    } else if (event.key === "Escape" && !event.target.closest("dialog")) {
      escape(event.target);
    } else if (!event.target.closest("input, textarea, dialog")) {
      shortcut(event);
    }
  },
  true,
);

/** Leave what was begun, with the focus on what began it. */
function escape(target) {
  if (target.matches(".edit-textarea")) return cancelEdit(target.closest(".message-row"));
  if (!document.body.classList.contains("side-open")) return backToAnswer();
  setSide(false);
  document.querySelector("[data-action=toggle-side]").focus();
}

function cancelEdit(row) {
  row.querySelector(".message-buttons button").nextElementSibling.click();
  setTimeout(() => row.querySelector("button[aria-label=Edit]")?.focus(), 50); // Drawn by then.
}

/** A second question while an answer is written would answer the first one twice. */
function maySend() {
  const question = questionField().value;
  if (isAnswering() || !question.trim()) return false;
  return isTaken(whyNotSent() || whyNotRead(question));
}

function mayEdit(question) {
  return question.trim() !== "" && isTaken(whyNotEdited() || whyNotRead(question));
}

/** Say why something is not sent; true when there is nothing to say. */
function isTaken(reason) {
  unannounce("unsent");
  if (reason) announce("unsent", reason);
  return !reason;
}

/** Why no question can be sent now; empty when one can. */
function whyNotSent() {
  if (hasNoDocuments()) return "There are no documents yet: add some, and ask again.";
  if (tooManyTicked()) {
    return "So many documents cannot be asked at once: tick fewer, or all of them.";
  }
  return isTooLong() ? "This conversation has become very long: start a new chat to go on." : "";
}

/** Another answer would run into the one that is being written. */
function whyNotEdited() {
  return isAnswering() ? "An answer is being written: stop it, or wait for its end." : "";
}

/** Why this question would not be read; empty when it would. */
function whyNotRead(question) {
  const count = [...question.trim()].length; // As the server counts: an emoji is one.
  if (count <= window.assistantLongestQuestion) return "";
  const [has, read] = [count, window.assistantLongestQuestion].map((n) => n.toLocaleString("en"));
  return `Not sent: the question has ${has} characters, and at most ${read} are read.`;
}

/** An empty conversation makes no file. */
function openExport() {
  const isEmpty = !document.querySelector("#conversation [data-testid=user]");
  const reason = isEmpty ? "There is nothing to save yet: ask a question first." : "";
  if (isTaken(reason)) byId("export").showModal();
}

function shortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") byId("help")?.showModal();
  if (event.key === "/") {
    event.preventDefault();
    setPane("chat");
    questionField()?.focus();
  }
}

// It does not bubble, and comes after the list was drawn anew.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target === skipped()) before.open = target.open;
  },
  true,
);

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.closest("#settings")) settingChanged(field);
  if (field === questionField()) sessionStorage.setItem(draftKey, field.value);
  if (field === questionField() || field.matches(".edit-textarea")) unannounce("unsent");
  if (field.matches(".find")) find(field.value);
  if (field.matches(".library .filter")) filterDocuments(field.value);
  if (field.matches(".library input[type=checkbox]")) noteTicks();
});

// Gradio fills the edit box with Markdown: show what was typed instead.
document.addEventListener("focusin", (event) => {
  const box = event.target;
  if (!box.matches("textarea.edit-textarea") || box.dataset.decoded) return;
  box.dataset.decoded = "true";
  type(box, plain(box.value));
});

window.addEventListener("storage", (event) => {
  if (event.key === storageKey) keptElsewhere();
});

document.addEventListener("DOMContentLoaded", () => {
  setPane("chat");
  restoreTheme();
});

window.assistantPage = {
  connectViewer(trigger, watch, ask, count) {
    showPassage = trigger;
    askPage = ask;
    countWords = count;
    watch("value", reveal);
  },
  connectHistory(open, makeFile, sendComplaint) {
    openConversation = open;
    exportAs = makeFile;
    complain = sendComplaint;
    resume();
    listConversations();
    keepNames();
    restoreTheme(); // Gradio has set the system's theme by now.
  },
  connectDocuments(sendRefresh, sendFile, sendRemoval) {
    refresh = sendRefresh;
    addFile = sendFile;
    removeFile = sendRemoval;
    watchDocuments();
  },
  connectLibrary(watch) {
    watch("value", redrawn);
  },
  connectSettings(sendTry, sendUse) {
    tryModel = sendTry;
    useModel = sendUse;
  },
  answered,
  refreshed,
  changed,
  opened: () => [toOpen],
  keep,
  download,
  complained,
  /** Called when an answer begins; gives the documents to answer from, none for all, and how. */
  answering() {
    asking = current;
    return [documentsToAsk(), answerChoice()];
  },
  selected() {
    return documentsToAsk();
  },
};
