/** A file that is too large is told before it is sent, and while it is sent the page says so. */

const file = /** @type {HTMLInputElement | null} */ (document.getElementById("file"));
const line = document.getElementById("sending");

/** @param {string} words */
function say(words) {
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
}

if (file) {
  const largest = Number(file.dataset.largest);
  const fits = () => (file.files?.[0]?.size ?? 0) <= largest;
  file.addEventListener("change", () => {
    const one = file.files?.[0];
    if (!one) say("");
    else if (!fits()) say(`这个文件 ${(one.size / 1048576).toFixed(1)} MB，超过 ${Math.round(largest / 1048576)} MB，请先缩小。`);
    else say(`${one.name}，${(one.size / 1048576).toFixed(1)} MB`);
  });
  file.form?.addEventListener("submit", (event) => {
    if (!fits()) event.preventDefault();
    else if (file.files?.length) say("正在传文件，请不要关掉这一页…");
  });
}

export {};
