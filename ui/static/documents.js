/* The list of documents: drawn anew when the folder changes, ticked, filtered, removed from. */

const REFRESH_MS = 2000;
const BUSY_REFRESH_MS = 500;
const MAX_TICKED_BYTES = 40_000; // They go along with each question.

let refresh = () => {}; // Asks the server whether there is something new to draw.
let removeFile = () => {}; // Asks the server to take a document out of the folder.
let asked = 0; // When the server was asked for news; 0 once it has answered.
let busy = false; // Something is being read.
// How the list looked before it is drawn anew; `open` are the files that were not read.
let before = { ticked: [], filter: "", focus: "", open: false };
const ticksKey = "assistant.ticked." + window.assistantFolder;
let toRemove = null; // The document that the dialog is about.

// ---- news ----

function watchDocuments() {
  restoreTicks();
  askForNews();
  setInterval(() => {
    const since = Date.now() - asked;
    if (document.hidden || byId("lost") || since < BUSY_REFRESH_MS) return;
    if (busy || isAdding() || since >= REFRESH_MS) askForNews();
  }, BUSY_REFRESH_MS / 2);
}

function askForNews() {
  asked = Date.now();
  before = look();
  refresh({ known: Number(document.querySelector(".library")?.dataset.version || 0) });
}

/** The server has answered: `{version, reading, fault}`; the list, if new, is drawn already. */
function refreshed(state) {
  if (!state) return;
  busy = state.reading !== null;
  byId("reading").hidden = !busy;
  if (busy) {
    const { name, number, total, share } = state.reading;
    document.querySelector("#reading progress").value = share;
    document.querySelector("#reading p").textContent = `Reading ${name} (${number} of ${total})`;
  }
  byId("fault").hidden = !state.fault;
  byId("fault").textContent = state.fault;
  showModel(state.model, state.llm);
}

function look() {
  const active = document.activeElement;
  const item = active?.closest(".library li");
  const kind = active?.dataset.action ? `[data-action=${active.dataset.action}]` : active?.tagName;
  return {
    ticked: boxes().length ? tickedIds() : before.ticked,
    filter: document.querySelector(".library .filter")?.value || "",
    focus: item ? `li[data-id="${CSS.escape(item.dataset.id)}"] ${kind}` : "",
    open: skipped()?.open || false,
  };
}

/** The files that were not read. */
function skipped() {
  return document.querySelector(".library .skipped");
}

/** The list is new: give it back what the visitor had done to the old one. */
function redrawn() {
  const { ticked, filter, focus, open } = before;
  tick(ticked);
  if (skipped()) skipped().open = open;
  const field = document.querySelector(".library .filter");
  if (field && filter) {
    field.value = filter;
    filterDocuments(filter);
  }
  if (focus && document.activeElement === document.body) {
    document.querySelector(`.library ${focus}`)?.focus();
  }
  if (!hasNoDocuments()) unannounce("unsent");
  sayScope();
  settleAdded();
}

// ---- which are asked ----

function boxes() {
  return [...document.querySelectorAll(".library input[type=checkbox]")];
}

function tickedIds() {
  return boxes().filter((box) => box.checked).map((box) => box.value);
}

/** The ids to answer from; none for all. */
function documentsToAsk() {
  const ids = tickedIds();
  return ids.length === boxes().length ? [] : ids;
}

function tick(ids) {
  boxes().forEach((box) => {
    box.checked = ids.includes(box.value);
  });
}

/** After a reload of this tab. */
function restoreTicks() {
  before.ticked = JSON.parse(sessionStorage.getItem(ticksKey) || "[]");
  tick(before.ticked);
  sayScope();
}

function tickVisible(checked) {
  boxes().forEach((box) => {
    if (!box.closest("li").hidden) box.checked = checked;
  });
  noteTicks();
}

function noteTicks() {
  before.ticked = tickedIds();
  sessionStorage.setItem(ticksKey, JSON.stringify(before.ticked));
  sayScope();
}

function sayScope() {
  const place = byId("scope");
  if (!place) return;
  const all = Number(place.dataset.count);
  const some = documentsToAsk().length;
  const hint = document.querySelector("[data-action=tick-all]") ? "" : "; tick to ask some";
  place.textContent = some ? `Asking ${some} of ${all}` : `Asking all ${all}${hint}`;
}

function hasNoDocuments() {
  const library = document.querySelector(".library");
  return library !== null && !library.querySelector("li[data-name]");
}

function tooManyTicked() {
  return bytesOf(documentsToAsk()) > MAX_TICKED_BYTES;
}

function filterDocuments(words) {
  before.filter = words;
  document.querySelectorAll(".library li[data-name]").forEach((item) => {
    item.hidden = !item.dataset.name.includes(words.toLowerCase());
  });
  byId("no-match").hidden = document.querySelector(".library li[data-name]:not([hidden])") !== null;
}

// ---- removing ----

function askToRemove(button) {
  const item = button.closest("li");
  const title = item.querySelector("a, span").textContent;
  toRemove = item.dataset.id;
  const place = document.querySelector(".adder").dataset.removed;
  byId("remove-text").textContent =
    `“${title}” is moved out of the folder, to ${place}. It is not deleted, ` +
    "and no answer uses it any more.";
  byId("remove").showModal();
}

function removeNow() {
  byId("remove").close();
  const line = newLine(`Removing ${toRemove}…`);
  hand(() => removeFile({ document: toRemove })).then((outcome) => {
    settle(line, outcome.done ? "done" : "bad", outcome.text);
    askForNews();
  });
}
