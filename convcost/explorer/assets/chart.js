// Cost of both blocks against one size, with the places where the lead changes.

const SVG = 'http://www.w3.org/2000/svg';
// So many entries of the table are worked out for one picture, and so many points drawn.
const BUDGET = 100000;
const POINTS = 256;

const chart = one('chart');
const reader = {};
for (const cost of ['macs', 'params'])
  reader[cost] = new Evaluator(
    data.entries,
    data.blocks
      .filter((block) => block.exact)
      .flatMap((block) => [block[cost], ...block.conditions.flatMap(({ left, right }) => [left, right])]),
  );

// A function from one size to the costs of both blocks, null where an assumption is broken; and what a call takes.
function costsAlong(cost, sizes, place) {
  const [walk, steps] = reader[cost].along(sizes, place);
  const at = (n) => {
    const known = walk(n);
    const costs = data.blocks.map((block) => {
      const value = known[block[cost]];
      return block.exact && isWhole(value) && block.conditions.every((each) => holds(each, known)) ? value[0] : null;
    });
    return { n, costs };
  };
  return [at, steps];
}

const lead = ({ costs: [a, b] }) => (a === null || b === null ? null : a < b ? 0 : a > b ? 1 : 2);

// Points from 1 to `most`: all of them if that is not too much work, else some, each moved on to where a cost is known.
function sampled(at, steps, most) {
  const every = BUDGET / (steps + 1) >= Number(most);
  const count = every ? most : BigInt(POINTS);
  const points = [];
  for (let i = 0n; i < count; i += 1n)
    points.push(every ? at(i + 1n) : nearby(at, 1n + (i * (most - 1n)) / (count - 1n), most));
  return { every, points: points.filter((point, i) => i === 0 || point.n > points[i - 1].n) };
}

function nearby(at, from, most) {
  let first = null;
  for (let n = from; n <= most && n < from + 16n; n += 1n) {
    const point = at(n);
    if (lead(point) !== null) return point;
    first ??= point;
  }
  return first;
}

// Where one block leads: runs of sizes {from, to, who}, their ends found exactly between the points.
function runs(at, { every, points }) {
  const found = [];
  for (const point of points) {
    const who = lead(point);
    if (who === null) continue;
    const last = found.at(-1);
    if (last?.who === who) last.to = point.n;
    else {
      const run = { from: point.n, to: point.n, who };
      if (last && !every) [last.to, run.from] = border(at, last.to, point.n, last.who);
      found.push(run);
    }
  }
  return found;
}

// Between two sizes with different leads: the last one of the first lead and the first one of the other.
function border(at, low, high, who) {
  let [left, right] = [low, high];
  while (right - left > 1n) {
    const middle = nearby(at, (left + right) / 2n, right - 1n);
    if (lead(middle) === null) break;
    if (lead(middle) === who) left = middle.n;
    else right = middle.n;
  }
  return [left, right];
}

// -- drawing -----------------------------------------------------------------------------------------------------

function draw(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Round numbers up to `most`, at most five of them.
function ticks(most) {
  let step = 10n ** BigInt(Math.max(0, most.toString().length - 2));
  for (const factor of [1n, 2n, 5n, 10n, 20n, 50n, 100n])
    if (most / (step * factor) <= 5n) {
      step *= factor;
      break;
    }
  const found = [];
  for (let n = 0n; n <= most; n += step) found.push(n);
  return found;
}

const share = (n, most) => Number((n * 1000000n) / most) / 1000000;

function drawChart(cost, sizes, place, most, meeting) {
  const [at, steps] = costsAlong(cost, sizes, place);
  const picture = sampled(at, steps, most);
  const led = runs(at, picture);
  const known = picture.points.flatMap(({ costs }) => costs.filter((value) => value !== null));
  const highest = known.reduce((a, b) => (a > b ? a : b), 1n);
  const [width, height] = [Math.max(300, chart.clientWidth || 640), 340];
  const room = { left: 66, right: 18, top: 34, bottom: 48 };
  const across = ([over, under]) => room.left + (width - room.left - room.right) * share(over, under * most);
  const x = (n) => across([n, 1n]);
  const y = (n) => height - room.bottom - (height - room.top - room.bottom) * share(n, (highest * 21n) / 20n || 1n);
  const svg = draw('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': one('chart-summary').textContent,
  });
  drawAxes(svg, { x, y, most, highest, width, height, room, place, cost });
  for (const block of [0, 1]) drawLine(svg, picture, block, x, y);
  drawLeads(svg, led, { x, across, room, height, width, place, meeting });
  if (isOutside(meeting, most)) {
    const corner = { class: 'meeting-name', x: width - room.right, y: 16, 'text-anchor': 'end' };
    svg.append(draw('text', corner, `${dials[place].name} ${signed(meeting)} →`));
  }
  const here = at(sizes[place]).costs;
  if (sizes[place] <= most)
    here.forEach((value, block) => {
      if (value === null || value > (highest * 21n) / 20n) return;
      const spot = { class: `here block-${block}`, cx: x(sizes[place]), cy: y(value), r: 5.5 };
      svg.append(draw('circle', spot));
    });
  chart.replaceChildren(svg);
  return { led, every: picture.every };
}

function drawAxes(svg, { x, y, most, highest, width, height, room, place, cost }) {
  for (const n of ticks((highest * 21n) / 20n || 1n)) {
    svg.append(draw('line', { class: 'grid', x1: room.left, x2: width - room.right, y1: y(n), y2: y(n) }));
    svg.append(draw('text', { class: 'tick', x: room.left - 8, y: y(n) + 4, 'text-anchor': 'end' }, short(n)));
  }
  const bottom = height - room.bottom;
  for (const n of ticks(most)) {
    svg.append(draw('line', { class: 'axis', x1: x(n), x2: x(n), y1: bottom, y2: bottom + 5 }));
    svg.append(draw('text', { class: 'tick', x: x(n), y: bottom + 19, 'text-anchor': 'middle' }, short(n)));
  }
  svg.append(draw('line', { class: 'axis', x1: room.left, x2: width - room.right, y1: bottom, y2: bottom }));
  const dial = dials[place];
  const middle = (room.left + width - room.right) / 2;
  const named = say('axis', { name: dial.name, about: say(`about-${place}`) });
  svg.append(draw('text', { class: 'label', x: middle, y: height - 8, 'text-anchor': 'middle' }, named));
  svg.append(draw('text', { class: 'label', x: 6, y: 16 }, say(`axis-${cost}`)));
}

// Neighbouring points are joined; a point without neighbours is a dot.
function drawLine(svg, { points }, block, x, y) {
  const strokes = [[]];
  for (const { n, costs } of points) {
    if (costs[block] === null) strokes.push([]);
    else strokes.at(-1).push([x(n), y(costs[block])]);
  }
  for (const stroke of strokes) {
    if (stroke.length === 1)
      svg.append(draw('circle', { class: `dot block-${block}`, cx: stroke[0][0], cy: stroke[0][1], r: 2 }));
    if (stroke.length < 2) continue;
    const path = stroke.map(([left, top]) => `${left.toFixed(1)},${top.toFixed(1)}`).join(' ');
    svg.append(draw('polyline', { class: `line block-${block}`, points: path }));
  }
  const last = strokes.findLast((stroke) => stroke.length)?.at(-1);
  if (last)
    svg.append(
      draw('text', { class: `name block-${block}`, x: last[0] - 4, y: last[1] - 8, 'text-anchor': 'end' }, 'AB'[block]),
    );
}

// A line where the lead changes, with the number beside it; only where there are few.
function drawLeads(svg, led, { x, across, room, height, width, place, meeting }) {
  if (led.length > 4) return;
  led.slice(1).forEach((run, i) => {
    const before = led[i];
    // A single size at which both are equal is one line, not two.
    if (i > 0 && before.who === 2 && before.from === before.to) return;
    const exact = meeting && within(before.to, meeting, run.from) ? meeting : null;
    const between = run.who === 2 ? x(run.from) : (x(before.to) + x(run.from)) / 2;
    const at = exact ? across(exact) : between;
    const right = at > width / 2;
    const where = { x: at + (right ? -6 : 6), y: room.top + 6, 'text-anchor': right ? 'end' : 'start' };
    svg.append(draw('line', { class: 'meeting', x1: at, x2: at, y1: room.top - 4, y2: height - room.bottom }));
    svg.append(draw('text', { class: 'meeting-name', ...where }, meetingText(dials[place].name, exact, before, run)));
  });
}

const within = (low, [over, under], high) => low * under <= over && over <= high * under;
const isOutside = (meeting, most) => meeting !== null && meeting[0] > most * meeting[1];

// Where the lead changes: exactly at a fraction, at a size where both are equal, or between two sizes.
function meetingText(name, exact, before, run) {
  if (exact) return `${name} ${signed(exact)}`;
  if (run.who === 2) return `${name} = ${grouped(run.from)}`;
  return say('between', { name, low: grouped(before.to), high: grouped(run.from) });
}
