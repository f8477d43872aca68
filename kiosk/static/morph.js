/**
 * Make a part of the page equal to a newer one from the server, keeping every element that stays:
 * a finger that is down on a button still lifts from the same button.
 */

/**
 * @param {Node} old in the document
 * @param {Node} fresh not in the document; its nodes may be taken
 */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    /** @type {ChildNode} */ (old).replaceWith(fresh);
    return;
  }
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  // What the citizen is typing is newer than any answer.
  if (old.hasAttribute("data-query")) return;
  attributes(old, fresh);
  const next = Array.from(fresh.childNodes);
  const mine = Array.from(old.childNodes);
  next.forEach((node, i) => {
    const here = mine[i];
    if (here) morph(here, node);
    else old.append(node);
  });
  for (const gone of mine.slice(next.length)) gone.remove();
}

/**
 * @param {Element} old
 * @param {Element} fresh
 */
function attributes(old, fresh) {
  for (const { name } of Array.from(old.attributes)) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of Array.from(fresh.attributes)) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
