// The page: everything put together.
import * as composer from './composer.js';
import { $ } from './dom.js';
import * as files from './files.js';
import { makeLine } from './live.js';
import { makeOutbox } from './outbox.js';
import { confirm, panel } from './panels.js';
import * as store from './store.js';
import * as transcript from './transcript.js';
import { speak, word } from './words.js';

const TYPING_MS = 400;
const NAME = 'Lắng Nghe';

let unread = 0;
let thinking = 0;

// What the header and the banner say of the line to the server.
function line(state) {
  const banner = { lost: 'lostBanner', stranger: 'cookieBanner' }[state];
  const label = state === 'stranger' ? 'lost' : state;
  const text = $('state').querySelector('.text');
  if (text.dataset.word !== label) {
    text.dataset.word = label;
    text.textContent = word(label);
  }
  $('state').className = label;
  $('banner').hidden = !banner;
  if (banner && $('banner').dataset.word !== banner) {
    $('banner').dataset.word = banner;
    $('banner').textContent = word(banner);
  }
}

function busy(yes) {
  clearTimeout(thinking);
  if (yes) thinking = setTimeout(() => transcript.typing(navigator.onLine !== false), TYPING_MS);
  else transcript.typing(false);
}

function news(messages, more) {
  const newest = messages[messages.length - 1];
  if (newest && newest.lang !== store.setting('lang')) {
    store.set('lang', newest.lang);
    speak(newest.lang);
  }
  if (messages.some((message) => message.forget)) files.forget(new Set());
  // A card that goes on changing is no news.
  if (document.hidden) unread += messages.filter((message) => !message.replaces || !message.step).length;
  document.title = unread ? '(' + unread + ') ' + NAME : NAME;
  update();
  if (more) joined.join();
}

function update() {
  composer.expect(transcript.render());
}

const outbox = makeOutbox({ busy, line, news, progress: transcript.progress });
const joined = makeLine({ line, news });

// The address may carry a code (a receipt, an invitation): it is said once and then taken out.
function begin() {
  const payload = new URLSearchParams(location.search).get('start') || '';
  const fresh = !store.all().length; // new here, or nothing is kept of what was said: never a blank page
  if (payload || fresh) outbox.push({ type: 'started', payload: payload.slice(0, 256) }, { hidden: true });
  if (payload) history.replaceState(null, '', '/');
}

async function start() {
  speak(store.setting('lang') || 'vi');
  const log = $('log');
  log.setAttribute('aria-live', 'off'); // what was said before is not announced again
  update();
  transcript.toEnd();
  setTimeout(() => log.setAttribute('aria-live', 'polite'), 300);
  store.onchange(update);
  await joined.join();
  begin();
  outbox.flush();
  composer.rest();
}

function command(text, label) {
  outbox.push({ type: 'said', text }, { text: label || text, command: true });
  composer.rest();
}

// Presses on what comes and goes are heard in one place.
document.addEventListener('click', (event) => {
  const pressed = event.target.closest('button');
  if (!pressed) return;
  const { n, step, again, away, drop, edit, command: said } = pressed.dataset;
  if (said) {
    closeMenu();
    command(said, $('menu').contains(pressed) ? pressed.textContent : '');
  } else if (n) {
    outbox.push({ type: 'chose', step: Number(step), n: Number(n) }, { text: pressed.lastChild.textContent });
    composer.rest();
  } else if (again) outbox.again(again);
  else if (away) outbox.drop(away);
  else if (drop) outbox.dropFile(store.all().find((e) => e.files && e.files.some((f) => f.id === drop)).key, drop);
  else if (edit) composer.edit(edit);
});

const closeMenu = panel($('menu-open'), $('menu'));
const closeSheet = panel($('attach'), $('sheet'));
composer.startComposer(outbox, closeSheet);

$('forget').addEventListener('click', () => {
  closeMenu(true);
  confirm(() => {
    store.forget();
    composer.clear();
    const kept = new Set();
    store.all().forEach((entry) => (entry.files || []).forEach((file) => kept.add(file.id)));
    files.forget(kept);
    composer.rest();
  });
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unread = 0;
  document.title = NAME;
  outbox.flush();
});
window.addEventListener('online', () => outbox.flush());

// A keyboard on the screen takes its place from the conversation, not from the composer.
if (window.visualViewport) {
  const fit = () => {
    if (window.visualViewport.scale > 1.01) return; // a reader who zooms in keeps the page as it is
    $('app').style.height = window.visualViewport.height + 'px';
    window.scrollTo(0, 0);
    transcript.refit();
  };
  window.visualViewport.addEventListener('resize', fit);
  fit();
}

if ('serviceWorker' in navigator) {
  window.addEventListener('load', () => navigator.serviceWorker.register('/sw.js').catch(() => null));
}

start();
