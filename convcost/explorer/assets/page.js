// What is spoken, kept and copied; and what happens when somebody turns a size.

let later = 0;
const untouched = fragment();

function afterwards(now) {
  clearTimeout(later);
  later = setTimeout(() => {
    const parts = data.blocks.map((block, i) =>
      now.fine[i] && block.macs !== null
        ? say('spoken-cost', {
            block: 'AB'[i],
            macs: grouped(now.known[block.macs][0]),
            params: grouped(now.known[block.params][0]),
          })
        : `${'AB'[i]}: ${one(`trouble-${i}`).textContent}`,
    );
    put(one('spoken'), [...parts, one('verdict-macs').textContent].join(' '));
    if ((!location.hash || isPlace()) && fragment() === untouched) return;
    try {
      history.replaceState(null, '', fragment());
    } catch {
      // Some browsers forbid it for files; the button still gives the link.
    }
  }, 400);
}

let frame = 0;

function changed() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => afterwards(show()));
}

function tell() {
  tellAll();
  dials.forEach((dial) => showDial(dial));
  changed();
}

async function copyLink() {
  const link = location.href.split('#')[0] + fragment();
  const place = one('link');
  try {
    await navigator.clipboard.writeText(link);
    put(one('copied'), say('copied'));
  } catch {
    place.hidden = false;
    place.value = link;
    place.select();
    put(one('copied'), say('copy-by-hand'));
  }
}

// Whether the address points to a place of the page, and so says nothing of sizes.
const isPlace = () => one(decoded(location.hash.slice(1)) ?? '') !== null;

function fromLink() {
  if (isPlace()) return;
  const ignored = restore(location.hash.slice(1));
  put(one('remark'), ignored.length ? say('ignored', { names: ignored.slice(0, 5).join(', ') }) : '');
  tell();
}

listenToDials(changed);
for (const choice of Object.values(choices)) choice.addEventListener('change', changed);
one('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  tell();
});
one('copy').addEventListener('click', copyLink);
one('reset').addEventListener('click', () => {
  for (const dial of dials) dial.text = dial.start;
  put(one('remark'), '');
  tell();
});
// The address keeps the sizes that it tells.
document.querySelector('.skip').addEventListener('click', (event) => {
  const target = one('results-title');
  event.preventDefault();
  target.scrollIntoView();
  target.focus();
});
addEventListener('beforeprint', fitEquations);
addEventListener('hashchange', fromLink);
if ('ResizeObserver' in window) new ResizeObserver(changed).observe(chart);
fromLink();
if (isPlace()) tell();
document.documentElement.classList.add('ready');
