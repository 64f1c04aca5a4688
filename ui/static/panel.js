/* The source panel: open a passage, go back to the answer, find words, copy a quote. */

const PASSAGE = 'a[href^="#cite="], a[href^="#near="]';

let showPassage = () => {}; // Asks the server for the panel; set when the panel is there.
let cameFrom = null; // The link that was followed, to go back to.
let shown = ""; // What the panel was last asked for; empty until somebody asked.
let sent = ""; // What the server was asked for and has not answered yet.
let linksOfAnswer = []; // All passages of the answer that the link stands in.

function follow(link) {
  const kind = link.getAttribute("href").slice(0, 6); // "#cite=" or "#near="
  const answer = link.closest(".message");
  const all = answer ? [...answer.querySelectorAll(`a[href^="${kind}"]`)] : [];
  linksOfAnswer = [...new Set(all.map((a) => a.getAttribute("href")))];
  cameFrom = link;
  show(link.getAttribute("href"));
}

function openDocument(link) {
  linksOfAnswer = [];
  cameFrom = link;
  show(link.getAttribute("href"));
}

function show(href, part = null) {
  const wanted = { link: href, links: linksOfAnswer, part };
  const isShown = JSON.stringify(wanted) === shown;
  shown = JSON.stringify(wanted);
  markActive(href);
  setSide(false);
  setPane("source");
  sent ||= shown;
  showPassage(wanted);
  if (isShown) reveal(); // The same panel again is no change that Gradio would tell us of.
}

/** Gradio drops what is asked for while an answer is on its way: ask for the newest again. */
function answered() {
  const isOld = sent !== "" && sent !== shown;
  sent = isOld ? shown : "";
  if (isOld) showPassage(JSON.parse(shown));
}

function markActive(href) {
  document.querySelectorAll("a[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
  document.querySelectorAll(PASSAGE).forEach((a) => {
    if (a.getAttribute("href") === href) a.setAttribute("aria-current", "true");
  });
}

/** The panel has changed: bring the passage into view. */
function reveal() {
  CSS.highlights?.clear();
  openSheet();
  if (!shown) return;
  byId("source-title")?.focus({ preventScroll: true });
  const box = byId("source-text");
  if (box) scrollTo(box, byId("hit"));
  findAgain();
}

/** Scroll so that an element or range stands in the upper third; to the top without one. */
function scrollTo(box, target) {
  if (!target) {
    box.scrollTop = 0;
    return;
  }
  const top = target.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += top - box.clientHeight / 3;
}

function backToAnswer() {
  setPane("chat");
  const target = cameFrom?.isConnected ? cameFrom : questionField();
  target?.focus();
  if (target === cameFrom) target?.scrollIntoView({ block: "nearest" });
}

async function copyQuote(button) {
  const title = byId("source-title").textContent;
  const where = document.querySelector(".source-meta").textContent;
  const text = `“${button.dataset.quote}”\n${title} (${where})`;
  button.textContent = await writeClipboard(text).then(() => "Copied", () => "Not copied");
}

// ---- find in the document, without touching it: ranges are painted over the text ----

const TYPING_MS = 200; // Other parts are searched by the server, once the typing pauses.

let countWords = async () => []; // Asks the server how often words stand in each part.
let found = [];
let foundAt = -1;
let foundInParts = []; // How many there are in each part of a long document.
let findLater = null; // Where to go on when another part is shown: `{words, step}`.

function findField() {
  return document.querySelector("#source .find");
}

/** Mark every place of the words as they are typed, and go to the first. */
function find(words) {
  markAll(words);
  if (found.length) goToFound(0);
}

function markAll(words) {
  const wanted = low(words.trim());
  found = wanted ? occurrences(byId("source-text"), wanted) : [];
  foundAt = -1;
  foundInParts = [];
  CSS.highlights?.clear();
  if (found.length) CSS.highlights?.set("found", new Highlight(...found));
  const isWhole = !wanted || !isInParts();
  sayFound(wanted && isWhole ? `${found.length} found` : "");
  if (!isWhole) setTimeout(() => findInParts(words), TYPING_MS);
}

function isInParts() {
  return Number(findField().dataset.parts) > 1;
}

async function findInParts(words) {
  const field = findField();
  if (field?.value !== words) return;
  const counts = await countWords({ link: field.dataset.link, words }).catch(() => []);
  if (findField() !== field || field.value !== words) return;
  foundInParts = counts;
  if (counts.length) foundInParts[Number(field.dataset.part)] = found.length;
  sayWhereFound();
}

function findNext(step) {
  const next = foundAt < 0 && step < 0 ? found.length - 1 : foundAt + step;
  if (isInParts() && (next < 0 || next >= found.length) && findInOtherPart(step)) return;
  if (found.length) goToFound((next + found.length) % found.length);
}

/** Bring one of the places into view; the focus stays where it is. */
function goToFound(at) {
  foundAt = at;
  CSS.highlights?.set("found-now", new Highlight(found[foundAt]));
  scrollTo(byId("source-text"), found[foundAt]);
  sayWhereFound();
}

/** Show the next part that has the words; false where no other has them. */
function findInOtherPart(step) {
  const { value, dataset } = findField();
  const here = Number(dataset.part);
  const around = foundInParts.map((_, at) => here + step * (at + 1));
  const parts = around.map((at) => (at + foundInParts.length) % foundInParts.length);
  const part = parts.find((at) => at !== here && foundInParts[at] > 0);
  if (part === undefined) return false;
  findLater = { words: value, step, counts: foundInParts };
  linksOfAnswer = [];
  show(dataset.link, part);
  return true;
}

/** Go on in a part that was shown because the words are in it. */
function findAgain() {
  const field = findField();
  if (!findLater || !field) return;
  const { words, step, counts } = findLater;
  findLater = null;
  field.value = words;
  markAll(words);
  foundInParts = counts;
  field.focus({ preventScroll: true });
  findNext(step);
}

function sayWhereFound() {
  const part = Number(findField().dataset.part);
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  const all = foundInParts.length ? sum(foundInParts) : found.length;
  if (foundAt < 0) sayFound(`${all} found`);
  else sayFound(`${sum(foundInParts.slice(0, part)) + foundAt + 1} of ${all}`);
}

function sayFound(text) {
  const counter = document.querySelector(".find-count");
  if (counter) counter.textContent = text;
}

/** In lower case, and as long as before: one letter would become two. */
function low(text) {
  return text.replaceAll("İ", "i").toLowerCase();
}

/** A range for each place in `box` where `words` stand, however they are spaced; a passage border
    may fall into one. The server counts in the same way (ui/find.py). */
function occurrences(box, words) {
  const { nodes, text } = textIn(box);
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(escaped.replace(/\s+/g, "\\s+"), "g");
  const places = [...low(text).matchAll(pattern)];
  return places.map(({ 0: { length }, index }) => rangeOf(nodes, index, index + length));
}

/** The text of the document in `box`, with a space between blocks and cells; each of its nodes
    with the place where it starts. */
function textIn(box) {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  let before = null;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const block = node.parentElement.closest(":not(mark)");
    if (block.closest(".part-bar, .page")) continue; // Not the document's.
    if (block !== before) text += " ";
    before = block;
    nodes.push([text.length, node]);
    text += node.data;
  }
  return { nodes, text };
}

function rangeOf(nodes, start, end) {
  const range = document.createRange();
  range.setStart(...place(nodes, start));
  range.setEnd(...place(nodes, end - 1));
  range.setEnd(range.endContainer, range.endOffset + 1);
  return range;
}

/** The text node that holds the character at `at`, and its offset there. */
function place(nodes, at) {
  let low = 0;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (nodes[middle][0] <= at) low = middle;
    else high = middle - 1;
  }
  return [nodes[low][1], at - nodes[low][0]];
}
