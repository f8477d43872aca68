/** The five disclosures as wall and touch table write them. */

/** @typedef {import("./view").Fact} Fact */

/**
 * One of the facts, with its parts one below the other where it has some.
 * @param {Fact} of
 * @param {boolean} [running] in a table: the head of its column is its label, parts run on
 */
export function fact(of, running = false) {
  const made = element("div", "five-fact");
  made.dataset.kind = of.kind;
  if (of.large) made.dataset.large = "";
  const sample = of.example ? [element("span", "example", "示例")] : [];
  if (running) {
    const words = element("span", "five-fact__text");
    if (of.parts.length > 0 && of.kind !== "steps") {
      of.parts.forEach((each, n) => words.append(element("span", "five-fact__no", of.parts.length > 1 ? `${n + 1}` : ""), `${each}${n + 1 < of.parts.length ? "；" : ""}`));
    } else words.append(of.text);
    if (sample.length > 0) words.append(" ", ...sample);
    made.append(words);
    if (of.note) made.append(element("span", "five-fact__note", of.note));
    return made;
  }
  const label = element("span", "five-fact__label", of.label);
  label.append(...sample);
  made.append(label);
  if (of.kind === "steps") made.append(element("span", "five-fact__text", of.text));
  else if (of.parts.length > 0) {
    const list = element("ol", "five-fact__parts");
    if (of.parts.length > 1) list.dataset.many = "";
    for (const each of of.parts) list.append(element("li", "", each));
    made.append(list);
  } else made.append(element("span", "five-fact__text", of.text));
  if (of.note) made.append(element("span", "five-fact__note", of.note));
  return made;
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} [words]
 */
export function element(tag, name, words = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (words) made.textContent = words;
  return made;
}
