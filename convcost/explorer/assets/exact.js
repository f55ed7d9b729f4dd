// Exact arithmetic. A value is a fraction [over, under] of BigInts in lowest terms with under > 0, or null: no value.

const abs = (a) => (a < 0n ? -a : a);

function gcd(a, b) {
  [a, b] = [abs(a), abs(b)];
  while (b) [a, b] = [b, a % b];
  return a;
}

function fraction(over, under) {
  if (under === 1n) return [over, 1n];
  if (under === 0n) return null;
  if (under < 0n) [over, under] = [-over, -under];
  const common = gcd(over, under);
  return [over / common, under / common];
}

const plus = (a, b) => fraction(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
const times = (a, b) => fraction(a[0] * b[0], a[1] * b[1]);
const less = (a, b) => a[0] * b[1] < b[0] * a[1];
const equal = (a, b) => a[0] === b[0] && a[1] === b[1];
const isWhole = (a) => a !== null && a[1] === 1n;

function floor([over, under]) {
  const cut = over / under;
  return [over % under < 0n ? cut - 1n : cut, 1n];
}

const negative = ([over, under]) => [-over, under];

function modulo(a, b) {
  const turns = b[0] === 0n ? null : floor(fraction(a[0] * b[1], a[1] * b[0]));
  return turns && plus(a, negative(times(turns, b)));
}

function power([over, under], [exponent, one]) {
  if (one !== 1n || abs(exponent) > 64n) return null;
  return exponent < 0n ? fraction(under ** -exponent, over ** -exponent) : [over ** exponent, under ** exponent];
}

// The largest whole number whose square is at most n.
function squareRoot(n) {
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

// Only roots of squares are exact.
function root([over, under]) {
  if (over < 0n) return null;
  const found = [squareRoot(over), squareRoot(under)];
  return found[0] ** 2n === over && found[1] ** 2n === under ? found : null;
}

function nearRoot([over, under]) {
  const scale = 10n ** 30n;
  return over < 0n ? null : fraction(squareRoot(over * under * scale * scale), under * scale);
}

const LAWS = new Map([
  ['+', (...parts) => parts.reduce(plus)],
  ['*', (...parts) => parts.reduce(times)],
  ['-', negative],
  ['/', (a, b) => fraction(a[0] * b[1], a[1] * b[0])],
  ['^', power],
  ['root', root],
  ['floor', floor],
  ['ceil', (a) => negative(floor(negative(a)))],
  ['%', modulo],
  ['min', (...parts) => parts.reduce((a, b) => (less(b, a) ? b : a))],
  ['max', (...parts) => parts.reduce((a, b) => (less(a, b) ? b : a))],
  ['gcd', (a, b) => (isWhole(a) && isWhole(b) ? [gcd(a[0], b[0]), 1n] : null)],
]);

// Which entries of the table are needed for those asked for, in their order.
function needed(entries, asked) {
  const wanted = new Set();
  const open = [...asked];
  while (open.length) {
    const place = open.pop();
    if (wanted.has(place)) continue;
    wanted.add(place);
    const [what, ...parts] = entries[place];
    if (what !== 'n' && what !== 's') open.push(...parts);
  }
  return [...wanted].sort((a, b) => a - b);
}

// What each entry hangs on is known beforehand, so that turning one size works out only what changes.
class Evaluator {
  constructor(entries, asked, laws = LAWS) {
    const turned = [];
    this.steps = needed(entries, asked).map((place) => {
      const [what, ...parts] = entries[place];
      turned[place] = new Set(what === 's' ? parts : what === 'n' ? [] : parts.flatMap((part) => [...turned[part]]));
      return { turnedBy: turned[place], step: stepOf(place, what, parts, laws) };
    });
  }

  // The values of the entries asked for and of their parts, at sizes that are BigInts.
  at(sizes) {
    const known = [];
    for (const { step } of this.steps) step(sizes, known);
    return known;
  }

  // The same for one size that changes, the others staying: a function, and how many entries it works out.
  along(sizes, place) {
    const turned = [...sizes];
    const known = this.at(turned);
    const steps = this.steps.filter(({ turnedBy }) => turnedBy.has(place)).map(({ step }) => step);
    const walk = (n) => {
      turned[place] = n;
      for (const step of steps) step(turned, known);
      return known;
    };
    return [walk, steps.length];
  }
}

function stepOf(place, what, parts, laws) {
  if (what === 'n') {
    const value = [BigInt(parts[0]), 1n];
    return (sizes, known) => (known[place] = value);
  }
  if (what === 's') return (sizes, known) => (known[place] = [sizes[parts[0]], 1n]);
  const law = laws.get(what);
  return (sizes, known) => {
    const values = parts.map((part) => known[part]);
    known[place] = values.includes(null) ? null : law(...values);
  };
}

// Whether an assumption of a result holds.
function holds(condition, known) {
  const [left, right] = [known[condition.left], known[condition.right]];
  if (left === null || right === null) return false;
  if (condition.relation === '==') return equal(left, right);
  if (condition.relation === '>=') return !less(left, right);
  return left[0] !== 0n && isWhole(fraction(right[0] * left[1], right[1] * left[0]));
}
