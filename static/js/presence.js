// Is the server there, is the person there, and which theme does this device like.
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

// Who unlocks the screen comes back to the page it covered. Addresses carry codes only.
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
