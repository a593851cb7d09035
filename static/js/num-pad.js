// Number pad: writes into the active reading. Keys, a keyboard and a reader are equal; without script it is a form.
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

  // "Next" goes to the next empty reading; with none left it sends the form.
  next(event) {
    const empty = this.readings.find((each) => each.required && !each.value);
    if (!empty) return;
    event.preventDefault();
    empty.focus();
  }
});
