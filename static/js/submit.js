// Forms sent by htmx: the feedback line, refusals beside their field, and what became of a lost answer.
import { tone } from "./sound.js";

const PENDING = "pending"; // of an open submit only its key and page are kept, no patient data
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

const lineOf = (form) => form?.querySelector("[data-feedback]");

export const say = (line, state, words) => {
  if (!line) return;
  line.dataset.state = state;
  line.textContent = words;
};

const keyOf = (form) => form.querySelector('[name="request_key"]')?.value;

// One question, asked until it is answered: was the command with this key carried out?
const ask = async (line, key, wait = FIRST_WAIT) => {
  const answer = await fetch(`/commands/${key}`).catch(() => null);
  if (answer?.ok) say(line, "saved", "Saved. Load the page again to see it.");
  else if (answer?.status === 404) say(line, "lost", "Not saved. Send it again; it cannot be entered twice.");
  else return setTimeout(ask, wait, line, key, Math.min(wait * 2, LONGEST_WAIT));
  sessionStorage.removeItem(PENDING);
};

const point = (form, refusal) => {
  const field = form?.elements[refusal.dataset.field];
  if (!(field instanceof HTMLElement)) return;
  refusal.id = "refusal";
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", "refusal");
  const reason = field.closest("details");
  if (reason) reason.open = true;
  field.focus();
};

const settle = (isElsewhere) => {
  if (isElsewhere) scrollTo(0, 0);
  const page = document.getElementById("page");
  (page.querySelector("[data-focus]") ?? page.querySelector("[autofocus]"))?.focus();
  if (page.querySelector(".hero .word")) tone("match");
  if (page.querySelector(".halt .sign-stop")) tone("stop");
};

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.request.form;
  if (ctx.request.method === "GET" || !form) return;
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  say(lineOf(form), "sending", "Sending");
  sessionStorage.setItem(PENDING, JSON.stringify({ key: keyOf(form), path: location.pathname }));
});

document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
  if (ctx.request.method === "GET") return;
  sessionStorage.removeItem(PENDING);
  const { raw } = ctx.response;
  if (raw.redirected) ctx.push = "true";
  ctx.isElsewhere = new URL(raw.url).pathname !== location.pathname;
  if (!ctx.hx.retarget) return;
  ctx.select = null;
  ctx.hx.retarget = lineOf(ctx.request.form) ?? ctx.hx.retarget;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const form = ctx.request.form;
  const refusal = lineOf(form)?.querySelector(".refusal");
  if (!form || ctx.request.method === "GET") return;
  if (refusal && form.isConnected) {
    delete lineOf(form).dataset.state;
    tone("refused");
    point(form, refusal);
  } else {
    settle(ctx.isElsewhere);
  }
});

// An answer that is no page of ours must not wipe the page: its words stand in the feedback line.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (!ctx.select || !main || main.fragment.childElementCount) return;
  event.preventDefault();
  const isPlain = ctx.response.headers.get("content-type")?.startsWith("text/plain");
  say(lineOf(ctx.request.form), "lost", isPlain ? ctx.text : "Not saved. Load the page again.");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx?.request?.form || ctx.request.method === "GET") return;
  const line = lineOf(ctx.request.form);
  say(line, "unknown", "Unknown whether this was saved. Checking.");
  ask(line, keyOf(ctx.request.form));
});

const open = JSON.parse(sessionStorage.getItem(PENDING));
if (open?.key) {
  const line = document.querySelector("[data-feedback]") ?? document.getElementById("offline");
  line.hidden = false;
  say(line, "unknown", `Unknown whether the last entry was saved. Checking.`);
  ask(line, open.key);
}
