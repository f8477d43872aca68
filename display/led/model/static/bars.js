// @ts-check
/** The wall of bars: every message carries the whole state; a bar's own picture is `matrix.js`. */

import { Matrix } from "./matrix.js";

/** @typedef {{key: string, name: string, profile: string, place: string, kind: string, columns: number, text: string, effect: string, colour: string, power: boolean, silent: boolean, garble: boolean, frames: number, complaint: string}} Bar */
/** @typedef {{key: string, name: string, shown: string}} Pad */
/** @typedef {{name: string, baud: number, bars: Bar[], pads: Pad[]}} Line */

const STEP_MS = 80;
const SILENCE_MS = 6000;

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [name] @param {string} [words] @returns {HTMLElementTagNameMap[T]} */
function make(tag, name, words) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (words !== undefined) node.textContent = words;
  return node;
}

/** @param {HTMLElement} node @param {string} words */
function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/** @param {object} wanted */
async function control(wanted) {
  try {
    const answer = await fetch("/model/control", { method: "POST", body: JSON.stringify(wanted), headers: { "Content-Type": "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // the next message says how it is
  }
}

/** @param {Bar} bar */
function hangBar(bar) {
  const node = make("article", `bar ${bar.kind}`);
  const shell = node.appendChild(make("div", "case"));
  const glass = shell.appendChild(make("canvas", "glass"));
  const says = node.appendChild(make("p", "says"));
  const plate = node.appendChild(make("div", "plate"));
  const about = plate.appendChild(make("div"));
  about.append(make("strong", "", bar.name), make("span", "", `${bar.profile}${bar.place ? ` · 地址 ${bar.place}` : ""}`));
  const grumble = about.appendChild(make("span", "grumble"));
  const switches = plate.appendChild(make("div", "switches"));
  const matrix = new Matrix(glass);
  glass.setAttribute("aria-hidden", "true");
  /** @type {[string, "power" | "silent" | "garble", boolean][]} */
  const kinds = [["断电", "power", false], ["没有应答", "silent", true], ["乱码", "garble", true]];
  const buttons = kinds.map(([words, name, on]) => {
    const button = switches.appendChild(make("button", "", words));
    button.type = "button";
    button.addEventListener("click", () => {
      void control({ bar: bar.key, [name]: button.getAttribute("aria-pressed") === "true" ? !on : on });
    });
    return button;
  });
  return {
    node,
    matrix,
    /** @param {Bar} now */
    update(now) {
      matrix.show(now);
      node.classList.toggle("lit", now.power && now.text !== "");
      say(says, now.power ? now.text || "（没有内容）" : "（断电）");
      say(grumble, now.complaint);
      kinds.forEach(([, name, on], index) => buttons[index]?.setAttribute("aria-pressed", String(now[name] === on)));
    },
  };
}

/** @param {Pad} pad */
function hangPad(pad) {
  const node = make("article", "pad");
  node.append(make("h3", "", pad.name));
  const lcd = node.appendChild(make("p", "lcd"));
  const keys = node.appendChild(make("div", "pad-keys"));
  for (const item of Array.from(element("keys").children)) {
    const button = keys.appendChild(make("button", "", item.textContent ?? ""));
    button.type = "button";
    const press = item.getAttribute("data-key");
    button.addEventListener("click", () => void control({ pad: pad.key, press }));
  }
  return {
    node,
    /** @param {Pad} now */
    update(now) {
      say(lcd, now.shown || " ");
    },
  };
}

/** @type {Map<string, ReturnType<typeof hangBar>>} */
const bars = new Map();
/** @type {Map<string, ReturnType<typeof hangPad>>} */
const pads = new Map();

/** @param {Line[]} lines */
function hang(lines) {
  bars.clear();
  pads.clear();
  element("lines").replaceChildren(...lines.map((line) => {
    const section = make("section", "line");
    const title = section.appendChild(make("h2", "", line.name));
    title.append(make("small", "", `${line.baud} 波特`));
    const hung = section.appendChild(make("div", "hung"));
    for (const bar of line.bars) {
      const made = hangBar(bar);
      bars.set(bar.key, made);
      hung.append(made.node);
    }
    for (const pad of line.pads) {
      const made = hangPad(pad);
      pads.set(pad.key, made);
      hung.append(made.node);
    }
    return section;
  }));
}

let heardAt = performance.now();
let shape = "";

/** @param {{lines: Line[]}} state */
function show(state) {
  heardAt = performance.now();
  element("lost").hidden = true;
  const keys = state.lines.map((l) => [l.name, ...l.bars.map((b) => b.key), ...l.pads.map((p) => p.key)].join()).join(";");
  if (keys !== shape) {
    shape = keys;
    hang(state.lines);
  }
  for (const line of state.lines) {
    for (const bar of line.bars) bars.get(bar.key)?.update(bar);
    for (const pad of line.pads) pads.get(pad.key)?.update(pad);
  }
}

function listen() {
  const source = new EventSource("/model/events");
  source.onmessage = (event) => show(JSON.parse(event.data));
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    setTimeout(listen, 1500);
  };
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
setInterval(() => {
  for (const bar of bars.values()) bar.matrix.tick(!calm.matches);
  if (performance.now() - heardAt > SILENCE_MS) element("lost").hidden = false;
}, STEP_MS);
listen();
