/* Like, Dislike and Wrong citation under each answer. A complaint goes to the server, which keeps
   it as a draft case, and looks pressed once it is kept; a Like stays in this browser. Gradio's own
   buttons show the third only under a mouse, report it twice, and look pressed whatever happened. */

const REASONS = { "like": "Like", "dislike": "Dislike", "wrong-citation": "Wrong citation" };
const NOTICE_MS = 8000;

let complain = () => {}; // Tells the server of a complaint.
let complaint = null; // The one that the server has not answered yet.
let marks = []; // "MESSAGE/REASON" of each pressed button of this conversation.

function drawFeedback() {
  const messages = document.querySelectorAll(
    "#conversation [data-testid=user], #conversation [data-testid=bot]",
  );
  messages.forEach((message, at) => {
    const place = message.closest(".message-row")?.querySelector(".message-buttons");
    if (message.dataset.testid !== "bot" || !place) return;
    const group = place.querySelector(".feedback") || newFeedback(place);
    group.hidden = isAnswering() && at === messages.length - 1;
    for (const button of group.children) drawButton(button, at, message);
  });
}

function newFeedback(place) {
  const group = document.createElement("div");
  group.className = "feedback";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Feedback on this answer");
  for (const [reason, name] of Object.entries(REASONS)) {
    const button = actionButton(name, "feedback", "");
    button.dataset.reason = reason;
    group.append(button);
  }
  place.append(group);
  return group;
}

function drawButton(button, at, message) {
  const { reason } = button.dataset;
  button.dataset.message = at;
  button.setAttribute("aria-pressed", String(marks.includes(`${at}/${reason}`)));
  if (reason === "like") button.disabled = isDisliked(at);
  if (reason === "wrong-citation") button.hidden = !message.querySelector('a[href^="#cite="]');
}

function isDisliked(at) {
  return marks.includes(`${at}/dislike`) || marks.includes(`${at}/wrong-citation`);
}

function giveFeedback(button) {
  const { message, reason } = button.dataset;
  if (reason === "like") {
    const like = `${message}/like`;
    const others = marks.filter((mark) => mark !== like);
    setMarks(current, marks.includes(like) ? others : [...others, like]);
    return;
  }
  if (complaint) return;
  complaint = { conversation: current, message: Number(message), reason };
  const sent = complaint;
  // A lost server never answers.
  setTimeout(() => {
    if (complaint === sent) complaint = null;
  }, PATIENCE_MS);
  complain({ message: sent.message, reason });
}

/** The server has answered: `{index, reason, saved, text}`. */
function complained(notice) {
  const sent = complaint;
  complaint = null;
  if (notice.saved && sent?.message === notice.index && sent.reason === notice.reason) {
    const found = load().find((conversation) => conversation.id === sent.conversation);
    const mark = `${sent.message}/${sent.reason}`;
    const others = (found?.marks || []).filter((m) => ![mark, `${sent.message}/like`].includes(m));
    setMarks(sent.conversation, [...others, mark]);
  }
  unannounce("feedback");
  announce("feedback", notice.text);
  const banner = byId("feedback");
  banner.classList.toggle("saved", notice.saved);
  setTimeout(() => banner.remove(), NOTICE_MS);
}

function setMarks(id, wanted) {
  store(load().map((one) => (one.id === id ? { ...one, marks: wanted } : one)));
  if (id === current) showMarks(wanted);
}

function showMarks(wanted) {
  marks = wanted;
  drawFeedback();
}

/** The marks of messages before the first one that has changed. */
function marksThatStill(before, messages) {
  const old = before?.messages || [];
  const same = old.findIndex((one, at) => !messages[at] || textOf(one) !== textOf(messages[at]));
  return (before?.marks || []).filter((mark) => same < 0 || Number.parseInt(mark, 10) < same);
}
