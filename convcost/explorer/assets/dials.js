// The sizes: a slider and a field for each, and a link that brings them back.

const LONGEST = data.digits;

const dials = data.dials.map((dial, place) => ({
  ...dial,
  text: dial.start,
  field: one(`field-${place}`),
  slider: one(`slider-${place}`),
  complaint: one(`complaint-${place}`),
}));

// What is wrong with the text of a field; '' if nothing is.
function wrong(text) {
  if (text === '') return 'empty';
  if (!/^\d+$/.test(text)) return /^[-−]\d+$/.test(text) ? 'negative' : 'not-whole';
  if (/^0+$/.test(text)) return 'zero';
  return text.replace(/^0+/, '').length > LONGEST ? 'too-long' : '';
}

const sizeOf = (dial) => (wrong(dial.text) ? null : BigInt(dial.text));

function showDial(dial, except) {
  const complaint = wrong(dial.text);
  if (dial.field !== except) dial.field.value = dial.text;
  dial.field.setAttribute('aria-invalid', complaint ? 'true' : 'false');
  put(dial.complaint, complaint && say(complaint, { digits: LONGEST }));
  if (complaint) return;
  const size = BigInt(dial.text);
  if (dial.slider !== except)
    dial.slider.value = (size < BigInt(dial.slider.max) ? size : BigInt(dial.slider.max)).toString();
  dial.slider.setAttribute('aria-valuetext', grouped(size));
}

function listenToDials(changed) {
  for (const dial of dials) {
    const read = (from) => () => {
      dial.text = from.value.trim();
      showDial(dial, from);
      changed();
    };
    dial.field.addEventListener('input', read(dial.field));
    dial.slider.addEventListener('input', read(dial.slider));
  }
}

// -- the link ----------------------------------------------------------------------------------------------------

const choices = { x: one('chart-size'), y: one('chart-cost') };
const NAMES = { x: '.x', y: '.y', lang: '.lang' };

function fragment() {
  const pairs = dials.map((dial) => [dial.name, dial.text]);
  pairs.push([NAMES.x, dials[Number(choices.x.value)].name], [NAMES.y, choices.y.value], [NAMES.lang, language]);
  return '#' + pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
}

function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return null;
  }
}

// Takes over what a link says; the names of what it could not take are returned.
function restore(text) {
  const ignored = [];
  const seen = new Set();
  for (const part of text.split('&').slice(0, 200)) {
    if (!part) continue;
    const cut = part.indexOf('=');
    const [name, value] = [decoded(cut < 0 ? part : part.slice(0, cut)), cut < 0 ? null : decoded(part.slice(cut + 1))];
    const known = name !== null && value !== null && !seen.has(name) && take(name, value);
    seen.add(name);
    if (!known) ignored.push((name ?? part).slice(0, 40));
  }
  return ignored;
}

function take(name, value) {
  const dial = dials.find((each) => each.name === name);
  if (dial) {
    if (value.length > LONGEST + 10) return false;
    dial.text = value.trim();
    return true;
  }
  if (name === NAMES.lang && Object.hasOwn(data.texts, value)) language = value;
  else if (name === NAMES.y && ['macs', 'params'].includes(value)) choices.y.value = value;
  else if (name === NAMES.x && dials.some((each) => each.name === value))
    choices.x.value = String(dials.findIndex((each) => each.name === value));
  else return false;
  return true;
}
