/* The frame: which pane shows on a small screen, the drawer at the side, theme, messages. */

function byId(id) {
  return document.getElementById(id);
}

function questionField() {
  return document.querySelector("#question textarea");
}

function isAnswering() {
  return document.querySelector("#question .stop-button") !== null;
}

function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function setPane(name) {
  document.body.dataset.pane = name;
  document.querySelectorAll("[data-action=pane]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.pane === name));
  });
}

function setSide(open) {
  document.body.classList.toggle("side-open", open);
  const button = document.querySelector("[data-action=toggle-side]");
  if (button) button.setAttribute("aria-expanded", String(open));
}

// ---- theme: Gradio follows the system, a choice made here is remembered ----

function toggleTheme() {
  const dark = document.body.classList.toggle("dark");
  localStorage.setItem("assistant.theme", dark ? "dark" : "light");
}

function restoreTheme() {
  const saved = localStorage.getItem("assistant.theme");
  if (saved) document.body.classList.toggle("dark", saved === "dark");
}

// ---- a message over the page ----

function announce(id, text) {
  if (byId(id)) return;
  const banner = document.createElement("div");
  banner.id = id;
  banner.className = "banner";
  banner.setAttribute("role", "alert");
  banner.textContent = text;
  document.body.append(banner);
}

function unannounce(id) {
  byId(id)?.remove();
}

// ---- the server going away and coming back ----

const fetchNow = window.fetch.bind(window);

let joined = Promise.resolve({}); // The server's word on the newest question: its number.

window.fetch = async (...request) => {
  try {
    if (isTo(request, "cancel", "reset")) return await fetchNow(...(await numbered(request)));
    const coming = fetchNow(...request);
    if (isTo(request, "queue/join")) joined = coming.then((r) => r.clone().json()).catch(() => ({}));
    const reply = await coming;
    if (reply.status === 413) announce("unsent", await reply.clone().text()); // Too much was sent.
    return reply;
  } catch (error) {
    if (error.name !== "AbortError") serverLost();
    throw error;
  }
};

function isTo([address], ...paths) {
  const { pathname } = new URL(address.url ?? address, location);
  return paths.some((path) => pathname.endsWith(`/gradio_api/${path}`));
}

/** Stop pressed before the server has given the question its number: Gradio would send none. */
async function numbered([address, options]) {
  const body = JSON.parse(options.body);
  body.event_id ??= (await joined).event_id ?? "";
  return [address, { ...options, body: JSON.stringify(body) }];
}

function serverLost() {
  if (byId("lost")) return;
  announce("lost", "Connection to the server was lost. Your conversation is kept; trying again…");
  const timer = setInterval(async () => {
    try {
      await fetchNow("./config", { cache: "no-store" });
      clearInterval(timer);
      location.reload(); // As Gradio would, some time later: what is sent until then would be lost.
    } catch {
      /* Still away. */
    }
  }, 1500);
}

// ---- names that Gradio gets wrong for screen readers ----

/** A message would be named by its whole Markdown, addresses of links included. */
function nameParts() {
  drawFeedback();
  document.querySelectorAll("#conversation [data-testid]").forEach((message) => {
    const name = { user: "Question", bot: "Answer" }[message.dataset.testid];
    if (name && message.getAttribute("aria-label") !== name) {
      message.setAttribute("role", "group");
      message.setAttribute("aria-label", name);
    }
  });
  nameButton("#question .submit-button", "Send");
  nameButton("#question .stop-button", "Stop");
  // Examples are buttons in a role=list, which has no place for them.
  const examples = document.querySelector("#conversation .examples[role=list]");
  if (examples) {
    examples.setAttribute("role", "group");
    examples.setAttribute("aria-label", "Example questions");
  }
}

function nameButton(selector, name) {
  const button = document.querySelector(selector);
  if (button && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
}

function keepNames() {
  const changes = { childList: true, subtree: true, attributeFilter: ["aria-label"] };
  new MutationObserver(nameParts).observe(document.body, changes);
  nameParts();
}
