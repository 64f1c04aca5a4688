/* Settings: how this visitor is answered, kept here; the language model, asked of the server. */

const choiceKey = "assistant.answers.v1";

let tryModel = () => {}; // Asks the server to try a language model,
let useModel = () => {}; // and to use it.

/** How to answer: `{sentences, written}`, null for what the program was started with. */
function answerChoice() {
  try {
    const { sentences = null, written = null } = JSON.parse(localStorage.getItem(choiceKey)) || {};
    return { sentences, written };
  } catch {
    return { sentences: null, written: null };
  }
}

function openSettings() {
  showChoice();
  showFields();
  byId("settings").showModal();
}

function showChoice() {
  const { sentences, written } = answerChoice();
  const [plainWords, inOwnWords] = document.querySelectorAll("#settings [name=written]");
  byId("sentences").value = sentences || "";
  inOwnWords.checked = !inOwnWords.disabled && written !== false;
  plainWords.checked = !inOwnWords.checked;
}

function showFields() {
  const kind = byId("model-kind");
  if (!kind) return;
  document.querySelector("#settings .of-server").hidden = kind.value !== "openai-like";
  document.querySelector("#settings .of-file").hidden = kind.value !== "gguf";
  document.querySelector("#settings [data-action=try-model]").hidden = !kind.value;
  const use = document.querySelector("#settings [data-action=use-model]");
  const isUsed = Boolean(document.querySelector("#settings [name=written][value=yes]").dataset.model);
  use.textContent = kind.value ? "Use it" : "Use none";
  use.hidden = !kind.value && !isUsed;
}

function settingChanged(field) {
  if (field.closest("#model-settings")) {
    showFields();
    byId("model-outcome").replaceChildren();
    return;
  }
  const inOwnWords = document.querySelector("#settings [name=written][value=yes]");
  localStorage.setItem(choiceKey, JSON.stringify({
    sentences: Number(byId("sentences").value) || null,
    written: inOwnWords.disabled ? answerChoice().written : inOwnWords.checked,
  }));
}

/** Who writes, told with each news of the server, empty for nobody; and by which settings. */
function showModel(name, llm) {
  const inOwnWords = document.querySelector("#settings [name=written][value=yes]");
  if (!inOwnWords || inOwnWords.dataset.model === name) return;
  // The first news may come late: what somebody types in by then stays.
  const isTypedIn = inOwnWords.dataset.model === undefined && !name && byId("settings").open;
  inOwnWords.dataset.model = name;
  inOwnWords.disabled = !name;
  byId("writer").textContent = name ? `Written by ${name}` : "Written by a language model (none)";
  const told = byId("model-told");
  if (told && name) told.textContent = name;
  if (llm && byId("model-kind") && !isTypedIn) {
    Object.entries(llm).forEach(([field, value]) => {
      byId(`model-${field}`).value = value;
    });
    showFields();
  }
  showChoice();
}

async function askAboutModel(ask) {
  const buttons = document.querySelectorAll("#model-settings button");
  const fields = {
    kind: byId("model-kind").value,
    url: byId("model-url").value,
    name: byId("model-name").value,
    file: byId("model-file").value,
  };
  tellOfModel("busy", fields.kind ? "Asking it for one word…" : "Turning it off…");
  buttons.forEach((button) => { button.disabled = true; });
  const { done, text, command } = await hand(() => ask(fields));
  buttons.forEach((button) => { button.disabled = false; });
  const used = ask === useModel && done;
  tellOfModel(done ? "done" : "bad", `${used ? "In use. " : ""}${text}`);
  if (command) tellCommand(command);
  if (used) askForNews();
}

function tellOfModel(kind, text) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  byId("model-outcome").replaceChildren(line);
}

/** How to have it again: the page writes no settings. */
function tellCommand(command) {
  const line = document.createElement("p");
  const code = document.createElement("code");
  code.textContent = command;
  line.append("To have it each time, start with ", code);
  byId("model-outcome").append(line);
}
