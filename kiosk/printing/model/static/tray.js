// @ts-check
/**
 * Keeps the tray page live: every message carries the whole view of the printer; paper is fetched
 * as the server draws it, so that there is one drawing only.
 */

/** @typedef {{id: string, label: string, name: string, value: string, on: boolean}} FaultButton */
/** @typedef {{words: string, bytes: string}} Complaint */
/**
 * @typedef {object} View
 * @property {string} mood
 * @property {string} words
 * @property {number} buffered
 * @property {number} received
 * @property {number} answered
 * @property {number} complaints_total
 * @property {Complaint[]} complaints
 * @property {number} last
 * @property {number} strip
 * @property {number} strip_items
 * @property {FaultButton[]} buttons
 */

const SILENCE_MS = 6000;
const SHOWN_COMPLAINTS = 3;

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** @param {string} id @param {string | number} text */
function say(id, text) {
  const node = element(id);
  const words = String(text);
  if (node.textContent !== words) node.textContent = words;
}

/** @param {View} view */
function showPrinter(view) {
  element("machine").className = `machine mood-${view.mood}`;
  say("words", view.words);
  say("buffered", view.buffered);
  say("received", view.received);
  say("answered", view.answered);
  say("count", view.last);
  for (const button of view.buttons) {
    const node = /** @type {HTMLButtonElement} */ (element(`b-${button.id}`));
    node.value = button.value;
    node.setAttribute("aria-pressed", String(button.on));
    say(`b-${button.id}`, button.label);
  }
}

let grumbles = -1;

/** @param {View} view */
function showComplaints(view) {
  if (view.complaints_total === grumbles) return;
  grumbles = view.complaints_total;
  element("grumbles").hidden = grumbles === 0;
  say("grumble-count", grumbles);
  const rows = view.complaints.slice(-SHOWN_COMPLAINTS).reverse().map((complaint) => {
    const row = document.createElement("li");
    const words = row.appendChild(document.createElement("span"));
    words.textContent = complaint.words;
    const bytes = row.appendChild(document.createElement("code"));
    bytes.textContent = complaint.bytes;
    return row;
  });
  element("grumble-list").replaceChildren(...rows);
}

/** @param {string} address @returns {Promise<string>} */
async function fetchText(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

/**
 * Runs one at a time; asked again while running, it runs once more afterwards.
 * @param {() => Promise<void>} work
 */
function oneAtATime(work) {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await work();
      } while (again);
    } catch {
      again = false; // the next message of the printer asks again
    } finally {
      running = false;
    }
  };
}

/** @type {View | null} */
let newest = null;
let drawnStrip = "";

const drawStrip = oneAtATime(async () => {
  if (!newest) return;
  const wanted = `${newest.strip}/${newest.strip_items}/${newest.last}`;
  if (wanted === drawnStrip) return;
  const text = await fetchText("/model/strip.svg");
  const drawing = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  element("strip").replaceChildren(document.importNode(drawing, true));
  drawnStrip = wanted;
});

const fetchSlips = oneAtATime(async () => {
  const list = element("slips");
  const known = Number(list.dataset.last);
  if (!newest || newest.last <= known) return;
  const page = new DOMParser().parseFromString(await fetchText(`/model/tray?since=${known}`), "text/html");
  const slips = Array.from(page.querySelectorAll("li.slip"));
  for (const slip of slips) slip.classList.add("fresh");
  list.prepend(...slips.map((slip) => document.importNode(slip, true)));
  const shown = Number(list.dataset.shown);
  while (list.children.length > shown) list.lastElementChild?.remove();
  list.dataset.last = String(slips.reduce((last, slip) => Math.max(last, Number(slip.getAttribute("data-n"))), known));
  element("empty").hidden = list.children.length > 0;
});

let heardAt = performance.now();

/** @param {View} view */
function show(view) {
  newest = view;
  heardAt = performance.now();
  element("lost").hidden = true;
  showPrinter(view);
  showComplaints(view);
  void drawStrip();
  void fetchSlips();
}

function listen() {
  const source = new EventSource("/model/events");
  source.onmessage = (event) => show(/** @type {View} */ (JSON.parse(event.data)));
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(listen, 1500);
  };
}

/** @param {Record<string, unknown>} faults */
async function control(faults) {
  const answer = await fetch("/model/control", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(faults),
  });
  if (answer.ok) show(/** @type {View} */ (await answer.json()));
}

/** @param {string} value */
function meaning(value) {
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

element("faults").addEventListener("click", (event) => {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  control({ [button.name]: meaning(button.value) }).catch(() => {
    element("lost").hidden = false;
  });
});

setInterval(() => {
  if (performance.now() - heardAt > SILENCE_MS) element("lost").hidden = false;
}, 1000);

listen();
