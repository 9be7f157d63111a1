/* Charts, filters and downloads, all made from the table of an exhibit. No request is made. */
(() => {
  "use strict";
  const MANY = 12;
  const FRAME = 46; // the axis below the lines
  const MOST_SERIES = 8; // as many as there are colours
  const MOST_LINES = 40;
  const WIDE = 5; // an interval so many times as wide as usual is cut at the edge
  const ROOM = 0.12;
  const ERRORS = 1; // Vega's level: an empty interval is no news
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function theme() {
    const ink = colour("ink"), quiet = colour("quiet"), line = colour("line");
    const palette = Array.from({ length: 8 }, (_, i) => colour(`c${i + 1}`));
    const text = { labelColor: quiet, titleColor: ink, labelFontSize: 12, titleFontSize: 12 };
    return {
      background: null, font: "system-ui, sans-serif", view: { stroke: null },
      axis: { ...text, gridColor: line, domainColor: line, tickColor: line, titleFontWeight: "normal",
        labelFlush: false, labelLimit: innerWidth < 700 ? 110 : 190 },
      legend: { ...text, orient: "bottom", columns: innerWidth < 700 ? 2 : 5, symbolLimit: 30,
        symbolOpacity: 1, symbolSize: 70 },
      range: { category: palette }, line: { color: palette[0] }, area: { color: palette[0] },
      bar: { color: palette[0] }, point: { color: palette[0] }, rule: { color: ink },
      text: { color: ink, fontSize: 12 }, axisXTemporal: { labelOverlap: true },
    };
  }

  function value(cell, type) {
    if (type === "text") return cell.textContent === "" ? null : cell.textContent;
    const exact = cell.dataset.value;
    if (exact === undefined) return null;
    return type === "date" ? Date.parse(exact.replace(" ", "T") + (exact.length > 10 ? "Z" : ""))
      : Number(exact);
  }

  function neutral(text) {
    return /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  }

  function quoted(text) {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  const numbers = (rows, names) => rows.flatMap((row) => names.map((name) => row[name])).filter(Number.isFinite);
  const lineOf = (row, told) => told.labels.map((name) => row[name]).join(" ");
  const linesOf = (rows, told) => new Set(rows.map((row) => lineOf(row, told)));

  /* An interval far wider than the others would flatten all of them: it is cut, and marked where it
     goes on. Adds to each row the ends as they are drawn; returns the words for the caption. */
  function cutFarEnds(rows, { measures, intervals, goals }) {
    const seen = [...numbers(rows, measures), ...(goals === "" ? [] : [goals].flatMap((goal) =>
      typeof goal === "number" ? [goal] : numbers(rows, [goal])))];
    const ends = intervals.flatMap(([, low, high]) => rows.map((row) => [row[low], row[high]]))
      .filter((pair) => pair.every(Number.isFinite));
    const widths = ends.map(([low, high]) => high - low).sort((a, b) => a - b);
    const usual = widths[Math.floor((widths.length - 1) / 2)] ?? 0;
    const spread = Math.max(...seen) - Math.min(...seen);
    const most = Math.max(WIDE * usual, (WIDE / 2) * spread);
    const kept = [...seen, ...ends.filter(([low, high]) => high - low <= most).flat()];
    const room = (Math.max(...kept) - Math.min(...kept)) * ROOM;
    const isCut = ends.some(([low, high]) => high - low > most) && room > 0;
    const [from, to] = isCut ? [Math.min(...kept) - room, Math.max(...kept) + room] : [-Infinity, Infinity];
    for (const row of rows) {
      for (const [measure, low, high] of intervals) {
        const known = Number.isFinite(row[low]) && Number.isFinite(row[high]);
        row[`${measure}_drawn_low`] = known ? Math.max(row[low], from) : null;
        row[`${measure}_drawn_high`] = known ? Math.min(row[high], to) : null;
        row[`${measure}_past_low`] = known && row[low] < from;
        row[`${measure}_past_high`] = known && row[high] > to;
      }
    }
    return isCut ? "Arrow: the interval goes on; the table has its end." : "";
  }

  /* Values in the unit that their rows state: the chart says it where all rows agree. */
  function stateUnit(part, units) {
    if (units.size !== 1) return;
    const [unit] = units, isShare = unit === "%" || unit === "% per month";
    const { y, tooltip = [] } = part.encoding ?? {};
    if (y?.axis) Object.assign(y, { title: unit, axis: { ...y.axis, ...(isShare && { format: ".1~%" }) } });
    for (const told of tooltip.filter(({ type }) => type === "quantitative")) {
      Object.assign(told, { title: `${told.title} (${unit})` }, isShare && { format: ".2%" });
    }
    part.layer?.forEach((layer) => stateUnit(layer, units));
  }

  class Exhibit {
    constructor(section) {
      this.section = section;
      this.columns = [...section.querySelectorAll("thead th")].map((heading) => ({
        name: heading.dataset.column, type: heading.className,
      }));
      this.rows = [...section.querySelectorAll("tbody tr")].map((row) => this.read(row));
      this.filters = [...section.querySelectorAll("select")];
      this.shown = this.rows;
      const spec = section.querySelector("script.chart");
      this.spec = spec && JSON.parse(spec.textContent);
      this.filters.forEach((select, at) =>
        select.addEventListener("change", () => this.apply(at + 1)));
      section.querySelector("button.csv")?.addEventListener("click", () => this.download());
      this.apply(0);
    }

    read(row) {
      const cells = [...row.cells];
      const values = { element: row };
      this.columns.forEach(({ name, type }, i) => { values[name] = value(cells[i], type); });
      values.words = Object.fromEntries(this.columns.map(({ name }, i) => [name, cells[i].textContent]));
      return values;
    }

    /* Filters narrow from left to right: each offers what the ones before it leave. */
    apply(from) {
      let rows = this.rows;
      this.filters.forEach((select, at) => {
        if (at >= from) this.offer(select, rows);
        const { column } = select.dataset;
        if (select.value !== "") rows = rows.filter((row) => row.words[column] === select.value.slice(1));
      });
      this.shown = rows;
      const kept = new Set(rows);
      this.rows.forEach((row) => { row.element.hidden = !kept.has(row); });
      const count = this.section.querySelector("output");
      if (count) count.textContent = `${rows.length} of ${this.rows.length} rows`;
      this.redraw();
    }

    /* One drawing after the other, a failed one too: of two at once the slower would stay. */
    redraw() {
      const draw = () => this.draw();
      this.drawn = Promise.resolve(this.drawn).then(draw, draw);
    }

    offer(select, rows) {
      const found = [...new Set(rows.map((row) => row.words[select.dataset.column]))];
      const before = select.value;
      const options = found.map((word) => new Option(word || "(none)", `=${word}`));
      const needsOne = "one" in select.dataset || found.length > MANY;
      select.replaceChildren(...("one" in select.dataset ? [] : [new Option("all", "")]), ...options);
      select.value = needsOne && found.length ? `=${found[0]}` : "";
      if (before.length && options.some((option) => option.value === before)) select.value = before;
    }

    draw() {
      if (!this.spec) return Promise.resolve();
      const place = this.section.querySelector(".drawing");
      const names = this.columns.map(({ name }) => name);
      const told = this.spec.usermeta;
      const all = this.shown.map((row) => Object.fromEntries(names.map((n) => [n, row[n]])));
      const { values, words } = this.fewEnough(all, told);
      this.section.querySelector(".cut").textContent = [words, cutFarEnds(values, told)].join(" ").trim();
      this.view?.finalize();
      this.view = undefined;
      if (!numbers(values, told.measures).length) {
        place.textContent = "Nothing to draw: no row has a value. The table says why.";
        place.dataset.drawn = "0";
        return Promise.resolve();
      }
      const spec = JSON.parse(JSON.stringify(this.spec).replace(/"@(\w+)"/g, (_, name) => `"${colour(name)}"`));
      spec.data = { name: "rows", values };
      if (told.states_unit) stateUnit(spec, new Set(this.shown.map(({ words }) => words.unit)));
      /* one line per label: told in pixels, for Vega fits a width beside fixed heights only */
      if (spec.height.step) spec.height = spec.height.step * Math.max(1, linesOf(values, told).size) + FRAME;
      const options = { actions: false, renderer: "svg", ast: true, logLevel: ERRORS, config: theme() };
      return vegaEmbed(place, spec, options).then((made) => {
        this.view = made;
        place.querySelector("svg")?.setAttribute("aria-hidden", "true");
        place.dataset.drawn = String(values.length);
      });
    }

    /* No more lines than can be told apart; the table has all, and its order says which come first. */
    fewEnough(rows, told) {
      const name = told.series ? (row) => row[told.series] : (row) => lineOf(row, told);
      const most = told.series ? MOST_SERIES : told.labels.length ? MOST_LINES : Infinity;
      const found = [...new Set(rows.filter((row) => numbers([row], told.measures).length).map(name))];
      const kept = new Set(found.slice(0, most));
      const words = found.length > most ? `The first ${most} of ${found.length} are drawn.` : "";
      return { values: !told.series && !told.labels.length ? rows : rows.filter((row) => kept.has(name(row))), words };
    }

    csv() {
      const cell = (element) => element.dataset.value ?? element.textContent;
      const line = (texts) => texts.map((text) => quoted(neutral(text))).join(",");
      const rows = this.shown.map((row) => line([...row.element.cells].map(cell)));
      return [line(this.columns.map(({ name }) => name)), ...rows].join("\r\n") + "\r\n";
    }

    download() {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", this.csv()], { type: "text/csv" }));
      link.download = `${this.section.id}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
  }

  const exhibits = [...document.querySelectorAll("section.exhibit")].map((s) => new Exhibit(s));
  const page = document.documentElement;
  const tellDrawn = () => {
    const scheme = dark.matches ? "dark" : "light";
    Promise.all(exhibits.map(({ drawn }) => drawn)).then(() => { page.dataset.drawnIn = scheme; });
  };
  tellDrawn();
  dark.addEventListener("change", () => {
    delete page.dataset.drawnIn;
    exhibits.forEach((exhibit) => exhibit.redraw());
    tellDrawn();
  });
})();
