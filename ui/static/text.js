/* Our Markdown back to text. The scripts of this folder are joined into one function, in the order
   of ui/server.py, so that they share their names. No text of a document, question or answer ever
   becomes HTML in any of them: it is set with textContent, or decoded in a textarea. */

const CHIP = /(\u00a0?)\[\[(\d+)\]\]\(#cite=[^\s)]+ "([^"]*)"\)/g;
const SOURCE = /\[\[(\d+)\]\]\(#cite=[^\s)]+ "([^"]*)"\)( p\. \d+)?/g;

/** Text with its character references decoded. */
function plain(markdown) {
  const area = document.createElement("textarea");
  area.innerHTML = markdown.replace(/</g, "&lt;");
  return area.value;
}

/** An answer as text with [n], then each source with its quote; other text as it was typed. */
function cleanText(markdown) {
  const [body, below = ""] = markdown.split("\n\n---\n\n");
  const text = body
    .replace(CHIP, (_, space, number) => `${space && " "}[${number}]`)
    .replace(/\*/g, "") // Only our own are not character references.
    .replace(/^> /gm, "");
  const sources = below.split("\n").flatMap(sourcesOfLine);
  sources.sort((a, b) => a.number - b.number);
  const list = sources.map((source) => source.text).join("\n");
  return plain(list ? `${text}\n\nSources\n${list}` : text).trim();
}

function sourcesOfLine(line) {
  const title = line.replace(/^- /, "").split(" [[")[0];
  return [...line.matchAll(SOURCE)].map(([, number, quote, page = ""]) => ({
    number: Number(number),
    text: `[${number}] ${title}${page}: ${quote}`,
  }));
}

const clipboard = navigator.clipboard; // Browsers have none on a page that came without HTTPS.
const writeNow = clipboard?.writeText.bind(clipboard);

/** Copy, in the way that works here. Says so, and rejects, where none does. */
async function writeClipboard(text) {
  unannounce("uncopied");
  try {
    await (writeNow ?? copySelected)(text);
  } catch (error) {
    announce("uncopied", "The browser did not copy this: select the text, and copy it by key.");
    throw error;
  }
}

/** Copy by the command that the keys give, for which the text has to be selected. */
async function copySelected(text) {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  if (!isDone) throw new DOMException("copying is not allowed", "NotAllowedError");
}

// Gradio's copy buttons hand over the Markdown of a message.
const writeClean = (text) => writeClipboard(cleanText(text));
if (clipboard) clipboard.writeText = writeClean;
else Object.defineProperty(navigator, "clipboard", { value: { writeText: writeClean } });
