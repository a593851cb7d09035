// Readers that type: one listener for the whole page. It only tells a scan from typing; the server reads the code.
import { tone } from "./sound.js";

const medianGap = () => Number(document.getElementById("camera").dataset.wedgeGap); // ms, a setting of the site
const LONGEST_GAP = 60; // ms; with the AIM prefix slower readers are certain too
const LONGEST_GAP_PREFIXED = 250;
const LEAST_LENGTH = 6;
const TWICE_WITHIN = 700;
const AIM = /^\][A-Za-z]\d/;
const GS = "\u001d"; // many readers send it as Ctrl+]

const NOTHING = { text: "", at: -Infinity };

let burst = { text: "", gaps: [], at: 0, field: null };
let last = NOTHING;

const isField = (element) => element?.matches?.("input, textarea, select");

const begin = (at, field) => {
  burst = { text: "", gaps: [], at, field: null };
  if (isField(field) && "value" in field) {
    burst.field = { field, value: field.value, from: field.selectionStart, to: field.selectionEnd };
  }
};

const isScan = ({ text, gaps }) => {
  if (AIM.test(text)) return true;
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  return text.length >= LEAST_LENGTH && median < medianGap();
};

// What a reader typed into a field is taken back, so that a scan never changes what a person wrote.
const undo = ({ field }) => {
  if (!field) return;
  field.field.value = field.value;
  if (field.from !== null) field.field.setSelectionRange(field.from, field.to);
};

// Every code is sent with how it came. Typed, it is sent with why; the question stands below the field while needed.
const mark = (field, came) => {
  field.dataset.came = came;
  const asked = field.form.querySelector("[data-why-typed]");
  if (!field.form.querySelector("[data-came=typed]")) asked?.remove();
  else if (!asked) field.closest(".field").after(document.getElementById("why-typed").content.cloneNode(true));
};

document.addEventListener("change", ({ target, isTrusted }) => {
  if (isTrusted && target.matches('[data-scan]:not([data-scan="badge"])')) {
    if (target.value === "" || target.value !== target.dataset.read) mark(target, target.value && "typed");
  }
});

document.addEventListener("formdata", ({ target, formData }) => {
  for (const came of ["read", "camera", "typed"]) {
    const fields = [...target.querySelectorAll(`[data-came=${came}]`)].map((field) => field.name);
    if (fields.length) formData.set(came, [...new Set(fields)].join());
  }
});

const fill = (field, text, came) => {
  field.value = text;
  field.dataset.read = text;
  if (field.matches("[data-scan]")) mark(field, came);
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const fields = [...field.form.elements].filter((each) => each.type !== "hidden" && isField(each));
  fields.slice(fields.indexOf(field) + 1).find((each) => !each.value)?.focus();
};

const deliver = (text, came) => {
  const focused = document.activeElement;
  const empty = [...document.querySelectorAll("[data-scan]")].find((field) => !field.value && field.checkVisibility());
  if (focused?.matches("[data-scan]")) return fill(focused, text, came);
  if (empty) return fill(empty, text, came);
  const box = document.querySelector("scan-field");
  if (box) box.send(text);
  else tone("refused");
};

const end = (event) => {
  if (!isScan(burst)) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  undo(burst);
  const { text } = burst;
  const isTwice = text === last.text && event.timeStamp - last.at < TWICE_WITHIN;
  last = { text, at: event.timeStamp };
  if (!isTwice) deliver(text, "read");
  return true;
};

const typed = (event) => {
  if (event.ctrlKey && event.key === "]" && burst.text) return GS;
  const isShortcut = event.ctrlKey || event.altKey || event.metaKey;
  if (event.key.length !== 1 || (isShortcut && !event.getModifierState("AltGraph"))) return "";
  return event.key;
};

const shortcut = (event) => {
  if (event.ctrlKey && event.key === "Enter") document.querySelector("button.go")?.click();
  const box = document.getElementById("scan");
  if (event.key !== "/" || !box || isField(event.target)) return;
  event.preventDefault();
  box.focus();
};

window.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  const gap = event.timeStamp - burst.at;
  const longest = burst.text.startsWith("]") ? LONGEST_GAP_PREFIXED : LONGEST_GAP;
  if (gap > longest) begin(event.timeStamp, event.target);
  if (event.key === "Enter" || event.key === "Tab") {
    if (!end(event)) shortcut(event);
    return begin(0, null);
  }
  const sign = typed(event);
  if (!sign) return shortcut(event);
  if (burst.text) burst.gaps.push(gap);
  else if (event.key === "/") shortcut(event);
  burst.text += sign;
  burst.at = event.timeStamp;
}, { capture: true });

// A reader that sends a code twice does so by itself; after a touch the same code is meant again.
window.addEventListener("pointerdown", () => (last = NOTHING), { capture: true, passive: true });

// The camera is one more reader, loaded when it is first opened.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-camera]");
  if (!button) return;
  const { look } = await import(document.getElementById("camera").dataset.script);
  const field = button.closest(".box")?.querySelector("[data-scan]");
  look((text) => {
    tone("read");
    if (field?.isConnected) fill(field, text, "camera");
    else deliver(text, "camera");
  });
});
if (navigator.mediaDevices?.getUserMedia) document.documentElement.classList.add("has-camera");

customElements.define("scan-field", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.isTyped("true"));
  }

  isTyped(word) {
    const typed = this.querySelector("[name=is_typed]");
    if (typed) typed.value = word;
  }

  send(text) {
    const form = this.querySelector("form");
    this.isTyped("false");
    form.querySelector("input:not([type])").value = text;
    form.requestSubmit();
  }
});
