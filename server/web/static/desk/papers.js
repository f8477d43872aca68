/** Ticks of the material check-list: on this machine only, until the ticket leaves. */

const PLACE = "hall-desk-papers";

/**
 * @param {Storage | null} store
 * @param {string} uid
 * @returns {Set<string>}
 */
export function ticksOf(store, uid) {
  try {
    const kept = JSON.parse(store?.getItem(PLACE) ?? "null");
    return new Set(kept?.uid === uid ? kept.ticks.map(String) : []);
  } catch {
    return new Set();
  }
}

/**
 * Keep the ticks of one ticket; those of any other are forgotten by it.
 *
 * @param {Storage | null} store
 * @param {string} uid empty: forget all
 * @param {ReadonlySet<string>} ticks
 */
export function keepTicks(store, uid, ticks) {
  try {
    if (uid) store?.setItem(PLACE, JSON.stringify({ uid, ticks: [...ticks] }));
    else store?.removeItem(PLACE);
  } catch {
    // A browser that keeps nothing still shows the list.
  }
}
