// The line above the charts: how the network is, and the one message, which then takes the place of the reasons.

class Line {
  constructor(parent, words, press) {
    Object.assign(this, { words, press, laid: {} });
    const place = make("div", parent, { className: "line" });
    this.verdict = make("div", place, { className: "verdict" });
    this.message = make("div", place, { className: "message" });
    this.judged = document.createElement("i");
    this.verdict.setAttribute("role", "status");
    this.message.setAttribute("role", "status");
  }

  lay(verdict, message) {
    this.fill("verdict", verdict, verdict?.health);
    this.fill("message", message, message?.kind);
  }

  /** Say at which step the verdict was found, where another one is looked at. */
  date(step) {
    this.judged.textContent = step === undefined ? "" : `${this.words.judged.replace("{step}", step.toLocaleString("en"))} `;
  }

  /** Fill a part anew where it says something else; otherwise a button might go while it is pressed. */
  fill(name, told, kind) {
    const text = JSON.stringify(told);
    if (this.laid[name] === text) return;
    this.laid[name] = text;
    const place = this[name];
    place.replaceChildren();
    place.className = `${name} ${kind ?? ""}`;
    if (!told) return;
    if (told.word) make("strong", place, { textContent: told.word });
    const words = make("span", place, { textContent: told.text, title: told.text });
    if (name === "verdict") words.prepend(this.judged);
    const more = told.layers?.length || told.others?.length ? [...told.more, this.words.found] : told.more;
    if (more.length || words.scrollHeight > words.clientHeight) {
      new Help(place, this.words.help).say([told.text, ...more].join("\n"));
    }
    for (const [id, label] of told.actions) {
      make("button", place, { type: "button", textContent: label, onclick: () => this.press(id) });
    }
  }
}
