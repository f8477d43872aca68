/**
 * The slip follows every change of the form, before anything is saved.
 *
 * The server draws it and moves its parts, as for a browser without script; this asks for the page
 * with what is typed and puts its pieces in their places.
 */

const WAIT_MS = 250;

/**
 * Put the pieces of *fresh* in the place of those of *page*.
 *
 * @param {Document} page
 * @param {Document} fresh the page with what is typed
 * @param {readonly string[]} names of the pieces
 */
export function put(page, fresh, names) {
  for (const name of names) {
    const old = page.querySelector(`[data-slip="${name}"]`);
    const now = fresh.querySelector(`[data-slip="${name}"]`);
    if (old && now && !now.isEqualNode(old)) old.replaceWith(page.importNode(now, true));
  }
}

/**
 * Return where the focus goes after a press: the same key of the part that was moved, or the
 * nearest that can be pressed.
 *
 * @param {ParentNode} parts
 * @param {string} did `up:3`, `add:qr`…
 * @param {string} held name of the field that had the focus, `text_3`; empty for a key
 * @returns {HTMLElement | null}
 */
export function next(parts, did, held = "") {
  const list = /** @type {HTMLElement | null} */ (parts.querySelector("[data-at]"));
  const row = list?.querySelector(`[data-row="${list.dataset.at}"]`);
  if (!row) return list;
  const verb = did.split(":")[0] ?? "";
  const same = held && verb !== "add" && `[name="${held.replace(/\d+$/, list?.dataset.at ?? "")}"]`;
  const wanted = same ? [same] : verb === "add" ? [".part__text", "select"] : [`[value^="${verb}:"]`, '[value^="down:"]', '[value^="up:"]'];
  for (const one of wanted) {
    const found = row.querySelector(`${one}:not([disabled])`);
    if (found instanceof HTMLElement) return found;
  }
  return list;
}

/** @param {HTMLFormElement} form */
function start(form) {
  const say = /** @type {HTMLElement} */ (document.getElementById("slip-say"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** What was asked waits for what was asked before: a press is of the page that the last one made. */
  let asked = Promise.resolve();
  let waiting = false;
  const values = () => {
    const found = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") found.append(name, value);
    return found;
  };

  /**
   * @param {string} press what was pressed, empty = only look
   * @returns {Promise<Document | null>} the page with what is typed; null when nobody answers
   */
  const ask = async (press) => {
    const typed = values();
    if (press) typed.append("do", press);
    const lookAt = form.dataset.lookAt ?? "";
    try {
      const answer = await (lookAt ? fetch(lookAt, { method: "POST", body: typed }) : fetch(`${form.action}?${typed}`));
      if (!answer.ok) throw new Error(String(answer.status));
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      say.textContent = "样子没有更新：连不上服务器，或登录已过期。填的内容还在。";
      say.classList.remove("visually-hidden");
      return null;
    }
  };
  /** @param {Document} fresh */
  const heard = (fresh) => {
    say.textContent = fresh.getElementById("slip-say")?.dataset.words ?? "";
    say.classList.add("visually-hidden");
  };
  const look = async () => {
    waiting = false;
    const fresh = await ask("");
    if (!fresh) return;
    heard(fresh);
    put(document, fresh, ["paper"]);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (waiting) return;
      waiting = true;
      asked = asked.then(look);
    }, WAIT_MS);
  };
  /** @param {string} did */
  const press = async (did) => {
    if (!did) return;
    const from = document.activeElement;
    const held = from instanceof HTMLInputElement || from instanceof HTMLSelectElement ? from.name : "";
    let sent = "";
    /** @type {Document | null} */
    let fresh = null;
    // What was typed while the server thought is not lost: it is asked again with it.
    while (sent !== String(values())) {
      sent = String(values());
      fresh = await ask(did);
      if (!fresh) return;
    }
    if (!fresh) return;
    put(document, fresh, ["paper", "parts", "add"]);
    heard(fresh);
    next(document, did, held)?.focus();
    // Something unsaved is on the page now: leaving it asks first.
    form.dispatchEvent(new CustomEvent("input", { bubbles: true }));
  };
  /**
   * @param {string} verb `up` or `down`
   * @returns {string} what moves the part that has the focus, empty at the end
   */
  const here = (verb) => {
    const key = document.activeElement?.closest("[data-row]")?.querySelector(`[value^="${verb}:"]:not([disabled])`);
    return key instanceof HTMLButtonElement ? key.value : "";
  };
  /** @param {() => string} pick */
  const queue = (pick) => {
    asked = asked.then(() => press(pick()));
  };

  document.addEventListener("input", (event) => {
    const from = event.target;
    if (event instanceof CustomEvent || !(from instanceof Element)) return;
    if (from.closest("form") === form || from.getAttribute("form") === form.id) soon();
  });
  document.addEventListener("click", (event) => {
    const key = event.target instanceof Element ? event.target.closest("[data-look]") : null;
    if (!(key instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const verb = key.value.split(":")[0] ?? "";
    // A key that was replaced meanwhile: its part moves on, nothing else is taken away.
    queue(() => (key.isConnected || verb === "add" ? key.value : verb === "remove" ? "" : here(verb)));
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    if (!(event.target instanceof Element) || !event.target.closest("[data-row]")) return;
    event.preventDefault();
    queue(() => here(event.key === "ArrowUp" ? "up" : "down"));
  });
  document.querySelector("[data-see]")?.setAttribute("hidden", "");
}

const found = typeof document === "undefined" ? null : document.getElementById("look") ?? document.getElementById("slip");
if (found instanceof HTMLFormElement) start(found);
