// Dates are typed year first; beside the field they are spelled out, so that a slip is seen.
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
