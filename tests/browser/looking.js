// What a person would notice on a page and axe does not: cut or overlapping words, small or covered targets, faint ink.
// Answers with sentences. `asked` says the width of the screen, the least target, and what to look at.
(asked) => {
  const found = [];
  const root = document.documentElement;
  const ink = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 50);
  const named = (element) => {
    const kind = typeof element.className === "string" && element.className.trim().replace(/\s+/g, ".");
    const label = words(element) || element.getAttribute("aria-label") || element.name || element.id || "";
    return `${element.tagName.toLowerCase()}${kind ? `.${kind}` : ""} "${label}"`;
  };
  const say = (what, element) => found.push(`${what}: ${named(element)}`);
  const UNSEEN = ".sr, .skip, script, style, template, [hidden]"; // read aloud, or shown only to a keyboard
  const looks = new Map();
  const look = (element) => looks.get(element) ?? looks.set(element, getComputedStyle(element)).get(element);
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(UNSEEN) && !isTuckedAway(element);
  const tucked = new Map();
  // Drawn for ears only: clipped to nothing. A parent that is, hides what it holds.
  const isTuckedAway = (element) => {
    if (!element || element === root) return false;
    if (!tucked.has(element)) tucked.set(element, look(element).clipPath === "inset(50%)" || isTuckedAway(element.parentElement));
    return tucked.get(element);
  };
  const above = function* (element) {
    for (let at = element; at && at !== root; at = at.parentElement) yield at;
  };
  const floats = (element) => [...above(element)].some((each) => ["fixed", "sticky"].includes(look(each).position));

  const elements = [...document.querySelectorAll("body *")].filter(isSeen);
  const pieces = elements.flatMap((element) => [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
    .map((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
      return { element, node, boxes };
    })).filter(({ boxes }) => boxes.length);

  // -- nothing is cut off ---------------------------------------------------------------
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  const scrolls = (overflow) => overflow === "auto" || overflow === "scroll";
  const cutBy = (box, element) => {
    let { left, right, top, bottom } = box;
    for (const at of above(element)) {
      const { overflowX, overflowY, position } = look(at);
      const edge = at.getBoundingClientRect();
      if (look(at).display === "inline") continue;
      if (hides(overflowX) && (right > edge.right + 1 || left < edge.left - 1)) return named(at);
      if (hides(overflowY) && (bottom > edge.bottom + 1 || top < edge.top - 1)) return named(at);
      if (scrolls(overflowX)) [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      if (scrolls(overflowY)) [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      if (position === "fixed") break;
    }
    return right > asked.width + 1 || left < -1 ? "the screen" : "";
  };
  for (const { element, boxes } of pieces) {
    if (element.closest("svg")) continue; // looked at below: its boxes are higher than its ink
    const edge = boxes.map((box) => cutBy(box, element)).find(Boolean);
    if (edge) say(`cut off by ${edge}`, element);
  }
  for (const element of elements) {
    if (element.matches("svg, svg *, input, select, option, textarea, thead, thead *")) continue;
    const { display, overflowX } = look(element);
    if (display === "inline" || display === "contents" || scrolls(overflowX)) continue;
    if (element.scrollWidth > element.clientWidth + 1) say("wider than its place", element);
    if (hides(look(element).overflowY) && element.scrollHeight > element.clientHeight + 1) say("higher than its place", element);
    const box = element.getBoundingClientRect();
    if (box.width > 2 && cutBy(box, element.parentElement)) say("beyond the edge", element);
  }
  const wide = (text, element) => {
    const { fontWeight, fontSize, fontFamily, letterSpacing } = look(element);
    ink.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    return ink.measureText(text).width + text.length * (parseFloat(letterSpacing) || 0);
  };
  for (const element of elements) {
    if (!element.matches("input:not([type=radio], [type=checkbox], [type=file]), select")) continue;
    const { paddingLeft, paddingRight } = look(element);
    const room = element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const choice = element.matches("select") && element.selectedOptions[0]?.text;
    const written = choice || (element.type === "password" ? "" : element.value) || element.placeholder || "";
    if (wide(written, element) > room + 1) say(`no room for "${written}"`, element);
  }
  for (const text of document.querySelectorAll("svg text")) {
    if (!isSeen(text)) continue;
    const box = text.getBoundingClientRect();
    const frame = text.ownerSVGElement.getBoundingClientRect();
    const isOut = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
    if (isOut) say("outside its picture", text);
  }

  // -- no word lies on another -----------------------------------------------------------
  const lying = pieces.filter(({ element }) => !floats(element))
    .flatMap(({ element, boxes }) => boxes.map(({ left, right, top, bottom, height }) => (
      { element, box: { left, right, top: top + height * 0.2, bottom: bottom - height * 0.2 } })))
    .sort((one, other) => one.box.top - other.box.top);
  lying.forEach(({ element, box }, at) => {
    for (let next = at + 1; next < lying.length && lying[next].box.top < box.bottom; next++) {
      const other = lying[next];
      const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      const isKin = element.contains(other.element) || other.element.contains(element);
      if (!isKin && across > 2 && down > 1) say(`lies on "${words(other.element)}"`, element);
    }
  });

  // -- everything that can be pressed is large enough ---------------------------------------
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], [role=button]";
  const isAmongWords = (link) => {
    if (!link.matches("a") || look(link).display !== "inline") return false;
    const block = [...above(link.parentElement)].find((each) => look(each).display !== "inline");
    const own = words(link).length;
    return block.textContent.trim().replace(/\s+/g, " ").length > own + 3 && [...block.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 2);
  };
  const targets = elements.filter((element) => element.matches(TARGETS) && !element.matches("svg *"));
  for (const target of targets) {
    const whole = target.matches("[type=radio], [type=checkbox]") ? target.closest("label") ?? target : target;
    const box = whole.getBoundingClientRect();
    const frame = target.closest(".box")?.getBoundingClientRect() ?? box;
    if (isAmongWords(target) || target.matches("[role=img], .scroller")) continue;
    const [width, height] = [Math.max(box.width, frame.width), Math.max(box.height, frame.height)];
    if (height < asked.least - 0.5) say(`only ${Math.round(height)} high`, target);
    if (width < asked.least - 0.5) say(`only ${Math.round(width)} wide`, target);
  }

  // -- what has the focus is not under a bar that stays --------------------------------------
  if (asked.isFocusTried) {
    const before = document.activeElement;
    for (const target of targets) {
      const whole = target.matches("[type=radio], [type=checkbox]") ? target.closest("label") ?? target : target;
      target.focus();
      const box = whole.getBoundingClientRect();
      const x = Math.min(Math.max(box.left + box.width / 2, 1), asked.width - 1);
      const y = box.top + Math.min(box.height / 2, innerHeight / 3);
      const top = document.elementFromPoint(x, y);
      if (document.activeElement === target && !(top && (whole.contains(top) || top.contains(whole)))) {
        say(`has the focus under ${top ? named(top) : "the edge"}`, target);
      }
    }
    document.activeElement?.blur();
    before?.focus?.();
    scrollTo(0, 0);
  }

  // -- ink on its ground ---------------------------------------------------------------------
  const seen = new Map();
  const rgba = (colour) => {
    if (!seen.has(colour)) {
      ink.clearRect(0, 0, 1, 1);
      ink.fillStyle = colour;
      ink.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = ink.getImageData(0, 0, 1, 1).data;
      seen.set(colour, [red, green, blue, alpha / 255]);
    }
    return seen.get(colour);
  };
  const over = (front, back) => front.slice(0, 3).map((part, at) => part * front[3] + back[at] * (1 - front[3])).concat(1);
  const ground = (element) => {
    const layers = [];
    for (const at of above(element)) {
      const { backgroundColor, backgroundImage } = look(at);
      if (backgroundImage !== "none") return null;
      const colour = rgba(backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((back, front) => over(front, back), rgba(look(root).backgroundColor));
  };
  const light = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const faint = (element, colour, least, what) => {
    const back = ground(element);
    if (!back) return say(`${what} on a picture`, element);
    const value = contrast(over(rgba(colour), back), back);
    if (value < least - 0.01) say(`${what} of contrast ${value.toFixed(1)}`, element);
  };
  for (const { element } of pieces) {
    const { color, fill, fontSize, fontWeight } = look(element);
    const size = parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    faint(element, element.closest("svg") ? fill : color, isLarge ? 3 : 4.5, "words");
  }
  for (const icon of document.querySelectorAll("svg.i")) {
    if (isSeen(icon)) faint(icon.parentElement, look(icon).color, 3, "an icon");
  }

  // -- every sign is drawn by our font: a sign another font stands in for changes its width with that font -----------
  const width = (sign, other) => {
    ink.font = `64px "Atkinson Hyperlegible Next", ${other}`;
    return ink.measureText(sign).width;
  };
  const strange = [...new Set(document.body.innerText.replace(/\s/g, ""))]
    .filter((sign) => width(sign, "serif") !== width(sign, "monospace"));
  if (strange.length) found.push(`signs our font does not draw: ${strange.join(" ")}`);
  return [...new Set(found)];
}
