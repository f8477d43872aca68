/**
 * Commands by HTTP. One key per wish: the same key goes with every repetition until the server has
 * answered, so that a lost answer never becomes a second command; a refusal ends the wish.
 */

/** How long one attempt waits for its answer. */
export const ATTEMPT_MS = 6000;
/** Pauses between attempts; after the last the clerk decides. */
export const PAUSES_MS = Object.freeze([400, 1200]);

/**
 * @typedef {object} Outcome
 * @property {"done" | "refused" | "silent" | "signed_out"} kind
 * @property {number} status HTTP, 0 for no answer
 * @property {string} code reason of a refusal
 * @property {string} words for the clerk, empty when done
 * @property {any} body JSON of the answer, null without one
 */

/**
 * A random UUID, version 4. `crypto`'s own maker of UUIDs exists only under https; a hall's network
 * often has plain http.
 *
 * @param {(bytes: Uint8Array) => Uint8Array} random
 */
export function newKey(random = (bytes) => crypto.getRandomValues(bytes)) {
  const b = random(new Uint8Array(16));
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(b, (n) => n.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    "-",
  );
}

export class Commander {
  /**
   * @param {object} how
   * @param {string} how.csrf
   * @param {(path: string, init: RequestInit) => Promise<Response>} [how.fetch]
   * @param {(ms: number) => Promise<void>} [how.pause]
   * @param {() => string} [how.key]
   */
  constructor({
    csrf,
    fetch = (path, init) => window.fetch(path, init),
    pause = (ms) => new Promise((done) => setTimeout(done, ms)),
    key = newKey,
  }) {
    this.csrf = csrf;
    this.fetch = fetch;
    this.pause = pause;
    this.key = key;
    /** Wishes without an answer: path and body → key. @type {Map<string, string>} */
    this.open = new Map();
  }

  /**
   * Send a command and wait for what becomes of it.
   *
   * @param {string} path below `/api/v1`
   * @param {Readonly<Record<string, unknown>>} body
   * @returns {Promise<Outcome>}
   */
  async post(path, body) {
    const text = JSON.stringify(body);
    const wish = `${path} ${text}`;
    const key = this.open.get(wish) ?? this.key();
    // An older wish is given up with the next one: the truth has been fetched since.
    this.open = new Map([[wish, key]]);
    const headers = {
      "Content-Type": "application/json",
      "X-CSRFToken": this.csrf,
      "Idempotency-Key": key,
    };
    /** @type {Outcome} */
    let last = silent(0, "");
    for (let attempt = 0; attempt <= PAUSES_MS.length; attempt += 1) {
      if (attempt > 0) await this.pause(PAUSES_MS[attempt - 1] ?? 0);
      last = await this.ask(`/api/v1${path}`, { method: "POST", headers, body: text });
      if (last.kind !== "silent") {
        this.open.delete(wish);
        return last;
      }
    }
    return last;
  }

  /**
   * Ask a question once.
   *
   * @param {string} path below `/api/v1`
   * @returns {Promise<Outcome>}
   */
  get(path) {
    return this.ask(`/api/v1${path}`, { method: "GET" });
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @returns {Promise<Outcome>}
   */
  async ask(path, init) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ATTEMPT_MS);
    try {
      const given = { ...init, signal: stop.signal, credentials: /** @type {const} */ ("same-origin") };
      const response = await this.fetch(path, given);
      const body = await json(response);
      if (response.ok && body !== null) {
        return { kind: "done", status: response.status, code: "", words: "", body };
      }
      const code = String(body?.code ?? "");
      const words = String(body?.detail ?? "");
      if (response.ok || response.status >= 500) return silent(response.status, words);
      const kind = response.status === 401 ? "signed_out" : "refused";
      return { kind, status: response.status, code, words: words || "没有办成，请再看一眼。", body };
    } catch {
      return silent(0, "");
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * @param {number} status
 * @param {string} words the server's own, when it had any
 * @returns {Outcome}
 */
function silent(status, words) {
  const own = "服务器没有答复。再按一次即可，不会重复。";
  return { kind: "silent", status, code: "", words: words || own, body: null };
}

/** @param {Response} response */
async function json(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
