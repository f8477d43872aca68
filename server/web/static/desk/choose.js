/** Choose a counter by typing its number: digits pick, Enter opens, Escape begins again. */

const typedLine = /** @type {HTMLElement} */ (document.getElementById("typed"));
const counters = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("a.counter")]);
let typed = "";

function show() {
  const picked = counters.find((c) => c.dataset.code === typed);
  for (const c of counters) c.toggleAttribute("data-picked", c === picked);
  picked?.focus();
  typedLine.hidden = typed === "";
  typedLine.textContent = picked
    ? `${typed} 号窗口，按回车进入`
    : `${typed}：没有可以进入的窗口，按 Esc 重来`;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (/^[0-9]$/.test(event.key)) typed += event.key;
  else if (event.key === "Backspace") typed = typed.slice(0, -1);
  else if (event.key === "Escape") typed = "";
  else return;
  event.preventDefault();
  show();
});
