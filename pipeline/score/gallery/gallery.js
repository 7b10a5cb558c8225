"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const one = (id) => document.getElementById(id);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const CODE = new Map([...ALPHABET].map((letter, value) => [letter, value]));
  const [UNIT, BEFORE] = data.grid;
  const [WIDTH, HEIGHT] = data.box;
  const SIDE = Math.max(WIDTH, HEIGHT);
  const PAD = 0.06 * SIDE;
  const VIEW = `${-PAD} ${-PAD} ${WIDTH + 2 * PAD} ${HEIGHT + 2 * PAD}`;
  const PEN = (3 * SIDE) / 109;
  const PAGE = 120; // characters shown at first, and more at each press
  const SPEED = 1.1 * SIDE; // of the writing hand, units a second
  const LIFT = 0.12; // seconds between two strokes

  // ---- elements

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    return fill(element, attributes, children);
  }
  function draw(name, attributes = {}, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    return fill(element, attributes, children);
  }
  function fill(element, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }
  const say = (value) => (value === null ? "–" : typeof value === "number" ? String(value).replace("-", "−") : value);
  const percent = (share) => (share > 0 && share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);

  // ---- drawings

  const number = (text, at) => (CODE.get(text[at]) * 64 + CODE.get(text[at + 1]) - BEFORE) / UNIT;
  function unpack(text) {
    return text.split(".").map((stroke) => {
      const points = [];
      for (let i = 0; i + 3 < stroke.length; i += 4) points.push([number(stroke, i), number(stroke, i + 2)]);
      return points;
    });
  }
  const short = (value) => String(Math.round(value * 10) / 10);
  const short2 = (value) => String(Math.round(value * 100) / 100);
  const outline = (points) =>
    `M${points.map(([x, y]) => `${short(x)},${short(y)}`).join("L")}${points.length === 1 ? "h0" : ""}`;
  function travelled(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i++)
      sum += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
    return sum;
  }

  /** A path a stroke, so that each can be coloured, pointed at and written. */
  function ink(svg, text) {
    const strokes = unpack(text);
    svg.setAttribute("viewBox", VIEW);
    svg.replaceChildren(
      ...strokes.map((points, i) => {
        const path = draw("path", { class: "stroke ordered", d: outline(points), pathLength: 1 });
        path.style.setProperty("--t", strokes.length > 1 ? i / (strokes.length - 1) : 0);
        path.style.strokeWidth = PEN;
        path.seconds = Math.max(travelled(points) / SPEED, 0.05);
        path.dot = travelled(points) === 0;
        return path;
      }),
    );
    return svg;
  }
  /** One path for all strokes: smaller, for what is only looked at. */
  function plain(text) {
    const path = draw("path", { class: "stroke", d: unpack(text).map(outline).join("") });
    return draw("svg", { viewBox: VIEW, "aria-hidden": "true" }, path);
  }

  /** The strokes in their order. Dashes of 1 with gaps of 1.1, moved by 1.05: no cap shows before its stroke. */
  function write(svg) {
    stop(svg);
    let clock = 0;
    for (const path of svg.children) {
      const timing = { delay: 1000 * clock, duration: 1000 * path.seconds, fill: "both" };
      if (path.dot) path.animate([{ opacity: 0 }, { opacity: 1 }], { ...timing, easing: "step-end" });
      else {
        path.style.strokeDasharray = "1 1.1";
        path.animate([{ strokeDashoffset: 1.05 }, { strokeDashoffset: 0 }], timing);
      }
      clock += path.seconds + LIFT;
    }
    return clock;
  }
  function stop(svg) {
    for (const path of svg.children) {
      path.getAnimations().forEach((animation) => animation.cancel());
      path.style.strokeDasharray = "";
    }
  }
  function point(svg, first, last) {
    svg.classList.toggle("pointing", first !== null);
    [...svg.children].forEach((path, i) => path.classList.toggle("hit", first !== null && i >= first && i <= last));
  }

  // ---- what is known of the samples

  const column = Object.fromEntries(data.columns.map((found) => [found.name, found.values]));
  const numbers = data.columns.filter((found) => found.kind === "number");
  const flags = data.columns.filter((found) => found.kind === "flag" && found.name !== "accepted" && new Set(found.values).size > 1);
  const texts = data.columns.filter((found) => found.kind === "text");
  const count = data.samples.length;
  const partsOf = (i) => data.parts[i] || [];
  const nearestOf = (i) => (data.nearest[i] >= 0 ? data.reals[data.nearest[i]] : null);
  const reasonOf = (i) => (column.reason ? column.reason[i].replaceAll("_", " ") : "");
  const acceptedOf = (i) => (column.accepted ? Boolean(column.accepted[i]) : reasonOf(i) === "");
  /** What a sample was told to be, and how that reads; none of what was drawn freely. */
  const toldOf = (i) => ["description", "reading"].map((name) => column[name]?.[i]).filter(Boolean);
  const told = (i) => toldOf(i).map((line, k) => make("span", { class: k ? "reading" : "told", title: line }, line));
  const sorted = new Map(
    numbers.map(({ name, values }) => [name, values.filter((value) => value !== null).sort((a, b) => a - b)]),
  );
  /** Where a value stands among all of its column, from 0 to 1; equal values share the middle. */
  function place(name, value) {
    const all = sorted.get(name);
    const below = all.findIndex((other) => other >= value);
    let upto = below;
    while (upto < all.length && all[upto] === value) upto++;
    return all.length > 1 ? (below + upto - 1) / 2 / (all.length - 1) : 0.5;
  }
  const haystack = data.ids.map((id, i) =>
    [id, reasonOf(i), ...texts.map((found) => found.values[i]), ...partsOf(i).map(([element]) => element),
      ...(nearestOf(i) || []).slice(0, 2)].join(" ").toLowerCase());

  // ---- sorting and filtering

  const tools = one("tools"), field = tools.elements, grid = one("grid");
  let order = [], shown = 0, current = 0, descending = false;

  function options(select, pairs) {
    select.replaceChildren(...pairs.map(([value, text]) => make("option", { value }, text)));
  }
  function tally(values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
  function prepare() {
    options(field.sort, [["", "order drawn"], ...numbers.map(({ name, label }) => [name, label])]);
    const states = tally(data.ids.map((_, i) => (acceptedOf(i) ? "" : reasonOf(i) || "rejected")));
    const rejected = states.filter(([state]) => state !== "");
    const rest = rejected.reduce((sum, [, times]) => sum + times, 0);
    options(field.state, [["all", `all (${count})`], ["", `accepted (${count - rest})`],
      ...(rejected.length > 1 ? [["rejected", `rejected (${rest})`]] : []),
      ...rejected.map(([state, times]) => [`=${state}`, `${state} (${times})`])]);
    const elements = tally(data.ids.flatMap((_, i) => [...new Set(partsOf(i).map(([element]) => element))]));
    options(field.part, [["", "any"], ...elements.map(([element, times]) => [element, `${element} (${times})`])]);
    if (column.reading) field.query.placeholder = "number, reading, part, nearest, reason";
    const there = { state: rejected.length > 0, part: elements.length > 0, strokes: Boolean(column.strokes) };
    for (const tool of tools.querySelectorAll("[data-needs]")) tool.hidden = !there[tool.dataset.needs];
    one("flags").replaceChildren(...flags.map(({ name, label, values }) => {
      const times = values.reduce((sum, value) => sum + value, 0);
      return make("label", { class: "tick" }, make("input", { type: "checkbox", name: "flag", value: name }), ` ${label} (${times})`);
    }));
  }
  function fits(i, query, ticked) {
    const state = field.state.value, strokes = column.strokes ? column.strokes[i] : 0;
    if (state === "" && !acceptedOf(i)) return false;
    if (state === "rejected" && acceptedOf(i)) return false;
    if (state.startsWith("=") && (acceptedOf(i) || (reasonOf(i) || "rejected") !== state.slice(1))) return false;
    if (field.part.value && !partsOf(i).some(([element]) => element === field.part.value)) return false;
    if (field.least.value !== "" && strokes < Number(field.least.value)) return false;
    if (field.most.value !== "" && strokes > Number(field.most.value)) return false;
    return ticked.every((name) => column[name][i]) && query.every((word) => haystack[i].includes(word));
  }
  function refresh() {
    const query = field.query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ticked = [...tools.querySelectorAll('input[name="flag"]:checked')].map((box) => box.value);
    order = data.ids.map((_, i) => i).filter((i) => fits(i, query, ticked));
    const key = field.sort.value, sign = descending ? -1 : 1;
    const values = column[key];
    // what has no number stands last, whichever way
    if (values) order.sort((a, b) => (values[a] === null) - (values[b] === null) || sign * (values[a] - values[b]) || a - b);
    else if (descending) order.reverse();
    const button = one("direction");
    button.textContent = descending ? "↓" : "↑";
    button.setAttribute("aria-label", descending ? "descending; press for ascending" : "ascending; press for descending");
    one("found").textContent = `${order.length} of ${count} shown`;
    shown = current = 0;
    grid.replaceChildren();
    if (order.length) extend(PAGE);
    else grid.append(make("li", { class: "empty" }, "No character fits. Reset shows all again."));
    one("more").hidden = shown >= order.length;
  }
  function extend(by) {
    const upto = Math.min(order.length, shown + by);
    const cards = document.createDocumentFragment();
    for (; shown < upto; shown++) cards.append(card(order[shown], shown));
    grid.append(cards);
    one("more").hidden = shown >= order.length;
    one("some").textContent = `Show ${Math.min(PAGE, order.length - shown)} more of ${order.length - shown}`;
  }

  // ---- cards

  function describe(i) {
    const near = nearestOf(i), parts = partsOf(i).map(([element]) => element);
    return [`Character ${data.ids[i]}`, ...toldOf(i), column.strokes && `${column.strokes[i]} strokes`,
      parts.length && `parts ${parts.join(" ")}`, near && `nearest real character ${near[1] || near[0]}`,
      acceptedOf(i) ? "" : `rejected: ${reasonOf(i)}`].filter(Boolean).join(", ");
  }
  function partNames(i) {
    return partsOf(i).flatMap(([element, first, last], k) => {
      const name = make("span", { class: "part", "data-first": first, "data-last": last }, element);
      return k ? [" + ", name] : [name];
    });
  }
  function card(i, at) {
    const svg = ink(draw("svg", { class: "cell", "aria-hidden": "true" }), data.samples[i]);
    const key = field.sort.value, near = nearestOf(i);
    const text = make("span", { class: "card-text" }, ...told(i));
    if (partsOf(i).length) text.append(make("span", { class: "card-parts" }, ...partNames(i)));
    text.append(make("span", { class: "card-id" }, data.ids[i]));
    if (key) text.append(make("span", {}, say(column[key][i])));
    if (!acceptedOf(i)) text.append(make("span", { class: "reason" }, reasonOf(i)));
    const foot = make("span", { class: "card-foot" }, text);
    if (near) foot.append(make("span", { class: "near" }, plain(near[2]), near[1] || ""));
    const button = make("button", { type: "button", class: "card", "aria-label": describe(i), tabindex: at === current ? 0 : -1 }, svg, foot);
    button.dataset.at = at;
    return make("li", acceptedOf(i) ? {} : { class: "rejected" }, button);
  }
  const cardAt = (at) => grid.querySelector(`[data-at="${at}"]`);
  function focus(at) {
    if (at >= shown) extend(PAGE);
    at = Math.max(0, Math.min(at, order.length - 1));
    cardAt(current)?.setAttribute("tabindex", -1);
    current = at;
    const button = cardAt(at);
    button?.setAttribute("tabindex", 0);
    button?.focus();
  }
  function across() {
    return getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  }

  grid.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.closest(".card")) return;
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across(), ArrowUp: -across(), Home: -current, End: order.length - 1 - current };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const to = current + moves[event.key];
    if (event.key === "End") extend(order.length);
    if (to >= 0 && to < order.length) focus(to);
  });
  grid.addEventListener("click", (event) => {
    const button = event.target.closest(".card");
    if (button) open(Number(button.dataset.at));
  });
  let written = null;
  function begin(button) {
    if (button === written) return;
    end();
    if (!button) return;
    written = button;
    if (!still.matches) write(button.firstElementChild);
  }
  function end() {
    if (written) stop(written.firstElementChild);
    written = null;
  }
  grid.addEventListener("pointerover", (event) => {
    const button = event.target.closest(".card"), part = event.target.closest(".part");
    begin(button);
    if (!button) return;
    if (part) stop(button.firstElementChild);
    point(button.firstElementChild, part ? Number(part.dataset.first) : null, part ? Number(part.dataset.last) : null);
  });
  grid.addEventListener("pointerout", (event) => {
    const button = event.target.closest(".card");
    if (!button || button.contains(event.relatedTarget)) return;
    point(button.firstElementChild, null, null);
    end();
  });
  grid.addEventListener("focusin", (event) => {
    const button = event.target.closest(".card");
    if (button && button.matches(":focus-visible")) begin(button);
  });
  grid.addEventListener("focusout", end);

  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("input", (event) => {
    if (event.target.name === "colour") document.body.classList.toggle("coloured", field.colour.checked);
    else refresh();
  });
  tools.addEventListener("reset", () => setTimeout(() => {
    descending = false;
    document.body.classList.add("coloured");
    refresh();
  }));
  one("direction").addEventListener("click", () => {
    descending = !descending;
    refresh();
  });
  one("some").addEventListener("click", () => {
    const at = shown;
    extend(PAGE);
    focus(at);
  });
  one("all").addEventListener("click", () => {
    const at = shown;
    extend(order.length);
    focus(at);
  });

  // ---- one character at large

  const view = one("view"), large = one("view-drawing"), scrub = one("strokes");
  large.classList.add("cell");
  let timer = 0;
  function open(at) {
    current = at;
    show(order[at]);
    if (view.open) return;
    view.showModal();
    one("write").focus();
  }
  function show(i) {
    const near = nearestOf(i);
    one("view-title").textContent = `${data.ids[i]}${acceptedOf(i) ? "" : `, rejected: ${reasonOf(i)}`}`;
    one("view-told").replaceChildren(...told(i));
    one("view-told").hidden = !toldOf(i).length;
    ink(large, data.samples[i]);
    point(large, null, null);
    scrub.max = large.children.length;
    one("view-parts").replaceChildren(...partsOf(i).map(([element, first, last]) => {
      const strokes = first === last ? `stroke ${first + 1}` : `strokes ${first + 1} to ${last + 1}`;
      const button = make("button", { type: "button", title: strokes, "aria-label": `${element}, ${strokes}` }, element);
      for (const start of ["pointerenter", "focus"]) button.addEventListener(start, () => { reveal(scrub.max); point(large, first, last); });
      for (const finish of ["pointerleave", "blur"]) button.addEventListener(finish, () => point(large, null, null));
      return button;
    }));
    one("view-nearest").hidden = !near;
    if (near) {
      const picture = plain(near[2]);
      picture.setAttribute("class", "cell near-large");
      const caption = make("figcaption", {}, make("b", {}, near[1] || near[0]), `nearest real character${near[1] ? `, ${near[0]}` : ""}`);
      one("view-nearest").replaceChildren(picture, caption);
    }
    one("view-numbers").replaceChildren(...data.columns.filter(({ name }) => name !== "accepted" && name !== "reason").map((found) => row(found, i)));
    one("before").disabled = current === 0;
    one("after").disabled = current === order.length - 1;
    play();
    try { history.replaceState(null, "", `#${encodeURIComponent(data.ids[i])}`); } catch { /* a page in a sandbox has no address */ }
  }
  function row({ name, label, meaning, kind, values }, i) {
    const head = make("th", { scope: "row" }, label, ...(meaning ? [make("small", {}, meaning)] : []));
    const value = values[i];
    const text = kind === "flag" ? (value ? "yes" : "no") : kind === "text" ? value || "–" : say(value);
    const where = make("td");
    if (kind === "number" && value !== null && sorted.get(name).length > 1) {
      const share = place(name, value), mark = make("i");
      mark.style.left = `${100 * share}%`;
      const track = make("div", { class: "place", role: "img", "aria-label": `higher than ${Math.round(100 * share)} % of all` }, mark);
      track.title = track.getAttribute("aria-label");
      where.append(track);
    }
    return make("tr", {}, head, make("td", {}, text), where);
  }
  function reveal(strokes) {
    clearTimeout(timer);
    stop(large);
    [...large.children].forEach((path, i) => path.style.setProperty("visibility", i < strokes ? "visible" : "hidden"));
    scrub.value = strokes;
    one("stroke").textContent = `${strokes} of ${large.children.length}`;
  }
  /** Written stroke by stroke; where motion is not wanted, all of it stands there. */
  function play() {
    reveal(large.children.length);
    if (!still.matches) write(large);
  }
  /** What a press on Write does where motion is not wanted: whole strokes, one after another. */
  function count_up(strokes) {
    reveal(strokes);
    if (strokes < large.children.length) timer = setTimeout(() => count_up(strokes + 1), 500);
  }
  function turn(by) {
    const at = current + by;
    if (at < 0 || at >= order.length) return;
    if (at >= shown) extend(PAGE);
    cardAt(current)?.setAttribute("tabindex", -1);
    cardAt(at)?.setAttribute("tabindex", 0);
    open(at);
  }
  one("write").addEventListener("click", () => (still.matches ? count_up(1) : play()));
  scrub.addEventListener("input", () => reveal(Number(scrub.value)));
  one("before").addEventListener("click", () => turn(-1));
  one("after").addEventListener("click", () => turn(1));
  one("close").addEventListener("click", () => view.close());
  view.addEventListener("click", (event) => event.target === view && view.close());
  view.addEventListener("keydown", (event) => {
    if (event.target === scrub || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) turn(by);
  });
  view.addEventListener("close", () => {
    clearTimeout(timer);
    stop(large);
    try { history.replaceState(null, "", " "); } catch { /* likewise */ }
    focus(current);
  });

  // ---- where the pen may go next

  const stage = one("stage"), slider = one("step"), playing = one("play");
  let film = null, drawn = [], clock = 0;
  function choose(index) {
    halt();
    film = data.films[index];
    drawn = unpack(film.drawing).flatMap((points) => points.map((at, i) => ({ at, begins: i === 0, ends: i === points.length - 1 })));
    [...one("films").children].forEach((button, i) => button.setAttribute("aria-pressed", i === index));
    slider.max = film.steps.length - 1;
    const half = film.steps.length / 2;
    slider.value = Math.max(0, drawn.findIndex(({ begins }, i) => begins && i >= half)); // between strokes it is least sure
    foresee();
  }
  /** Before step `slider.value`: ink so far, the mixture, the ring where the point was put, the chances of the pen. */
  function foresee() {
    const at = Number(slider.value), [lifts, ends, mixture] = film.steps[at];
    const before = drawn.slice(0, at), next = drawn[at];
    const strokes = [];
    for (const { at: spot, begins } of before) begins ? strokes.push([spot]) : strokes[strokes.length - 1].push(spot);
    const parts = strokes.map((points) => {
      const path = draw("path", { class: "stroke", d: outline(points) });
      path.style.strokeWidth = PEN;
      return path;
    });
    for (const [weight, x, y, longer, shorter, angle] of [...mixture].reverse())
      for (const [name, sigma] of [["two", 2], ["one", 1]]) {
        const size = { cx: x, cy: y, rx: Math.max(sigma * longer, 0.3), ry: Math.max(sigma * shorter, 0.3) };
        const blob = draw("ellipse", { class: `blob ${name}`, transform: `rotate(${angle} ${x} ${y})`, ...size });
        blob.style.opacity = Math.sqrt(weight);
        parts.push(blob);
      }
    const [x, y] = next.at, last = before.at(-1);
    if (last) parts.push(draw("path", { class: "trail", d: outline([last.at, next.at]) }), draw("circle", { class: "latest", cx: last.at[0], cy: last.at[1], r: 1.8 }));
    parts.push(draw("circle", { class: "next", cx: x, cy: y, r: 3.2 }));
    stage.setAttribute("viewBox", VIEW);
    stage.replaceChildren(...parts);
    const done = before.filter((step) => step.ends).length;
    one("moment").textContent = `Step ${at + 1} of ${film.steps.length}: ${done} ${done === 1 ? "stroke" : "strokes"} drawn; ` +
      (next.begins ? "the pen comes down for the next." : "the pen is on the paper.");
    chances([["stays on the paper", Math.max(0, 1 - lifts - ends), !next.ends], ["lifts: end of stroke", lifts, next.ends && at + 1 < drawn.length],
      ["ends the character", ends, at + 1 === drawn.length]]);
    course(at);
    slider.setAttribute("aria-valuetext", one("moment").textContent);
  }
  function chances(rows) {
    one("chances").replaceChildren(...rows.flatMap(([label, share, happened]) => {
      const bar = make("i");
      bar.style.transform = `scaleX(${share})`;
      return [make("dt", {}, happened ? `${label} ○` : label), make("div", { class: "track" }, bar), make("dd", {}, percent(share))];
    }));
  }
  /** The chance of lifting at each step as a bar, above marks where the pen was lifted. */
  function course(at) {
    const bars = film.steps.map(([lifts, ends], i) => `M${i - 0.4},1V${short2(1 - lifts - ends)}h.8V1`).join("");
    const marks = drawn.map(({ ends }, i) => (ends ? `M${i},1.06v.14` : "")).join("");
    one("course").setAttribute("viewBox", `-.5 -.04 ${drawn.length} 1.28`);
    one("course").replaceChildren(draw("path", { class: "axis", d: `M-.5,1H${drawn.length - 0.5}` }), draw("path", { class: "chance", d: bars }),
      draw("path", { class: "lifted", d: marks }), draw("path", { class: "now", d: `M${at},-.04V1.24` }));
  }
  function halt() {
    clearInterval(clock);
    clock = 0;
    playing.textContent = "Play";
  }
  function prepareFilms() {
    one("density").hidden = data.films.length === 0;
    if (!data.films.length) return;
    one("films").replaceChildren(...data.films.map(({ label, drawing }, i) => {
      const picture = plain(drawing);
      picture.setAttribute("class", "cell");
      const button = make("button", { type: "button" }, picture, label);
      button.addEventListener("click", () => choose(i));
      return button;
    }));
    slider.addEventListener("input", () => { halt(); foresee(); });
    playing.addEventListener("click", () => {
      if (clock) return halt();
      if (Number(slider.value) === Number(slider.max)) { slider.value = 0; foresee(); }
      playing.textContent = "Pause";
      clock = setInterval(() => {
        if (Number(slider.value) >= Number(slider.max)) return halt();
        slider.value = Number(slider.value) + 1;
        foresee();
      }, 450);
    });
    choose(0);
  }

  // ---- the character at the top

  function prepareHero() {
    const kept = data.ids.map((_, i) => i).filter(acceptedOf), hero = one("hero");
    if (!kept.length) return;
    let at = 0;
    const next = () => {
      const svg = ink(hero.firstElementChild, data.samples[kept[at]]);
      hero.lastElementChild.textContent = data.ids[kept[at]];
      hero.setAttribute("aria-label", `Character ${data.ids[kept[at]]} of the net; press for another`);
      if (!still.matches) write(svg);
      at = (at + 1) % kept.length;
    };
    hero.firstElementChild.setAttribute("class", "cell");
    hero.addEventListener("click", next);
    hero.hidden = false;
    next();
  }

  document.body.classList.add("coloured");
  one("characters").hidden = count === 0;
  prepare();
  refresh();
  prepareFilms();
  prepareHero();
  let asked = "";
  try { asked = decodeURIComponent(location.hash.slice(1)); } catch { /* not one of our addresses */ }
  const wanted = order.findIndex((i) => data.ids[i] === asked);
  if (wanted >= 0) { while (wanted >= shown) extend(PAGE); open(wanted); }
})();
