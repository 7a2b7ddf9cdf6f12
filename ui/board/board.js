// The browser's half of a board; the other is board.py. It keeps its figures, and from one step to another changes only
// their data. Streamlit calls the function below each time something new is handed over.

const LOOKS_A_SECOND = 8; // while playing at speed 1
const MOMENT = 250; // milliseconds after which a hand rests
const LONGEST = 800; // milliseconds over which the looks of a run are spread that goes on
const SPEEDS = [0.5, 1, 2, 4];
const boards = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector("div");
  let board = boards.get(root);
  if (!board) boards.set(root, (board = new Board(root, data.words)));
  board.heed(data, {
    rest: step => setStateValue("step", step),
    pick: unit => setStateValue("unit", unit),
    press: id => setTriggerValue("press", id),
    tell: () => setTriggerValue("rest", true),
  });
  // Streamlit also takes leave of a board that it calls again at once: what it has drawn is kept then.
  return () => setTimeout(() => root.isConnected || board.leave());
}

/** A table as plain columns. */
function columnsOf(table) {
  return table.schema.fields.map(({ name }) => {
    const column = table.getChild(name);
    const isNumbers = ArrayBuffer.isView(column.data[0]?.values) && !column.data[0].dictionary;
    return [name, isNumbers && !column.nullCount ? column.toArray() : Array.from(column)];
  });
}

/** A unit, or the nearest that there is. */
function within([layer, number], { layers, width }) {
  return [Math.min(layer, Math.max(1, layers)), Math.min(number, Math.max(1, width))];
}

class Board {
  constructor(root, words) {
    this.root = root;
    root.className = "board";
    this.words = words;
    this.figures = [];
    this.tiles = [];
    this.at = 0;
    this.speed = 1;
    const top = make("div", root, { className: "top" });
    this.buildStrip(top);
    this.line = new Line(top, words, id => this.back.press(id));
    this.numbers = make("dl", top, { className: "numbers" });
    this.charts = make("div", root, { className: "charts", tabIndex: 0 });
    this.charts.setAttribute("role", "group");
    this.charts.setAttribute("aria-label", words.charts);
    this.beside = make("p", this.charts, { className: "beside" });
    this.heedKey = event => this.key(event);
    document.addEventListener("keydown", this.heedKey);
  }

  buildStrip(top) {
    const { words } = this;
    this.strip = make("div", top, { className: "strip" });
    this.backward = iconButton(this.strip, "skip_previous", words.back, () => this.turn(this.at - 1));
    this.player = iconButton(this.strip, "play_arrow", words.play, () => this.togglePlaying());
    this.forward = iconButton(this.strip, "skip_next", words.forward, () => this.turn(this.at + 1));
    const track = make("div", this.strip, { className: "track" });
    this.slider = make("input", track, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", words.step);
    this.slider.oninput = () => (this.stopPlaying(), this.goTo(Number(this.slider.value)));
    this.slider.onchange = () => this.rest();
    this.done = make("progress", track, { max: 1, hidden: true });
    this.done.setAttribute("aria-label", words.progress);
    this.marks = make("div", track, { className: "moments" });
    this.told = make("output", this.strip, { className: "told" });
    this.pace = make("select", this.strip, { className: "pace", title: words.speed });
    this.pace.setAttribute("aria-label", words.speed);
    for (const speed of SPEEDS) make("option", this.pace, { value: speed, textContent: `${speed}×` });
    this.pace.value = this.speed;
    this.pace.onchange = () => (this.speed = Number(this.pace.value));
  }

  heed(data, back) {
    const step = this.data?.steps[this.at];
    const isFollowing = !this.data || Boolean(this.data.progress) || this.at === this.data.steps.length - 1;
    Object.assign(this, { data, back });
    this.columns = new Map();
    this.unit = within(this.unit ?? data.units.chosen, data.units);
    const place = data.steps.indexOf(step);
    this.at = isFollowing || place < 0 ? data.steps.length - 1 : place;
    this.pursue();
    clearTimeout(this.telling);
    if (data.untold) this.telling = setTimeout(() => back.tell(), MOMENT);
    if (data.progress || place < 0) this.stopPlaying();
    this.layStrip();
    this.layMarks();
    this.line.lay(data.verdict, data.message);
    while (this.figures.length > data.charts.length) this.figures.pop().leave();
    const redraw = () => this.draw();
    while (this.figures.length < data.charts.length) this.figures.push(new Figure(this.beside, this.words, redraw, unit => this.pick(unit)));
    this.beside.textContent = data.beside;
    this.beside.hidden = !data.beside;
    const found = { found: data.verdict?.layers ?? [], also: data.verdict?.others ?? [] };
    this.figures.forEach((figure, place) => figure.heed(data.charts[place], data.ready, data.dark, data.units, this.unit, found));
    this.draw();
    if (!data.progress && this.restsAt !== undefined && this.restsAt !== data.steps[this.at] && !this.playing) this.rest();
  }

  /** While a run goes on, go through what has come since the last time, in the time that there was between. */
  pursue() {
    const before = this.heeded ?? 0;
    this.heeded = performance.now();
    clearInterval(this.pursuit);
    if (!this.data.progress) return;
    this.at = 0;
    const go = () => (this.at < this.data.steps.length - 1 ? this.goTo(this.at + 1) : clearInterval(this.pursuit));
    this.pursuit = setInterval(go, Math.min(this.heeded - before, LONGEST) / this.data.steps.length);
  }

  leave() {
    [this.pursuit, this.telling].forEach(clearTimeout);
    this.stopPlaying();
    document.removeEventListener("keydown", this.heedKey);
    this.figures.forEach(figure => figure.leave());
  }

  layStrip() {
    const { progress, steps } = this.data;
    const isStill = Boolean(progress) || steps.length < 2;
    for (const control of [this.backward, this.player, this.forward, this.slider, this.pace]) control.disabled = isStill;
    this.slider.max = Math.max(1, steps.length - 1);
    this.slider.hidden = Boolean(progress);
    this.done.hidden = !progress;
    this.told.classList.toggle("live", Boolean(progress));
    if (progress) this.done.value = progress.share;
  }

  layMarks() {
    const { progress, steps, marks } = this.data;
    const wanted = progress ? [] : marks.filter(([step]) => steps.includes(step));
    if (!this.isNew("marks", [wanted, steps.length])) return;
    this.marks.replaceChildren();
    for (const [step, kind, words] of wanted) {
      const place = steps.indexOf(step);
      const mark = make("button", this.marks, { type: "button", className: kind, title: words, onclick: () => this.turn(place) });
      mark.setAttribute("aria-label", words);
      mark.style.setProperty("--place", place / Math.max(1, steps.length - 1));
    }
  }

  /** Whether what is to be laid there differs from what lies there. */
  isNew(place, wanted) {
    const text = JSON.stringify(wanted);
    const before = this.laid?.[place];
    this.laid = { ...this.laid, [place]: text };
    return text !== before;
  }

  /** What is written beside the pictures at the step that is looked at. */
  write() {
    const { progress, told, numbers, helps } = this.data;
    const words = progress ? progress.text : told[this.at];
    this.told.textContent = this.told.title = words;
    const last = this.data.steps.length - 1;
    this.line.date(progress || this.at === last ? undefined : this.data.steps[last]);
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", words);
    while (this.tiles.length > numbers[this.at].length) this.tiles.pop().place.remove();
    while (this.tiles.length < numbers[this.at].length) this.tiles.push(this.tile());
    numbers[this.at].forEach(([name, number, sentence], place) => {
      const tile = this.tiles[place];
      tile.name.textContent = tile.name.title = name;
      tile.number.textContent = number;
      tile.sentence.textContent = tile.sentence.title = sentence;
      if (tile.help.details.open || !tile.help.text) tile.help.say([sentence, helps[name]].join("\n"));
      tile.help.wanted = [sentence, helps[name]].join("\n");
    });
  }

  tile() {
    const place = make("div", this.numbers);
    const tile = { place, name: make("dt", place), number: make("dd", place, { className: "number" }) };
    tile.sentence = make("dd", place, { className: "sentence" });
    tile.help = new Help(make("dd", place, { className: "aside" }), this.words.help);
    tile.help.details.ontoggle = () => tile.help.say(tile.help.wanted);
    return tile;
  }

  goTo(place) {
    this.at = Math.min(Math.max(place, 0), this.data.steps.length - 1);
    this.draw();
  }

  /** Go to a step and stay there. */
  turn(place) {
    this.stopPlaying();
    this.goTo(place);
    this.rest();
  }

  /** Choose a unit: its mark moves at once, what is shown of it comes from the server. */
  pick(unit) {
    this.unit = within(unit, this.data.units);
    this.figures.forEach(figure => figure.choose(this.unit));
    this.draw();
    this.back.pick(this.unit);
  }

  rest() {
    this.restsAt = this.data.steps[this.at];
    this.back.rest(this.restsAt);
  }

  /** Keys play and step wherever nothing else takes them. */
  key(event) {
    const inside = event.composedPath()[0];
    const isFree = inside === document.body || inside === this.charts;
    if (!isFree || this.player.disabled || event.ctrlKey || event.altKey || event.metaKey) return;
    const acts = {
      " ": () => this.togglePlaying(),
      ArrowLeft: () => this.turn(this.at - 1),
      ArrowRight: () => this.turn(this.at + 1),
      Home: () => this.turn(0),
      End: () => this.turn(this.data.steps.length - 1),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  togglePlaying() {
    if (this.playing) {
      this.stopPlaying();
      this.rest();
      return;
    }
    if (this.at === this.data.steps.length - 1) this.goTo(0);
    this.name(this.player, "pause", this.words.pause);
    let last = performance.now();
    const tick = now => {
      if (now - last > 1000 / (LOOKS_A_SECOND * this.speed)) {
        last = now;
        this.goTo(this.at + 1);
      }
      if (this.at === this.data.steps.length - 1) this.togglePlaying();
      else this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
  }

  stopPlaying() {
    cancelAnimationFrame(this.playing);
    this.playing = undefined;
    this.name(this.player, "play_arrow", this.words.play);
  }

  name(button, icon, words) {
    if (button.dataset.icon !== icon) asIcon(button, icon, words);
  }

  /** Draw what is wanted now, and once more if by then something else is. */
  async draw() {
    this.write();
    this.stale = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.stale) {
        this.stale = false;
        await Promise.all(this.figures.map(figure => figure.draw(this.look(figure.name))));
        this.root.dataset.drawn = Number(this.root.dataset.drawn ?? 0) + 1;
        this.root.dataset.step = this.data.steps[this.at];
      }
    } finally {
      this.drawing = false;
    }
  }

  /** What a chart shows at the step that is looked at: columns, and from which row of theirs to which. */
  look(name) {
    if (!this.columns.has(name)) this.columns.set(name, columnsOf(this.data[`table_${name}`]));
    const begins = this.data.begins[name];
    const isOfAllSteps = begins.length === 2; // then only the mark of the step moves
    const place = isOfAllSteps ? 0 : this.at;
    const [first, end] = begins.slice(place);
    const now = isOfAllSteps ? this.data.steps[this.at] : undefined;
    return { columns: this.columns.get(name), first, end, now, unit: this.unit };
  }
}
