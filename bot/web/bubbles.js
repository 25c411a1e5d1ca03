// One message as elements. Text goes in as text, never as markup.
import { button, empty, icon, make } from './dom.js';
import * as files from './files.js';
import { hasGiven, makeGiven } from './given.js';
import { clock, excuse, weight, word } from './words.js';

// Addresses elsewhere only by https, our own pages as this one was reached; commands; codes.
const HERE = location.origin.replace(/\W/g, '\\$&');
const RICH = new RegExp([
  '((?:https:\\/\\/|' + HERE + '/)[^\\s<>"\'`]+)',
  /(^|[\s(])(\/[a-z][a-z0-9_]{1,31})(?=$|[\s.,;:!?)])/.source,
  /\b([0-9A-Z]{2,4}(?:-[0-9A-Z]{3,4}){2})\b/.source,
].join('|'), 'gm');
const MEGABYTES = Math.round(Number(document.documentElement.dataset.maxFile) / 1024 / 1024);

export const sorry = (code) => excuse(code, MEGABYTES);

function link(address) {
  const anchor = make('a', '', address);
  anchor.href = address;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer nofollow';
  return anchor;
}

function order(command) {
  const element = button('order', command);
  element.dataset.command = command;
  return element;
}

// A text of the bot with its addresses and commands made to press, its codes kept on one line.
function rich(text) {
  const whole = document.createDocumentFragment();
  let from = 0;
  const plain = (to) => { if (to > from) whole.appendChild(document.createTextNode(text.slice(from, to))); };
  for (let found = RICH.exec(text); found; found = RICH.exec(text)) {
    const before = found[2] || '';
    const core = found[3] || found[4] || found[1].replace(/[.,;:!?)]+$/, '');
    const at = found.index + before.length;
    plain(at);
    whole.appendChild(found[4] ? make('span', 'code', core) : found[3] ? order(core) : link(core));
    from = at + core.length;
  }
  plain(text.length);
  return whole;
}

function tile(entry, file) {
  const element = make('div', 'tile');
  element.dataset.file = file.id;
  const face = make('div', 'face');
  face.appendChild(icon('file'));
  element.appendChild(face);
  element.appendChild(make('span', 'name', file.name));
  element.appendChild(make('span', 'weight', weight(file.size)));
  files.find(file.id).then((found) => { if (found && found.thumb) show(element, file, found.thumb); });
  return element;
}

function show(element, file, thumb) {
  const image = make('img');
  image.src = thumb;
  image.alt = file.name;
  const face = element.querySelector('.face');
  empty(face);
  face.appendChild(image);
  element.classList.add('photo');
}

// Where the upload of one file stands, with what can be done about it.
function mark(element, entry, file) {
  const old = element.querySelector('.going');
  if (old) element.removeChild(old);
  if (!file.why && (file.key || entry.state === 'sent')) return;
  const going = make('div', 'going');
  if (file.why) {
    going.appendChild(make('span', 'why', sorry(file.why)));
  } else {
    const bar = make('progress');
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', word('uploading') + ' ' + file.name);
    going.appendChild(bar);
  }
  if (entry.state === 'wait') {
    const drop = button('round small', word('drop') + ' ' + file.name, 'close');
    drop.dataset.drop = file.id;
    going.appendChild(drop);
  }
  element.appendChild(going);
}

function album(entry) {
  const element = make('div', 'album');
  element.setAttribute('aria-live', 'off');
  return element;
}

function fillAlbum(element, entry) {
  const known = new Set(entry.files.map((file) => file.id));
  Array.from(element.children).forEach((child) => {
    if (!known.has(child.dataset.file)) element.removeChild(child);
  });
  entry.files.forEach((file) => {
    let child = element.querySelector('[data-file="' + file.id + '"]');
    if (!child) {
      child = tile(entry, file);
      element.appendChild(child);
    }
    mark(child, entry, file);
  });
  element.classList.toggle('many', entry.files.length > 1);
}

function body(entry) {
  const element = make('div', 'bubble');
  element.appendChild(make('span', 'unseen', (entry.who === 'me' ? word('mine') : 'Lắng Nghe') + ': '));
  if (entry.files) element.appendChild(album(entry));
  const text = make('div', 'text');
  if (entry.place) text.appendChild(icon('place'));
  text.appendChild(make('span', 'words'));
  element.appendChild(text);
  return element;
}

// What is said anew is put in as a new element: only that is read out to who can't see it.
function fillText(row, entry) {
  const old = row.querySelector('.words');
  const words = make('span', 'words');
  const text = entry.place ? word('placeSent') : entry.text || '';
  row.querySelector('.text').hidden = !text;
  if (entry.who === 'me') words.textContent = text;
  else words.appendChild(rich(text));
  if (entry.choices && entry.choices.length) {
    const numbered = entry.expects === 'choice';
    const list = entry.choices.map((c) => (numbered ? c.n + '. ' : '') + c.label).join('; ');
    words.appendChild(make('span', 'unseen', ' ' + word('choices') + ': ' + list));
  }
  old.parentNode.replaceChild(words, old);
}

function fillGiven(row, entry) {
  const old = row.querySelector('.given');
  if (old) old.parentNode.removeChild(old);
  if (hasGiven(entry)) row.querySelector('.bubble').insertBefore(makeGiven(entry), row.querySelector('.text'));
}

function status(entry) {
  const state = entry.state === 'wait' && entry.tried ? 'late' : entry.state;
  const name = { wait: 'wait', late: 'bad', sent: 'sent', bad: 'bad' }[state];
  const element = make('span', 'status ' + state);
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', word(entry.state));
  element.appendChild(icon(name));
  return element;
}

function fillTail(tail, entry, editable) {
  empty(tail);
  const time = make('time', '', clock(entry.at));
  time.dateTime = new Date(entry.at).toISOString();
  if (editable) {
    const edit = button('link', word('edit'));
    edit.dataset.edit = entry.key;
    tail.appendChild(edit);
  }
  if (entry.edited) tail.appendChild(make('span', '', word('edited')));
  tail.appendChild(time);
  if (entry.who === 'me') tail.appendChild(status(entry));
}

function fillAfter(after, entry) {
  empty(after);
  const bad = entry.state === 'bad';
  after.hidden = !(bad || (entry.state === 'wait' && entry.tried));
  if (after.hidden) return;
  after.appendChild(make('span', 'why', bad && !entry.files ? sorry(entry.why) : word('bad')));
  const again = button('link', word('resend'));
  again.dataset.again = entry.key;
  after.appendChild(again);
  if (!bad) return;
  const drop = button('link', word('drop').split(' ')[0]);
  drop.dataset.away = entry.key;
  after.appendChild(drop);
}

// A row for an entry; `fill` brings it up to date, is cheap when nothing changed, and returns
// whether other words stand there than before.
export function makeRow(entry) {
  const row = make('div', 'row ' + entry.who);
  row.appendChild(make('div', 'day'));
  const bubble = body(entry);
  if (entry.lang) bubble.lang = entry.lang;
  const tail = make('div', 'tail');
  tail.setAttribute('aria-live', 'off');
  bubble.appendChild(tail);
  row.appendChild(bubble);
  const after = make('div', 'after');
  after.setAttribute('aria-live', 'off');
  row.appendChild(after);
  return row;
}

export function fill(row, entry, look) {
  const now = JSON.stringify([entry, look]);
  if (row.now === now) return false;
  const textual = JSON.stringify([entry.text, entry.choices, look.lang]);
  const given = JSON.stringify([entry.given, entry.qr]);
  const changed = Boolean(row.now) && (row.textual !== textual || row.given !== given);
  row.now = now;
  // A card that goes on changing is read when somebody goes to it, not aloud every few seconds.
  if (entry.now && entry.step) row.setAttribute('aria-live', 'off');
  row.classList.toggle('next', look.next);
  row.firstChild.textContent = look.day;
  row.firstChild.hidden = !look.day;
  if (entry.files) fillAlbum(row.querySelector('.album'), entry);
  if (row.given !== given) fillGiven(row, entry);
  if (row.textual !== textual) fillText(row, entry);
  row.textual = textual;
  row.given = given;
  fillTail(row.querySelector('.tail'), entry, look.editable);
  fillAfter(row.querySelector('.after'), entry);
  return changed;
}
