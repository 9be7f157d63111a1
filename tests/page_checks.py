"""What a browser is asked about a page: contrast, names, the figures it shows, its filters."""

# pairs of colours that are too close for the size of what they are read in (WCAG 2.2, 1.4.3)
LOW_CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((p) => p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4)
    .reduce((sum, p, i) => sum + p * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, alpha = 1] = parts(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = new Map();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    // the rows of a table look alike
    const isMore = element.closest("tbody tr:nth-child(n+6)");
    if (!own || isMore || ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const colour = parts(element instanceof SVGElement ? style.fill : style.color);
    const back = ground(element);
    const [low, high] = [luminance(colour), luminance(back)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize), bold = style.fontWeight >= 700;
    const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < least) found.set(`${colour} on ${back}`, element.textContent);
  }
  return [...found.entries()].map(([pair, text]) => `${pair}: ${text.trim().slice(0, 40)}`);
}"""

# what a screen reader would meet without a name, and landmarks, headings and tables that lack parts
UNNAMED = """() => {
  const wrong = [];
  const all = (query) => [...document.querySelectorAll(query)];
  const say = (why) => wrong.push(why);
  const tell = (query, why) => all(query).forEach(
    (e) => say(`${why}: ${e.outerHTML.slice(0, 80)}`));
  if (document.documentElement.lang !== "en") say("no language");
  const once = ["header", "nav[aria-label]", "main", "footer", "h1", "nav a[aria-current=page]"];
  for (const one of once)
    if (all(one).length !== 1) say(`${all(one).length} of ${one}`);
  tell("[role=img]:not([aria-label]), [role=region]:not([aria-label])", "without a name");
  tell("th:not([scope])", "a heading of nothing");
  tell(".drawing svg:not([aria-hidden=true])", "read twice");
  all("table").forEach((t) => t.caption?.textContent || say("a table without a caption"));
  all("select").forEach((s) => s.labels.length === 1 || say(`${s.id} has no label`));
  all("a, button, summary").forEach(
    (e) => (e.ariaLabel ?? e.textContent).trim() || say("an empty control"));
  const ids = all("[id]").map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => say(`${id} twice`));
  all("[aria-labelledby]").forEach(
    (e) => ids.includes(e.getAttribute("aria-labelledby")) || say("named by nothing"));
  all('a[href^="#"]').forEach(
    (a) => ids.includes(a.hash.slice(1)) || say(`${a.hash} leads nowhere`));
  let level = 1;
  all("h1, h2, h3").forEach((h) => {
    if (h.tagName[1] > level + 1) say(`${h.textContent} skips a level`);
    level = Number(h.tagName[1]);
  });
  return wrong;
}"""

SHOWN_FIGURES = """() => [...document.querySelectorAll("data[data-metric]")].map(
  (figure) => [figure.dataset.metric, figure.value])"""

# chooses in every filter its last value; returns what then disagrees with it
WRONGLY_FILTERED = """async () => {
  const wrong = [];
  for (const section of document.querySelectorAll("section.exhibit")) {
    const columns = [...section.querySelectorAll("thead th")].map((h) => h.dataset.column);
    for (const select of section.querySelectorAll("select")) {
      select.selectedIndex = select.options.length - 1;
      select.dispatchEvent(new Event("change"));
      await new Promise((done) => setTimeout(done, 50));
      const rows = [...section.querySelectorAll("tbody tr:not([hidden])")];
      const at = columns.indexOf(select.dataset.column);
      const others = rows.filter((row) => row.cells[at].textContent !== select.value.slice(1));
      const told = section.querySelector("output").textContent;
      if (!rows.length || others.length) wrong.push(`${section.id} ${select.id}: ${others.length}`);
      if (!told.startsWith(`${rows.length} of `)) wrong.push(`${section.id}: ${told}`);
    }
  }
  return wrong;
}"""
