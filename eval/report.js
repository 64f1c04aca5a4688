"use strict";
// Shows the cases that the chosen filters allow. The state of the filters is in the page only.
const form = document.getElementById("filters");
const cases = Array.from(document.querySelectorAll("details.case"));
const shown = document.getElementById("shown");

function allowed(element, choice, tag, words) {
  const data = element.dataset;
  if (choice === "failed" && data.failed !== "yes") return false;
  if (choice === "flipped" && !data.flip) return false;
  if (choice === "unscored" && data.unscored !== "yes") return false;
  if (tag && !data.tags.split("\n").includes(tag)) return false;
  const text = element.firstElementChild.textContent.toLowerCase();
  return words.every((word) => text.includes(word));
}

function apply() {
  const state = new FormData(form);
  const words = String(state.get("words")).toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const element of cases) {
    element.hidden = !allowed(element, state.get("choice"), state.get("tag"), words);
    if (!element.hidden) count += 1;
  }
  shown.textContent = `${count} of ${cases.length} cases`;
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
apply();
