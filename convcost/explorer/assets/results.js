// What changes when a size is turned.

const numbers = all('[data-n]').map((element) => ({
  element,
  n: Number(element.dataset.n),
  block: Number(element.dataset.b),
}));
const shapes = all('[data-shape]').map((element) => ({
  element,
  entries: element.dataset.shape.split(' ').filter(Boolean).map(Number),
  block: Number(element.dataset.b),
}));
const letters = all('[data-s]').map((element) => ({ element, place: Number(element.dataset.s) }));
const doubles = all('[data-twice]').map((element) => ({
  element,
  n: Number(element.dataset.twice),
  block: Number(element.dataset.b),
}));
const bars = all('[data-part]').map((element) => ({
  element,
  n: Number(element.dataset.part),
  block: Number(element.dataset.b),
}));
const everything = new Evaluator(
  data.entries,
  [
    ...numbers.map(({ n }) => n),
    ...shapes.flatMap(({ entries }) => entries),
    ...data.blocks.flatMap((block) => [
      ...COSTS.flatMap((cost) => [block[cost], block.sums[cost]]),
      ...block.conditions.flatMap(({ left, right }) => [left, right]),
      ...block.outputs.flat(),
      ...block.boxes.flatMap((box) => [box.macs, box.params, ...box.shapes.flat()]),
    ]),
    ...Object.values(data.extra),
  ].filter((n) => n !== null),
);
// Where costs meet need not be rational: then to thirty digits.
const nearly = new Evaluator(
  data.entries,
  'meeting' in data.extra ? [data.extra.meeting] : [],
  new Map([...LAWS, ['root', nearRoot]]),
);

// What holds at the sizes of the moment: the numbers, and for each block the sentences that forbid them.
function look() {
  const unset = dials.filter((dial) => wrong(dial.text)).map((dial) => dial.name);
  if (unset.length) return { unset, known: null, troubles: [[], []], fine: [false, false] };
  const sizes = dials.map(sizeOf);
  const known = everything.at(sizes);
  const troubles = data.blocks.map((block) =>
    block.conditions.filter((each) => !holds(each, known)).map((each) => each.text),
  );
  // The formula and the layers must come to the same; where they do not, nothing is said.
  const fine = data.blocks.map(
    (block, i) =>
      !troubles[i].length &&
      COSTS.every(
        (cost) =>
          block.sums[cost] === null ||
          (isWhole(known[block.sums[cost]]) && equal(known[block.sums[cost]], known[block[cost]])),
      ),
  );
  return { unset, sizes, known, troubles, fine };
}

function show() {
  const now = look();
  for (const { element, n, block } of numbers) {
    const value = now.fine[block] ? whole(now.known[n]) : null;
    put(element, value === null ? EMPTY : grouped(value));
  }
  data.blocks.forEach((block, i) => {
    const value = now.fine[i] && block.macs !== null ? whole(now.known[block.macs]) : null;
    put(one(`glance-${i}`), value === null ? EMPTY : fitting(value));
  });
  for (const { element, n, block } of doubles) put(element, now.fine[block] ? grouped(2n * now.known[n][0]) : EMPTY);
  for (const { element, entries, block } of shapes) put(element, shapeText(entries, now, block));
  for (const { element, place } of letters) {
    const size = sizeOf(dials[place]);
    put(element, size === null ? dials[place].name : grouped(size));
  }
  showBars(now);
  showPictures(now);
  showTroubles(now);
  showRatios(now);
  showMeeting(now);
  showChart(now);
  return now;
}

function showBars(now) {
  for (const { element, n, block } of bars) {
    const most = now.fine[block] && (element.dataset.of ? now.known[Number(element.dataset.of)] : highestTotal(now));
    const part = most && most[0] > 0n ? share(now.known[n][0], most[0]) : 0;
    element.style.width = `${(100 * part).toFixed(2)}%`;
  }
}

function highestTotal(now) {
  const totals = data.blocks.map((block, i) => (now.fine[i] && block.macs !== null ? now.known[block.macs] : [0n, 1n]));
  return less(totals[0], totals[1]) ? totals[1] : totals[0];
}

function showTroubles(now) {
  data.blocks.forEach((block, i) => {
    const place = one(`trouble-${i}`);
    const told = [];
    if (now.unset.length) told.push(say('unset', { names: now.unset.join(', ') }));
    else if (now.troubles[i].length) told.push(say('broken', { assumptions: now.troubles[i].join(', ') }));
    else if (!now.fine[i]) told.push(say('disagree'));
    put(place, told.join(' '));
    place.hidden = !told.length;
  });
  for (const item of all('[data-assumption]')) {
    const [block, n] = item.dataset.assumption.split('-').map(Number);
    const broken = Boolean(now.known) && !holds(data.blocks[block].conditions[n], now.known);
    item.classList.toggle('broken', broken);
    put(item.querySelector('.mark'), broken ? say('does-not-hold') : now.known ? say('holds') : '');
  }
}

// -- ratios ------------------------------------------------------------------------------------------------------

function ratioOf(now, cost) {
  if (!now.fine.every(Boolean) || !data.blocks.every((block) => block.exact)) return null;
  const [a, b] = data.blocks.map((block) => now.known[block[cost]]);
  return a && b && a[0] > 0n && b[0] > 0n ? fraction(a[0], b[0]) : null;
}

function verdict(ratio, cost) {
  if (ratio[0] === ratio[1]) return say(`same-${cost}`);
  const [more, fewer, factor] = ratio[0] > ratio[1] ? ['A', 'B', ratio] : ['B', 'A', [ratio[1], ratio[0]]];
  const [text, exact] = decimal(factor);
  return say(`more-${cost}`, { more, fewer, factor: exact ? text : `≈ ${text}` });
}

function showRatios(now) {
  for (const cost of COSTS) {
    const ratio = ratioOf(now, cost);
    const [text, exact] = ratio ? decimal(ratio) : [EMPTY, true];
    put(
      one(`ratio-${cost}`),
      ratio ? `${grouped(ratio[0])}${ratio[1] === 1n ? '' : ' / ' + grouped(ratio[1])}` : EMPTY,
    );
    put(one(`decimal-${cost}`), ratio && ratio[1] !== 1n ? `${exact ? '=' : '≈'} ${text}` : '');
    put(one(`verdict-${cost}`), ratio ? verdict(ratio, cost) : say(`none-${cost}`));
  }
  const outputs = data.blocks.map(
    (block) => now.known && block.outputs.map((shape) => shape.map((n) => now.known[n]?.join('/'))).join(';'),
  );
  one('other-output').hidden = !now.fine.every(Boolean) || outputs[0] === outputs[1];
}

// The size at which both cost the same, and whether it is exactly that one.
function meetingAt(now) {
  const exact = now.known[data.extra.meeting];
  const value = exact ?? nearly.at(now.sizes)[data.extra.meeting];
  return value && value[0] > 0n ? { value, exact: exact !== null && decimal(value)[1] } : null;
}

function showMeeting(now) {
  const sound = now.fine.every(Boolean);
  const ratio = one('ratio-value');
  if (ratio) put(ratio, told(sound ? now.known[data.extra.ratio] : null));
  const place = one('meeting-value');
  if (!place) return;
  const found = sound ? meetingAt(now) : null;
  put(place, found ? `${found.exact ? '=' : '≈'} ${decimal(found.value)[0]}` : EMPTY);
}

// A fraction and its decimal: "= 300/31 ≈ 9.6774".
function told(value) {
  if (!value) return EMPTY;
  const [text, exact] = decimal(value);
  if (value[1] === 1n) return `= ${text}`;
  return `= ${grouped(value[0])}/${grouped(value[1])} ${exact ? '=' : '≈'} ${text}`;
}

// Paper cannot be scrolled: how wide the widest part of each equation is behind its "=", in its own ems.
// Screens round the widths of letters, paper does not: hence the room to spare.
function fitEquations() {
  for (const equation of all('.equation')) {
    const parts = [...equation.children].map((part) => part.getBoundingClientRect().width);
    const sign = equation.firstElementChild?.textContent === '=' ? parts.shift() : 0;
    // What a formula is wider than its own box is only seen by scrolling.
    const scrolled = equation.scrollWidth > equation.clientWidth ? equation.scrollWidth : 0;
    const ems = (sign + Math.max(scrolled, ...parts)) / parseFloat(getComputedStyle(equation).fontSize);
    equation.style.setProperty('--ems', (1.12 * ems + 1).toFixed(2));
  }
}

// -- chart -------------------------------------------------------------------------------------------------------

const larger = (a, b) => (a > b ? a : b);

function showChart(now) {
  const [place, cost] = [Number(choices.x.value), choices.y.value];
  const possible = now.sizes && data.blocks.some((block) => block.exact);
  if (!possible) {
    chart.replaceChildren();
    put(one('chart-summary'), now.unset.length ? say('unset', { names: now.unset.join(', ') }) : say('no-chart'));
    return;
  }
  const size = now.sizes[place];
  const meeting = data.meetingOf === place && cost === 'macs' ? (meetingAt(now)?.value ?? null) : null;
  let most = BigInt(dials[place].slider.max);
  if (meeting && meeting[0] < 64n * most * meeting[1]) most = larger(most, (meeting[0] * 5n) / (meeting[1] * 4n) + 1n);
  if (size > most) most = size + size / 4n;
  const { led, every } = drawChart(cost, now.sizes, place, most, meeting);
  put(one('chart-summary'), summary(led, every, place, cost, most, meeting));
  chart.firstChild.setAttribute('aria-label', one('chart-summary').textContent);
}

function summary(led, every, place, cost, most, meeting) {
  const name = dials[place].name;
  const parts = led
    .slice(0, 5)
    .map(({ from, to, who }) =>
      say(`${from === to ? 'at' : 'run'}-${['a', 'b', 'same'][who]}`, { name, from: grouped(from), to: grouped(to) }),
    );
  if (led.length > 5) parts.push(say('and-so-on'));
  const told = parts.length ? parts.join(say('comma')) : say('no-lead');
  const scope = say(every ? 'looked-at-all' : 'looked-at-some', { name, most: grouped(most) });
  const known = { cost: say(`cost-${cost}`), told, scope };
  if (!isOutside(meeting, most)) return say('summary', known);
  return say('summary-outside', { ...known, name, value: signed(meeting) });
}
