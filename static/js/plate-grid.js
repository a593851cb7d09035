// Plate entry: arrow keys, paste of rows and columns, one tab stop. Without script it is a table of fields.
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
