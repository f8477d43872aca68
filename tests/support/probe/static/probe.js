import { follow } from "/kit/static/live.js";

const shown = /** @type {HTMLElement} */ (document.getElementById("n"));
const line = follow({
  onView(/** @type {{ n: number }} */ view, first) {
    shown.textContent = `${view.n}`;
    if (first) line.send("painted", { n: view.n });
  },
  onStatus(state) {
    document.body.dataset.line = state;
  },
});
