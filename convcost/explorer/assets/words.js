// Numbers and sentences as people read them.

const COSTS = ['macs', 'params'];
const EMPTY = '–';
const whole = (value) => (isWhole(value) ? value[0] : null);

const grouped = (n) =>
  n
    .toString()
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');

// A fraction as a decimal with about four digits that count; true beside it if nothing was cut off.
function decimal([over, under]) {
  let digits = 4;
  while (digits < 40 && abs(over) * 10n ** BigInt(digits - 3) < under) digits += 1;
  const scale = 10n ** BigInt(digits);
  const scaled = (2n * abs(over) * scale + under) / (2n * under);
  const exact = scaled * under === abs(over) * scale;
  const tail = (scaled % scale).toString().padStart(digits, '0').replace(/0+$/, '');
  return [(over < 0n ? '−' : '') + grouped(scaled / scale) + (tail && '.' + tail), exact];
}

// The same behind its sign: "= 2.5", "≈ 9.6774".
function signed(value) {
  const [text, exact] = decimal(value);
  return `${exact ? '=' : '≈'} ${text}`;
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];

// A round number on an axis: 20,000,000 is "20 M".
function short(n) {
  if (n < 100000n) return grouped(n);
  let step = 0;
  while (step < UNITS.length - 1 && n !== 0n && n % 1000n === 0n) [n, step] = [n / 1000n, step + 1];
  if (n < 10000n) return `${n}\u00a0${UNITS[step]}`;
  const digits = n.toString().length - 1;
  const head = n.toString().replace(/0+$/, '');
  return `${head[0]}${head.length > 1 ? '.' + head.slice(1, 3) : ''}e${digits + 3 * step}`;
}

// A shape such as 192×28×28; none where one of its sizes is none.
function shapeText(entries, now, block, write = grouped) {
  const sizes = entries.map((entry) => (now.fine[block] ? whole(now.known[entry]) : null));
  return sizes.includes(null) ? EMPTY : sizes.map((size) => write(size)).join('×') || '1';
}

let language = data.language;

// The sentence of that name in the page's language, with values put in.
const say = (name, values = {}) =>
  data.texts[language][name].replace(/\{(\w+)\}/g, (whole, key) => (Object.hasOwn(values, key) ? values[key] : whole));

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const all = (selector) => [...document.querySelectorAll(selector)];
const one = (id) => document.getElementById(id);

function tellAll() {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  one('language').lang = language === 'zh' ? 'en' : 'zh-Hans';
  for (const element of all('[data-text]')) put(element, say(element.dataset.text));
  for (const element of all('[data-label]')) element.setAttribute('aria-label', say(element.dataset.label));
  for (const element of all('[data-language]')) element.hidden = element.dataset.language !== language;
  document.title = one('title').textContent;
}
