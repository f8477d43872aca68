/**
 * Runs before the first paint, as an ordinary script: says by `data-shape` on <html> which layout
 * serves this screen (wide, square, tall), and by `data-turned` that the picture is turned, for a
 * television that hangs on its side while its computer does not know.
 */
(() => {
  const root = document.documentElement;
  const set = () => {
    const width = window.innerWidth;
    const height = window.innerHeight;
    const wanted = root.dataset.orientation;
    const turned = (wanted === "portrait" && width > height) || (wanted === "landscape" && height > width);
    const ratio = turned ? height / width : width / height;
    root.dataset.shape = ratio < 1 ? "tall" : ratio < 1.5 ? "square" : "wide";
    if (turned) root.dataset.turned = "";
    else delete root.dataset.turned;
  };
  set();
  window.addEventListener("resize", set);
})();
