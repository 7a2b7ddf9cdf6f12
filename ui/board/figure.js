// One chart of a board: its head, with help and menu, and the Vega view, which is kept as long as its drawing is the same.

const NARROW = 400; // pixels: here legends need a second line
const LABEL = 11; // pixels: the labels of a drawing, as they are usually
const IMAGES = '"type": "image"'; // in the text of a specification
const PLACE = Symbol("the place of a row in its look");
const ERRORS = 1; // of Vega's levels of telling: that a layer has no rows is none

function make(tag, parent, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}

/** Give an element the looks of an icon that Streamlit has loaded, and words for whoever cannot see it. */
function asIcon(element, icon, words) {
  element.classList.add("icon");
  element.dataset.icon = icon;
  element.title = words;
  element.setAttribute("aria-label", words);
  return element;
}

function iconButton(parent, icon, words, onclick) {
  return asIcon(make("button", parent, { type: "button", onclick }), icon, words);
}

/** Shift a panel that would begin left of the page's content, or end right of it. */
function intoView(panel) {
  panel.style.translate = "";
  const { left, right } = panel.getBoundingClientRect();
  const page = panel.getRootNode().host?.getBoundingClientRect() ?? document.body.getBoundingClientRect();
  const shift = Math.max(0, page.left - left) || Math.min(0, page.right - right);
  if (shift) panel.style.translate = `${shift}px`;
}

/** A panel that an icon opens and Escape, or whatever else is turned to, shuts. */
function panel(parent, icon, words) {
  const details = make("details", parent, { className: "more" });
  const summary = asIcon(make("summary", details), icon, words);
  const inside = make("div", details, { className: "panel", tabIndex: -1 });
  details.addEventListener("focusout", event => details.contains(event.relatedTarget) || (details.open = false));
  details.addEventListener("toggle", () => details.open && intoView(inside));
  details.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  return { details, inside };
}

/** Where Vega writes what a mark says: one place for all charts of a page. It lies below whatever fills the screen. */
function tooltipPlace() {
  const id = "vg-tooltip-element"; // Vega's
  return document.getElementById(id) ?? make("div", document.body, { id, className: "vg-tooltip" });
}

/** The rows of a look as objects; each knows its place among them. */
function rowsOf({ columns, first, end, now, unit }) {
  const rows = [];
  for (let place = first; place < end; place++) {
    const row = { [PLACE]: place - first };
    for (const [name, values] of columns) row[name] = values[place];
    if (now !== undefined && row.mark === "now") row.step = now;
    if (row.mark === "chosen") [row.layer, row.unit] = unit;
    rows.push(row);
  }
  return rows;
}

let changesets; // what makes them: the bundle has it, but gives it no name

/** A Vega changeset, of the kind that a view sends where it is told to insert something. */
function changeset(view) {
  if (!changesets) {
    view.pulse = (_, change) => (changesets = change.constructor);
    view.insert("frame", []);
    delete view.pulse;
  }
  return changesets();
}

/** The help mark, and in its panel paragraphs in which **terms** are bold. */
class Help {
  constructor(parent, words) {
    const { details, inside } = panel(parent, "help", words);
    this.details = details;
    this.inside = inside;
    inside.classList.add("words");
  }

  say(text) {
    if (text === this.text) return;
    this.text = text;
    this.inside.replaceChildren();
    for (const paragraph of text.split(/\n+/).filter(Boolean)) {
      const place = make("p", this.inside);
      paragraph.split("**").forEach((part, index) => make(index % 2 ? "strong" : "span", place, { textContent: part }));
    }
  }
}

/** Two lists from which a unit is chosen: its layer, and its number there. */
class Chooser {
  constructor(parent, words, pick) {
    this.element = make("span", parent, { className: "chooser" });
    const chosen = () => pick(this.lists.map(list => Number(list.value)));
    this.lists = [words.layer, words.unit].map(name => {
      const label = make("label", this.element, { textContent: name });
      return make("select", label, { onchange: chosen, ariaLabel: name });
    });
  }

  offer({ layers, width }) {
    this.lists.forEach((list, place) => {
      const count = [layers, width][place];
      if (list.length === count) return;
      list.replaceChildren();
      for (let number = 1; number <= count; number++) make("option", list, { value: number, textContent: number });
    });
  }

  choose(unit) {
    this.lists.forEach((list, place) => (list.value = unit[place]));
  }
}

class Figure {
  constructor(next, words, redraw, pick) {
    this.redraw = redraw;
    this.pick = pick;
    this.element = document.createElement("figure");
    next.before(this.element);
    const head = make("figcaption", this.element);
    this.title = make("strong", head);
    this.chooser = new Chooser(head, words, pick);
    this.see = make("span", head, { className: "see" });
    const buttons = make("div", head, { className: "buttons" });
    this.help = new Help(buttons, words.help);
    this.buildMenu(buttons, words);
    this.plot = make("div", this.element, { className: "plot" });
    this.plot.setAttribute("role", "img");
    this.element.onfullscreenchange = () => this.raiseTooltip();
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.plot);
  }

  buildMenu(parent, words) {
    const { details, inside } = panel(parent, "more_vert", words.menu);
    const entries = { png: () => this.save("png"), svg: () => this.save("svg"), full: () => this.element.requestFullscreen() };
    for (const [name, act] of Object.entries(entries)) {
      make("button", inside, { type: "button", textContent: words[name], onclick: () => ((details.open = false), act()) });
    }
  }

  /** In full screen, what marks say is shown above it, as large as the letters are. */
  raiseTooltip() {
    const place = tooltipPlace();
    const isFull = this.element.matches(":fullscreen");
    place.popover = isFull ? "manual" : null;
    Object.assign(place.style, { margin: isFull ? 0 : "", fontSize: isFull ? getComputedStyle(this.plot).fontSize : "" });
    if (isFull) place.showPopover();
  }

  heed(chart, ready, isDark, units, unit, found) {
    this.found = found;
    this.picks = new Set(chart.picks);
    this.element.classList.toggle("large", this.picks.size > 0);
    this.chooser.element.hidden = !this.picks.size;
    this.chooser.offer(units);
    this.choose(unit);
    this.name = chart.name;
    this.ready = ready;
    this.isDark = isDark;
    this.title.textContent = this.title.title = chart.title;
    this.see.textContent = this.see.title = chart.see;
    this.help.say([chart.see, chart.help].join("\n"));
    this.plot.setAttribute("aria-label", chart.alt);
    this.element.dataset.chart = chart.name;
    this.wanted = chart.spec;
  }

  choose(unit) {
    this.chooser.choose(unit);
  }

  async draw(look) {
    if (this.spec !== this.wanted) return this.embed(look);
    if (this.rows === look.end - look.first) this.change(look);
    else this.fill(look);
    for (const [name, layers] of Object.entries(this.found)) this.view.signal(name, layers);
    const held = this.spec.includes(IMAGES) ? this.hold() : undefined;
    try {
      await this.view.runAsync();
    } finally {
      held?.remove();
    }
  }

  /** Images in a drawing come a moment after it, and it would flicker: until they are there, what was seen stays. */
  hold() {
    const seen = this.plot.querySelector("canvas");
    const held = make("canvas", seen.parentElement, { className: "held", width: seen.width, height: seen.height });
    Object.assign(held.style, { width: seen.style.width, height: seen.style.height });
    held.getContext("2d").drawImage(seen, 0, 0);
    return held;
  }

  /** Rows in the place of others. */
  fill(look) {
    this.rows = look.end - look.first;
    this.view.data("frame", rowsOf(look));
  }

  /** As many rows as there are: they stay, and so does what is drawn for each; only their numbers change. */
  change({ columns, first, now, unit }) {
    const change = changeset(this.view);
    for (const [name, values] of columns) change.modify(() => true, name, row => values[first + row[PLACE]]);
    if (now !== undefined) change.modify(row => row.mark === "now", "step", () => now);
    change.modify(row => row.mark === "chosen", "layer", () => unit[0]);
    change.modify(row => row.mark === "chosen", "unit", () => unit[1]);
    this.view.change("frame", change);
  }

  /** A new drawing, which takes the place of the old one when it is there. */
  async embed(look) {
    const wanted = this.wanted;
    await (window.vegaEmbed ?? new Promise(ready => window.addEventListener(this.ready, ready, { once: true })));
    const [width, height, large] = this.size();
    const spec = { ...JSON.parse(wanted), data: { name: "frame", values: rowsOf(look) }, width, height };
    const given = { large, ...this.found };
    for (const param of spec.params) if (param.name in given) param.value = given[param.name];
    if (width < NARROW * large) spec.config.legend.columns = 2;
    spec.autosize = { type: "fit", contains: "padding", resize: true };
    const place = document.createElement("div");
    const tooltip = { theme: this.isDark ? "dark" : "light" };
    const { view } = await window.vegaEmbed(place, spec, { actions: false, renderer: "canvas", logLevel: ERRORS, tooltip });
    view.addEventListener("click", (_, item) => this.picks.has(item?.datum?.mark) && this.pick([item.datum.layer, item.datum.unit]));
    await view.resize().runAsync(); // room for axes is found once there are labels
    this.view?.finalize();
    this.plot.replaceChildren(place);
    Object.assign(this, { view, spec: wanted, width, height, large, rows: look.end - look.first });
    this.fit();
  }

  /** Width and height in pixels, and how large letters are, of what is usual. */
  size() {
    const { plot } = this;
    return [Math.max(80, plot.clientWidth), Math.max(80, plot.clientHeight), parseFloat(getComputedStyle(plot).fontSize) / LABEL || 1];
  }

  fit() {
    const [width, height, large] = this.size();
    if (!this.view || !this.element.isConnected) return; // what has left the page has no letters
    if (this.width === width && this.height === height && this.large === large) return;
    if (this.large !== large) {
      this.spec = undefined; // legends keep the places that they have found: it is drawn anew
      this.redraw();
      return;
    }
    Object.assign(this, { width, height });
    this.view.width(width).height(height).runAsync();
  }

  async save(kind) {
    const link = document.createElement("a");
    link.download = `${this.name}.${kind}`;
    this.view.background(getComputedStyle(this.element).backgroundColor);
    link.href = await this.view.toImageURL(kind, 2);
    this.view.background("transparent");
    link.click();
  }

  leave() {
    this.observer.disconnect();
    this.view?.finalize();
    this.element.remove();
  }
}
