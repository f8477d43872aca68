/** A preview's view: asked for again and again by HTTP, where a running screen is told by its agent. */

const EVERY_MS = 2000;

/**
 * @typedef {import("/kit/live.js").Line} Line
 */

/**
 * Ask `url` for views; nothing in them is news, nothing is told to anybody.
 *
 * @template V
 * @param {string} url
 * @param {(view: V, first: boolean) => void} onView
 * @param {(url: string) => Promise<Response>} [get]
 * @returns {Line}
 */
export function peek(url, onView, get = (from) => fetch(from, { cache: "no-store" })) {
  /** @type {import("/kit/live.js").LineState} */
  let state = "connecting";
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const ask = async () => {
    try {
      const answer = await get(url);
      if (!answer.ok) throw new Error(String(answer.status));
      const view = await answer.json();
      state = "live";
      onView(view, true);
    } catch {
      state = "lost"; // the picture stays as it is and says how old it is
    }
    timer = setTimeout(ask, EVERY_MS);
  };
  void ask();
  return { send: () => {}, on: () => {}, state: () => state, close: () => clearTimeout(timer) };
}
