/* Conversations: kept in this browser, for this folder, and nowhere else. */

const MAX_CONVERSATIONS = 100;
const MAX_CHARACTERS = 2_000_000; // Of all together: browsers give an origin about 5 MB.
const MAX_SENT_BYTES = 200_000; // Of one: it goes along with each question, of 256 KB in all.
const PATIENCE_MS = 10_000; // For a stopped answer to be kept; a lost server never says so.
const storageKey = "assistant.conversations.v1." + window.assistantFolder;
const draftKey = storageKey + ".draft";

let openConversation = () => {}; // Asks Gradio to take what `opened` returns.
let current = sessionStorage.getItem(storageKey) || newId();
let asking = null; // The conversation whose answer is being written.
let toOpen = [];
const seen = new Map(); // By conversation: when what this tab shows of it was kept.
let removed = null; // The conversation that was deleted last.
const deleted = new Set(); // The ids of those that were deleted and are to stay so.

function newId() {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
}

function load() {
  try {
    const saved = JSON.parse(localStorage.getItem(storageKey) || "[]");
    return Array.isArray(saved) ? saved : [];
  } catch {
    return [];
  }
}

/** Save, newest first; what does not fit is dropped from the end. */
function store(conversations) {
  const kept = [];
  let size = 0;
  for (const conversation of conversations.slice(0, MAX_CONVERSATIONS)) {
    size += JSON.stringify(conversation).length;
    if (size > MAX_CHARACTERS && kept.length) break;
    kept.push(conversation);
  }
  try {
    localStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    announce("full", "This browser’s storage is full: the conversation is not kept.");
  }
  listConversations();
}

function keep(messages) {
  const saved = load();
  const id = ownId(asking || current, saved);
  asking = null;
  sessionStorage.setItem(storageKey, current);
  sessionStorage.setItem(draftKey, questionField()?.value || "");
  if (deleted.has(id)) return keepDeleted(id, messages);
  const others = saved.filter((conversation) => conversation.id !== id);
  if (!messages?.length) return store(others);
  const first = messages.find((message) => message.role === "user");
  const title = first ? plain(textOf(first)).replace(/\s+/g, " ").slice(0, 80) : "Conversation";
  const before = saved.find((conversation) => conversation.id === id);
  const marks = marksThatStill(before, messages);
  seen.set(id, Date.now());
  store([{ id, title, updated: seen.get(id), messages, marks }, ...others]);
  if (id === current) showMarks(marks);
}

/** It was deleted while its answer was written: what there is of that can be had back with it. */
function keepDeleted(id, messages) {
  if (removed?.id === id && messages?.length) removed = { ...removed, messages };
}

/** A new id where another tab went on with the conversation meanwhile: so both are kept. */
function ownId(id, saved) {
  const found = saved.find((conversation) => conversation.id === id);
  if (!found || !seen.has(id) || seen.get(id) === found.updated) return id;
  const own = newId();
  if (id === current) current = own;
  return own;
}

/** Another tab has kept something: show it, if it is of the conversation that is open here. */
function keptElsewhere() {
  const found = load().find((conversation) => conversation.id === current);
  const isNew = found !== undefined && found.updated !== seen.get(current);
  if (isNew && !asking && !isAnswering()) switchTo(current, found.messages);
  else listConversations();
}

function textOf(message) {
  const content = message.content;
  if (typeof content === "string") return content;
  return (content || []).map((part) => part.text || "").join("");
}

/** True when one more question would be more than the server takes. */
function isTooLong() {
  const found = load().find((conversation) => conversation.id === current);
  return found !== undefined && bytesOf(found.messages) > MAX_SENT_BYTES;
}

/** How many bytes are sent of it: a letter may be several. */
function bytesOf(value) {
  return new Blob([JSON.stringify(value)]).size;
}

function openStored(id) {
  const found = load().find((conversation) => conversation.id === id);
  if (found) switchTo(id, found.messages);
}

function newChat() {
  switchTo(newId(), []);
  questionField()?.focus();
}

/** Show another conversation; an answer that is being written is stopped and kept first. */
function switchTo(id, messages, waited = 0) {
  if ((asking || isAnswering()) && !byId("lost") && waited < PATIENCE_MS) {
    if (waited === 0) document.querySelector("#question .stop-button")?.click();
    setTimeout(() => switchTo(id, messages, waited + 50), 50);
    return;
  }
  asking = null;
  current = id;
  toOpen = messages;
  const found = load().find((conversation) => conversation.id === id);
  if (found) seen.set(id, found.updated);
  showMarks(found?.marks || []);
  sessionStorage.setItem(storageKey, id);
  unannounce("unsent");
  openConversation();
  setSide(false);
  setPane("chat");
  listConversations();
}

/** After a reload, and after the server was lost and is back. */
function resume() {
  if (!byId("conversation") || !questionField()) {
    setTimeout(resume, 30);
    return;
  }
  openStored(current);
  const draft = sessionStorage.getItem(draftKey);
  if (draft) type(questionField(), draft);
}

function remove(id) {
  const saved = load();
  removed = saved.find((conversation) => conversation.id === id);
  deleted.add(id);
  store(saved.filter((conversation) => conversation.id !== id));
  byId("removed").hidden = !removed;
  if (id === current) newChat();
}

function restore() {
  deleted.delete(removed.id);
  const others = load().filter((conversation) => conversation.id !== removed.id);
  store([...others, removed].sort((one, other) => other.updated - one.updated));
  byId("removed").hidden = true;
  openStored(removed.id);
}

function listConversations() {
  const list = byId("history-list");
  if (!list) return;
  const conversations = load();
  list.replaceChildren(...conversations.map(historyItem));
  byId("history-empty").hidden = conversations.length > 0;
}

function historyItem(conversation) {
  const item = document.createElement("li");
  const open = actionButton(conversation.title, "open-chat", conversation.id);
  open.title = new Date(conversation.updated).toLocaleString();
  if (conversation.id === current) open.setAttribute("aria-current", "true");
  const drop = actionButton("×", "delete-chat", conversation.id);
  drop.setAttribute("aria-label", `Delete conversation: ${conversation.title}`);
  item.append(open, drop);
  return item;
}

function actionButton(text, action, id) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.dataset.action = action;
  button.dataset.id = id;
  return button;
}

/** Offer a file made by the server: `{name, type, text}`. */
function download(file) {
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}
