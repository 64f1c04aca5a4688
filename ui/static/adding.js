/* Files that are added: chosen or dropped, looked at, sent one after the other, followed until they
   are read. The server looks at each again. */

const PATIENCE_FOR_CHANGE_MS = 180_000; // For a file on a slow disk, or a model that is loaded.
const DONE_MS = 8000;

let addFile = () => {}; // Tells the server of a file that has arrived.
let handed = null; // Called with what became of the one change that the server was asked for.
let waiting = []; // Files still to be sent.
let sending = false;

const picker = document.createElement("input");
picker.type = "file";
picker.multiple = true;
picker.addEventListener("change", () => {
  addFiles([...picker.files]);
  picker.value = "";
});

function isAdding() {
  return document.querySelector("#adding .busy") !== null;
}

function mayAdd() {
  return document.querySelector(".adder[data-max]") !== null;
}

async function addFiles(files) {
  if (!mayAdd()) return;
  setSide(true);
  waiting.push(...files);
  if (sending) return;
  sending = true;
  while (waiting.length) await add(waiting.shift());
  sending = false;
}

async function add(file) {
  const line = newLine(`Sending ${file.name}…`);
  const fault = faultOf(file);
  if (fault) return settle(line, "bad", `${file.name}: ${fault}`);
  try {
    const path = await send(file, (share) => {
      const more = waiting.length ? `, ${waiting.length} more` : "";
      say(line, `Sending ${file.name}: ${Math.round(100 * share)} %${more}`);
    });
    const outcome = await hand(() => addFile({ path, name: file.name }));
    if (!outcome.document) return settle(line, outcome.done ? "done" : "bad", outcome.text);
    line.dataset.document = outcome.document;
    line.dataset.sent = file.name;
    say(line, outcome.text);
  } catch (reason) {
    return settle(line, "bad", `${file.name}: ${reason.message}`);
  }
  askForNews();
  return settleAdded();
}

/** Why it is not worth sending; empty when it is. */
function faultOf(file) {
  const { types, max, kinds } = document.querySelector(".adder").dataset;
  const suffix = /\.[^.]+$/.exec(file.name)?.[0].toLowerCase() || "";
  if (!types.split(" ").includes(suffix)) {
    const what = suffix ? `${suffix} files are not read` : "its name does not say what it is";
    return `${what}. These are: ${kinds}.`;
  }
  if (file.size === 0) return "it is empty.";
  if (file.size > Number(max)) {
    const megabytes = (bytes) => `${Math.ceil(bytes / 1e6)} MB`;
    return `it has ${megabytes(file.size)}, at most ${megabytes(max)} are read. Split it.`;
  }
  return "";
}

/** Send a file; gives where the server has put it. */
function send(file, onShare) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("files", file, "file"); // Its name goes along later, untouched.
    const request = new XMLHttpRequest();
    request.open("POST", "./gradio_api/upload");
    request.upload.onprogress = (event) => onShare(event.loaded / event.total);
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText)[0]);
      else reject(new Error(refusalOf(request)));
    };
    request.onerror = () => reject(new Error("could not be sent. Is the program still running?"));
    request.send(form);
  });
}

function refusalOf(request) {
  if (request.status === 413) return "it is too large. Split it.";
  if (request.status === 401) return "you are logged out. Load the page again.";
  return "the server could not save it. Is its disk full?";
}

/** Ask the server for one change, and wait for what became of it. */
async function hand(ask) {
  while (handed) await new Promise((resolve) => setTimeout(resolve, 50));
  const outcome = new Promise((resolve) => {
    handed = resolve;
    setTimeout(() => resolve({ done: false, text: "No word from the server: load the page again." }),
      PATIENCE_FOR_CHANGE_MS);
  });
  ask();
  const result = await outcome;
  handed = null;
  return result;
}

/** The server has answered: `{done, document, text}`; the document, if it is still to be read. */
function changed(outcome) {
  if (outcome) handed?.(outcome);
}

// ---- what is said of each ----

function newLine(text) {
  const line = document.createElement("p");
  line.className = "busy";
  line.append(document.createElement("span"));
  say(line, text);
  byId("adding").append(line);
  return line;
}

function say(line, text) {
  line.firstChild.textContent = text;
}

/** The last word on a file: a good one goes away by itself, a bad one is dismissed. */
function settle(line, kind, text) {
  say(line, text);
  line.className = kind;
  if (kind === "done") {
    setTimeout(() => line.remove(), DONE_MS);
    return;
  }
  const button = actionButton("×", "dismiss", "");
  button.setAttribute("aria-label", "Dismiss");
  line.append(button);
}

/** Files that were added and are in the list by now, or have turned out not to be readable. */
function settleAdded() {
  document.querySelectorAll("#adding .busy[data-document]").forEach((line) => {
    const name = line.dataset.document;
    const item = document.querySelector(`.library li[data-id="${CSS.escape(name)}"]`);
    if (!item) return;
    const reason = item.closest(".skipped") && item.querySelector(".facts").textContent;
    if (reason) settle(line, "bad", `${name} cannot be read: ${reason}. It is listed below.`);
    else if (name === line.dataset.sent) settle(line, "done", `${name} can be asked now.`);
    else settle(line, "done", `${line.dataset.sent} is called ${name} here, and can be asked now.`);
  });
}

// ---- dropping ----

let depth = 0; // How many elements that are dragged over have been entered and not left.

function dragsFiles(event) {
  return [...(event.dataTransfer?.types || [])].includes("Files");
}

function showDrop(shown) {
  document.body.classList.toggle("dropping", shown && mayAdd());
  if (!shown) depth = 0;
}

document.addEventListener("dragenter", (event) => {
  if (!dragsFiles(event)) return;
  depth += 1;
  showDrop(true);
});
document.addEventListener("dragleave", (event) => {
  if (!dragsFiles(event)) return;
  depth -= 1;
  if (depth <= 0) showDrop(false);
});
// Without these two the browser would leave the page and show the file.
document.addEventListener("dragover", (event) => {
  if (!dragsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = mayAdd() ? "copy" : "none";
});
document.addEventListener(
  "drop",
  (event) => {
    if (!dragsFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    showDrop(false);
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
    const files = items.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
    if (items.some(isFolder) && mayAdd()) {
      settle(newLine(""), "bad", "Folders cannot be dropped: choose the files in them.");
    }
    addFiles(files);
  },
  true,
);
