/** The test picture: staff asked from afar which box is which, or whether a screen shows its colours. */

/** @typedef {import("./view").BoardView} BoardView */

/**
 * Show the screen's name, the time and colour bars while the view says so, over everything else.
 * @param {HTMLElement} place
 * @param {Pick<BoardView, "test" | "test_name" | "time" | "seconds">} view
 */
export function showTest(place, view) {
  place.hidden = view.test === "";
  place.dataset.test = view.test;
  const [name, time] = place.querySelectorAll("p");
  if (name) name.textContent = view.test_name;
  if (time) time.textContent = `${view.time}:${view.seconds}`;
}
