/** 试听: plays a call by the rules that stand in the form, saved or not. */

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("voice"));
const player = /** @type {HTMLAudioElement | null} */ (document.getElementById("player"));
const line = document.getElementById("listen-say");

/**
 * Return in words why an address gave no sound.
 *
 * @param {string} address
 */
async function why(address) {
  try {
    const answer = await fetch(address);
    if (answer.ok) return "这个浏览器不许出声，请检查它的声音设置。";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector(".what")?.textContent ?? "现在播不了，请稍候再试。";
  } catch {
    return "现在播不了：连不上服务器，请稍候再试。";
  }
}

/** @param {HTMLButtonElement} button */
async function listen(button) {
  if (!form || !player || !line) return;
  const asked = new URLSearchParams();
  // A fieldset that may only be read gives no values to FormData: take the controls themselves.
  for (const control of form.elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) continue;
    if (!control.name || ["csrf_token", "expected", "reason"].includes(control.name)) continue;
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    asked.append(control.name, control.value);
  }
  const address = new URL(button.formAction, window.location.href).pathname;
  button.disabled = true;
  line.textContent = "正在准备…";
  player.src = `${address}?${asked.toString()}`;
  player.hidden = false;
  try {
    await player.play();
    line.textContent = "正在播放。按现在填的设置，不用先保存。";
  } catch {
    player.hidden = true;
    line.textContent = await why(player.src);
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-listen]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  void listen(button);
});

export {};
