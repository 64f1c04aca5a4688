/* A page of a PDF as it looks, with the passages marked on it; the switch to its text. */

const modeKey = "assistant.source";

let askPage = async () => ({}); // Asks the server for a page; set when the panel is there.

function sourceMode() {
  return localStorage.getItem(modeKey) === "text" ? "text" : "page";
}

function setSourceMode(mode) {
  localStorage.setItem(modeKey, mode);
  delete byId("sheet")?.dataset.broken; // Asked for again, it may be there again.
  openSheet();
}

/** Show what the panel has in the way that was chosen; a document without pages has only text. */
function openSheet() {
  const sheet = byId("sheet");
  if (!sheet) return;
  const mode = sheet.dataset.broken ? "text" : sourceMode();
  sheet.closest(".source").dataset.mode = mode;
  document.querySelectorAll("[data-action=source-mode]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  });
  if (mode === "page") loadPage(sheet, Number(sheet.dataset.page));
  else scrollTo(byId("source-text"), byId("hit"));
}

function turnPage(step) {
  const sheet = byId("sheet");
  const page = sheet ? Number(sheet.dataset.page) + step : 0;
  if (page >= 1 && page <= Number(sheet.dataset.pages)) loadPage(sheet, page);
}

/** A page is as wide as the panel, or large enough to read its small print. */
function zoomPage(button) {
  const sheet = byId("sheet");
  const isLarge = sheet.classList.toggle("is-large");
  button.setAttribute("aria-pressed", String(isLarge));
  button.textContent = isLarge ? "−" : "+";
  showPlace(sheet);
}

/** Then the keys that turn the page move over it. */
function isEnlarged() {
  return byId("sheet").classList.contains("is-large");
}

function showPlace(sheet) {
  const place = sheet.querySelector(".place.hit");
  scrollTo(sheet, place);
  if (!place) return;
  const left = place.getBoundingClientRect().left - sheet.getBoundingClientRect().left;
  sheet.scrollLeft += left - sheet.clientWidth / 6;
}

async function loadPage(sheet, number) {
  sheet.dataset.page = number;
  sayPage(sheet, number);
  if (sheet.dataset.drawn === String(number)) return;
  const wanted = { link: sheet.dataset.link, links: linksOfAnswer, page: number };
  let page;
  try {
    page = await askPage(wanted);
  } catch {
    page = { reason: "The page could not be loaded." };
  }
  if (!sheet.isConnected || Number(sheet.dataset.page) !== number) return;
  document.querySelector(".page-note").hidden = true;
  if (page.reason) breakSheet(sheet, page.reason);
  else drawPage(sheet, page);
}

function sayPage(sheet, number) {
  const pages = Number(sheet.dataset.pages);
  document.querySelector(".page-now").textContent = `Page ${number} of ${pages}`;
  document.querySelectorAll("[data-action=turn-page]").forEach((button) => {
    const next = number + Number(button.dataset.step);
    button.disabled = next < 1 || next > pages;
  });
}

function drawPage(sheet, page) {
  const paper = sheet.querySelector(".paper");
  const image = paper.querySelector("img");
  const title = byId("source-title").textContent;
  image.src = page.image;
  image.alt = `Page ${page.page} of ${title}`;
  image.hidden = false;
  paper.style.aspectRatio = `${page.width} / ${page.height}`;
  paper.replaceChildren(image, ...page.marks.map(placeOf));
  sheet.dataset.drawn = page.page;
  showPlace(sheet);
}

/** The element over a marked line; `place` is left, top, width and height in percent. */
function placeOf(mark) {
  const element = document.createElement("span");
  element.className = mark.is_active ? "place hit" : "place other";
  const [left, top, width, height] = mark.place.map((share) => `${share}%`);
  Object.assign(element.style, { left, top, width, height });
  return element;
}

/** The text takes the place of a page that cannot be shown, and says why. */
function breakSheet(sheet, reason) {
  sheet.dataset.broken = "true";
  const note = document.querySelector(".page-note");
  note.textContent = `Shown as text: ${reason}`;
  note.hidden = false;
  openSheet();
}
