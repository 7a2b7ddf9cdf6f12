// What the benchmarks see of a page: charts of Streamlit and of boards alike, and when they have been painted.

window.watch = (() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const boards = () => all("[data-testid=stBidiComponentIsolated]").map(host => host.shadowRoot?.querySelector(".board")).filter(Boolean);
  const canvases = () => boards().flatMap(board => [...board.querySelectorAll("figure canvas")]);
  const charts = () => all("[data-testid=stVegaLiteChart]").map(chart => chart.querySelector("svg.marks"));
  const seen = { pressed: 0, changed: 0, picture: undefined, redraws: [] };

  const pictures = () => [...charts().map(svg => svg.outerHTML), ...canvases().map(canvas => canvas.toDataURL())];

  const atRest = () =>
    document.querySelector(".stApp")?.dataset.testScriptState === "notRunning" &&
    all("[data-testid=stSkeleton], .st-key-first_picture").length === 0 &&
    charts().length + canvases().length > 0 &&
    charts().every(Boolean) &&
    boards().every(board => board.dataset.drawn && board.querySelectorAll("figure").length === board.querySelectorAll("canvas").length);

  /** What tells one picture of the first chart from the next, cheap enough to be asked at every change. */
  const first = () => boards()[0]?.dataset.drawn ?? charts()[0]?.outerHTML;
  const goesOn = () => Boolean(boards()[0]?.querySelector("progress:not([hidden])") ?? document.querySelector("[data-testid=stProgress]"));

  /** Each change in the main area counts as painted after the next frame. */
  const start = () => {
    let isWaiting = false;
    seen.picture = first();
    const painted = () => {
      isWaiting = false;
      seen.changed = performance.now();
      const now = first();
      if (goesOn() && now && now !== seen.picture) seen.redraws.push(seen.changed);
      seen.picture = now;
    };
    const observer = new MutationObserver(() => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => setTimeout(painted));
    });
    const everything = { subtree: true, childList: true, attributes: true, characterData: true };
    const places = boards().length ? boards() : [document.querySelector("[data-testid=stMain]")];
    for (const place of places) observer.observe(place, everything);
    addEventListener("keydown", event => (seen.pressed = event.timeStamp), true);
  };

  const repainted = ([before, isAll, quiet]) =>
    seen.changed > seen.pressed && performance.now() - seen.changed > quiet && atRest() &&
    (!isAll || pictures().every((picture, chart) => picture !== before[chart]));

  return { seen, pictures, atRest, start, repainted, drawn: () => Number(boards()[0].dataset.drawn) };
})();
