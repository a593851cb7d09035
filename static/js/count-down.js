// The time a check holds, by a clock that cannot be set. At zero it says so; the server refuses by its own clock.
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
