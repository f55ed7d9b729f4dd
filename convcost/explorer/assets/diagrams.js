// Numbers and shades in the diagrams.

// How dark a box is: the last step whose least share (in thousandths) it reaches.
function shade(value, total) {
  if (value <= 0n || total <= 0n) return 0;
  return data.steps.reduce((found, least, n) => (n && 1000n * value >= BigInt(least) * total ? n : found), 0);
}

// A number that fits into a box; the tables have it in full.
const fitting = (n) => (n < 10n ** 18n ? grouped(n) : `≈ ${rough(n)}`);

function rough(n) {
  const digits = n.toString();
  return `${digits[0]}.${digits.slice(1, 4)}e${digits.length - 1}`;
}

const pictures = data.blocks.flatMap((block, place) =>
  all(`[data-picture="${place}"] svg`).map((svg) => ({
    svg,
    place,
    boxes: block.boxes.map((box) => ({
      ...box,
      group: svg.querySelector(`g[data-box="${box.key}"]`),
      field: (name) => svg.querySelector(`text[data-box="${box.key}"][data-field="${name}"]`),
    })),
  })),
);

function showPictures(now) {
  for (const { svg, place, boxes } of pictures) {
    const value = (entry) => (now.fine[place] && entry !== null ? whole(now.known[entry]) : null);
    const total = value(data.blocks[place].macs);
    for (const box of boxes) {
      for (const cost of COSTS) {
        const [text, number] = [box.field(cost), value(box[cost])];
        if (text) put(text, number === null ? EMPTY : say(`count-${cost}`, { count: fitting(number) }));
      }
      const shapes = box.shapes.map((entries) => shapeText(entries, now, place, fitting));
      const label = box.field('shape');
      if (label) put(label, [...new Set(shapes)].join(', '));
      const dark = total === null || box.macs === null ? 0 : shade(value(box.macs), total);
      for (const rect of box.group?.querySelectorAll('rect') ?? [])
        rect.setAttribute('class', rect.getAttribute('class').replace(/-s\d+ /, `-s${dark} `));
    }
    const words = [...svg.querySelectorAll('g[data-box]')].map((group) =>
      [...group.querySelectorAll('text')].map((text) => text.textContent).join(' '),
    );
    put(svg.querySelector('desc'), words.join('; '));
  }
}
