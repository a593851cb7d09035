let audio;
const note = (hertz, from, length) => {
const wave = audio.createOscillator();
const gain = audio.createGain();
wave.frequency.value = hertz;
gain.gain.value = 0.25;
wave.connect(gain).connect(audio.destination);
wave.start(audio.currentTime + from);
wave.stop(audio.currentTime + from + length);
};
const TONES = {
read: [[[880, 0, 0.08]], [30]],
match: [[[660, 0, 0.12], [990, 0.14, 0.18]], [60]],
stop: [[[180, 0, 0.7]], [200, 100, 200, 100, 200]],
refused: [[[220, 0, 0.15]], []],
};
const tone = (kind) => {
const [notes, pattern] = TONES[kind];
audio ??= new AudioContext();
notes.forEach((each) => note(...each));
if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
};
const PENDING = "pending"; // of an open submit only its key and page are kept, no patient data
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const lineOf = (form) => form?.querySelector("[data-feedback]");
const say = (line, state, words) => {
if (!line) return;
line.dataset.state = state;
line.textContent = words;
};
const keyOf = (form) => form.querySelector('[name="request_key"]')?.value;
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
const undo = ({ field }) => {
if (!field) return;
field.field.value = field.value;
if (field.from !== null) field.field.setSelectionRange(field.from, field.to);
};
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
window.addEventListener("pointerdown", () => (last = NOTHING), { capture: true, passive: true });
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
customElements.define("num-pad", class extends HTMLElement {
connectedCallback() {
this.addEventListener("focusin", ({ target }) => this.readings.includes(target) && this.choose(target));
this.addEventListener("pointerdown", (event) => event.target.closest(".pad") && event.preventDefault());
this.addEventListener("click", (event) => this.press(event));
if (this.readings.includes(document.activeElement)) this.choose(document.activeElement);
}
get readings() {
return [...this.querySelectorAll(".read input")];
}
get active() {
return this.chosen?.isConnected ? this.chosen : this.readings.find((each) => !each.value) ?? this.readings[0];
}
choose(reading) {
this.chosen = reading;
reading.select();
}
press(event) {
const key = event.target.closest("[data-key]");
if (key) this.write(this.active, key.dataset.key);
else if (event.target.closest(".pad .go")) this.next(event);
}
write(reading, key) {
this.chosen = reading;
reading.focus();
const isDelete = key === "delete";
const to = reading.selectionEnd;
const from = isDelete && reading.selectionStart === to ? Math.max(to - 1, 0) : reading.selectionStart;
reading.setRangeText(isDelete ? "" : key, from, to, "end");
reading.dispatchEvent(new Event("input", { bubbles: true }));
}
next(event) {
const empty = this.readings.find((each) => each.required && !each.value);
if (!empty) return;
event.preventDefault();
empty.focus();
}
});
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
customElements.define("plate-grid", class extends HTMLElement {
connectedCallback() {
this.rows = [...this.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
this.live = this.querySelector("[role=status]");
this.rows.flat().forEach((well, at) => (well.tabIndex = at ? -1 : 0));
this.addEventListener("focusin", ({ target }) => this.place(target) && this.enter(target));
this.addEventListener("keydown", (event) => this.move(event));
this.addEventListener("paste", (event) => this.paste(event));
}
place(well) {
const row = this.rows.findIndex((each) => each.includes(well));
return row < 0 ? null : [row, this.rows[row].indexOf(well)];
}
enter(well) {
this.rows.flat().forEach((each) => (each.tabIndex = -1));
well.tabIndex = 0;
well.select();
if (this.live) this.live.textContent = `${well.getAttribute("aria-label")} ${well.value || "empty"}`;
}
move(event) {
const place = this.place(event.target);
const step = STEPS[event.key];
if (!place || !step) return;
const { selectionStart: from, selectionEnd: to, value } = event.target;
const isWhole = from === 0 && to === value.length;
if (step[1] === -1 && !isWhole && to > 0) return;
if (step[1] === 1 && !isWhole && from < value.length) return;
event.preventDefault();
this.rows[place[0] + step[0]]?.[place[1] + step[1]]?.focus();
}
paste(event) {
const place = this.place(event.target);
const lines = event.clipboardData.getData("text").replace(/\r?\n$/, "").split(/\r?\n/);
const table = lines.map((line) => line.split(/[\t;]/));
if (!place || (table.length === 1 && table[0].length === 1)) return;
event.preventDefault();
table.forEach((cells, row) => cells.forEach((cell, column) => {
const well = this.rows[place[0] + row]?.[place[1] + column];
if (well) well.value = cell.trim();
}));
}
});
customElements.define("count-down", class extends HTMLElement {
connectedCallback() {
this.ends = performance.now() + this.dataset.seconds * 1000;
this.timer = setInterval(() => this.show(), 250);
this.show();
}
disconnectedCallback() {
clearInterval(this.timer);
}
show() {
const left = Math.max(Math.ceil((this.ends - performance.now()) / 1000), 0);
if (!left) return this.finish();
const minutes = Math.floor(left / 60);
const words = `${minutes ? `${minutes}\u00a0min\u00a0` : ""}${left % 60}\u00a0s`;
const place = this.querySelector("[data-left]");
if (place && place.textContent !== words) place.textContent = words;
}
finish() {
clearInterval(this.timer);
this.dataset.over = "";
this.setAttribute("role", "status");
this.textContent = this.dataset.after;
document.querySelectorAll("[data-while-held]").forEach((each) => (each.hidden = true));
document.querySelectorAll("[data-when-over]").forEach((each) => (each.hidden = false));
}
});
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const spell = (text) => {
const [, year, month, day] = text.match(/^(\d{4})-(\d\d)-(\d\d)/) ?? [];
const isReal = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === Number(day);
return isReal && MONTHS[month - 1] ? `${day}\u00a0${MONTHS[month - 1]}\u00a0${year}` : "";
};
document.addEventListener("input", ({ target }) => {
if (!target.matches("[data-date]")) return;
target.closest(".field").querySelector("output").textContent = spell(target.value);
});
const PROBE_EVERY = 5000;
const lock = () => document.getElementById("lock");
let seenAt = Date.now();
let probing = null;
const band = (isOffline) => {
const line = document.getElementById("offline");
if (isOffline === !line.hidden) return;
const clock = new Date().toTimeString().slice(0, 5);
line.hidden = !isOffline;
line.textContent = isOffline ? `No connection since ${clock}. Cannot check now. Use the downtime procedure.` : "";
document.documentElement.classList.toggle("is-offline", isOffline);
};
const probe = async () => {
const isBack = await fetch("/static/icon.svg", { method: "HEAD", cache: "no-store" }).then(() => true, () => false);
band(!isBack);
if (!isBack) return;
clearInterval(probing);
probing = null;
};
const lost = () => {
band(true);
probing ??= setInterval(probe, PROBE_EVERY);
};
window.addEventListener("offline", lost);
window.addEventListener("online", probe);
document.addEventListener("htmx:error", ({ detail }) => detail.error instanceof TypeError && lost());
for (const sign of ["pointerdown", "keydown"]) {
window.addEventListener(sign, () => (seenAt = Date.now()), { capture: true, passive: true });
}
setInterval(() => {
const allowed = Number(document.querySelector("[data-idle-seconds]")?.dataset.idleSeconds);
if (!allowed || Date.now() - seenAt < allowed * 1000) return;
document.getElementById("page").hidden = true;
if (!probing) lock()?.requestSubmit();
}, 1000);
const BACK = "back";
const back = document.querySelector(".door [name=back]");
if (back) back.value = sessionStorage.getItem(BACK) ?? "/";
window.addEventListener("pagehide", () => {
if (!document.querySelector(".door")) sessionStorage.setItem(BACK, location.pathname + location.search);
});
document.addEventListener("click", ({ target }) => {
const choice = target.closest?.("[data-set-theme]");
if (!choice) return;
const theme = choice.dataset.setTheme;
if (theme) localStorage.setItem("theme", theme);
else localStorage.removeItem("theme");
document.documentElement.dataset.theme = theme;
});
