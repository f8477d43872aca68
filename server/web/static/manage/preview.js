/** The preview of a screen follows every change of the form, before anything is saved. */

const WAIT_MS = 350;
/** @type {Readonly<Record<string, readonly [number, number]>>} */
const SIZES = Object.freeze({ landscape: [1920, 1080], portrait: [1080, 1920] });

/**
 * Return the query of a preview: what is chosen in the form, without its token and version.
 *
 * @param {FormData} data
 * @returns {string}
 */
export function query(data) {
  const found = new URLSearchParams();
  for (const [name, value] of data) {
    if (typeof value === "string" && !["csrf_token", "expected", "reason", "name"].includes(name)) found.append(name, value);
  }
  return found.toString();
}

function start() {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("screen"));
  const box = /** @type {HTMLElement} */ (document.querySelector(".preview__box"));
  const page = /** @type {HTMLIFrameElement} */ (document.querySelector(".preview__page"));
  const legible = /** @type {HTMLElement} */ (document.getElementById("legible"));
  const keys = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[data-size]")].filter((x) => x instanceof HTMLButtonElement));
  let shown = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const scale = () => {
    const [width, height] = SIZES[box.dataset.size ?? ""] ?? SIZES.landscape ?? [1920, 1080];
    const room = box.parentElement?.clientWidth ?? 540;
    const factor = Math.min(room / width, (window.innerHeight * 0.8) / height, 0.6);
    box.style.setProperty("--scale", factor.toFixed(4));
  };
  /** @param {string} size */
  const turn = (size) => {
    box.dataset.size = size;
    for (const key of keys) key.setAttribute("aria-pressed", String(key.dataset.size === size));
    scale();
  };
  const options = () => {
    const role = new FormData(form).get("role");
    for (const part of form.querySelectorAll(".only")) {
      const one = /** @type {HTMLElement} */ (part);
      one.toggleAttribute("data-off", one.dataset.for !== role);
    }
    for (const one of form.querySelectorAll(".option")) one.toggleAttribute("data-on", Boolean(one.querySelector("input:checked")));
  };
  const show = () => {
    const wanted = `${page.dataset.address}?${query(new FormData(form))}`;
    if (wanted === shown) return;
    shown = wanted;
    legible.hidden = true;
    // replace: a preview is no step of the browser's history.
    page.contentWindow?.location.replace(wanted);
  };
  const soon = () => {
    options();
    clearTimeout(timer);
    timer = setTimeout(show, WAIT_MS);
  };

  form.addEventListener("input", soon);
  for (const key of keys) {
    key.hidden = false;
    key.addEventListener("click", () => turn(key.dataset.size ?? "landscape"));
  }
  form.addEventListener("change", (event) => {
    const from = event.target;
    if (from instanceof HTMLSelectElement && from.name === "orientation" && from.value !== "auto") turn(from.value);
  });
  document.querySelector("[data-preview]")?.setAttribute("hidden", "");
  window.addEventListener("resize", scale);
  window.addEventListener("message", (event) => {
    const said = event.data;
    if (event.origin !== window.location.origin || event.source !== page.contentWindow) return;
    if (!said || typeof said !== "object" || said.source !== "hall-screen") return;
    legible.textContent = typeof said.words === "string" ? said.words : "";
    legible.hidden = Boolean(said.legible) || !legible.textContent;
  });
  options();
  turn(box.dataset.size ?? "landscape");
}

if (typeof document !== "undefined" && document.getElementById("screen")) start();
