// Where a person writes, and the files they have chosen but not sent.
import { sorry } from './bubbles.js';
import { $, button, empty, icon, make, touched } from './dom.js';
import * as files from './files.js';
import { prepare } from './pictures.js';
import * as server from './server.js';
import * as store from './store.js';
import { weight, word } from './words.js';

const MAX_TEXT = 20000; // what one answer holds; said here, while the text is still in the box
const MAX_FILES = 10;
const MAX_BYTES = Number(document.documentElement.dataset.maxFile);
const KEYBOARDS = { phone: 'tel', number: 'decimal' };
const PLACE_MS = 20000;

const say = $('say');
let tray = [];
let editing = null;
let hinting = 0;

export function hint(text) {
  $('hint').textContent = text;
  $('hint').hidden = !text;
  clearTimeout(hinting);
  if (text) hinting = setTimeout(() => hint(''), 8000);
}

function ready() {
  $('send').disabled = !say.value.trim() && !tray.length;
  say.style.height = 'auto';
  say.style.height = Math.min(say.scrollHeight + 2, 150) + 'px';
}

// Leave the focus where the next thing is typed, but raise no keyboard on a phone for it.
export function rest() {
  if (!touched()) say.focus();
}

function drawTray() {
  const box = $('tray');
  empty(box);
  box.hidden = !tray.length;
  say.dataset.hold = tray.length ? 'caption' : 'say';
  say.placeholder = word(say.dataset.hold);
  tray.forEach((file) => {
    const element = make('div', 'chosen');
    if (file.thumb) {
      const image = make('img');
      image.src = file.thumb;
      image.alt = file.name;
      element.appendChild(image);
    } else {
      element.appendChild(icon('file'));
      element.appendChild(make('span', 'name', file.name));
      element.appendChild(make('span', 'weight', weight(file.blob.size)));
    }
    const drop = button('round small', word('drop') + ' ' + file.name, 'close');
    drop.addEventListener('click', () => {
      tray = tray.filter((other) => other !== file);
      drawTray();
      rest();
    });
    element.appendChild(drop);
    box.appendChild(element);
  });
  ready();
}

async function choose(list) {
  const chosen = Array.from(list);
  hint('');
  for (const file of chosen) {
    if (tray.length >= MAX_FILES) {
      hint(word('tooMany', MAX_FILES));
      break;
    }
    const prepared = await prepare(file);
    if (!prepared.blob.size) hint(sorry('file_empty'));
    else if (prepared.blob.size > MAX_BYTES) hint(sorry('too_large'));
    else tray.push(prepared);
    drawTray();
  }
  rest();
}

function sendFiles(outbox, text) {
  const sent = tray.map((file) => {
    const id = server.newId();
    files.keep(id, { blob: file.blob, thumb: file.thumb });
    return { id, name: file.name, kind: file.kind, size: file.blob.size, key: '', why: '' };
  });
  tray = [];
  return outbox.push(null, { files: sent, text });
}

function sendEdit(outbox, text) {
  const entry = store.get(editing);
  stopEditing();
  if (!entry || entry.text === text) return true;
  store.change(entry.key, { text, edited: true });
  return outbox.push({ type: 'edited', text, ref: entry.id }, { hidden: true });
}

function submit(outbox) {
  const text = say.value.trim();
  if (text.length > MAX_TEXT) {
    hint(sorry('text_too_long'));
    return;
  }
  if (!text && !tray.length) return;
  let safe = true;
  if (editing) safe = sendEdit(outbox, text);
  else if (tray.length) safe = sendFiles(outbox, text);
  else safe = outbox.push({ type: 'said', text }, { text });
  say.value = '';
  store.set('draft', '');
  hint(safe ? '' : word('full'));
  drawTray();
  say.focus();
}

export function clear() {
  say.value = '';
  tray = [];
  drawTray();
}

export function edit(key) {
  const entry = store.get(key);
  if (!entry) return;
  editing = key;
  $('editing').hidden = false;
  say.value = entry.text;
  ready();
  say.focus();
}

function stopEditing() {
  editing = null;
  $('editing').hidden = true;
}

function sharePlace(outbox) {
  const refused = () => { hint(word('noPlace')); rest(); };
  if (!navigator.geolocation) {
    refused();
    return;
  }
  hint(word('finding'));
  navigator.geolocation.getCurrentPosition(
    (found) => {
      const { latitude: lat, longitude: lon } = found.coords;
      hint('');
      outbox.push({ type: 'shared_place', lat, lon }, { place: true });
      rest();
    },
    refused,
    { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: 60000 }
  );
}

// Be ready for what the bot asks for: the right keyboard, the right button at hand.
export function expect(asks) {
  const what = asks ? asks.expects : 'text';
  if (KEYBOARDS[what]) say.setAttribute('inputmode', KEYBOARDS[what]);
  else say.removeAttribute('inputmode');
  $('quick-place').hidden = what !== 'place';
  $('quick-media').hidden = what !== 'media';
  $('quick').hidden = what !== 'place' && what !== 'media';
}

export function startComposer(outbox, closeSheet) {
  const shoot = $('shoot');
  const pick = $('pick');
  $('do-shoot').hidden = !touched();
  [shoot, pick].forEach((input) => input.addEventListener('change', () => {
    choose(input.files).then(() => { input.value = ''; });
  }));
  $('do-shoot').addEventListener('click', () => { closeSheet(); shoot.click(); });
  [$('do-pick'), $('quick-media')].forEach((b) => b.addEventListener('click', () => { closeSheet(); pick.click(); }));
  [$('do-place'), $('quick-place')].forEach((b) => b.addEventListener('click', () => { closeSheet(); sharePlace(outbox); }));
  $('composer').addEventListener('submit', (event) => { event.preventDefault(); submit(outbox); });
  $('edit-off').addEventListener('click', () => { stopEditing(); say.value = ''; ready(); say.focus(); });
  say.addEventListener('input', () => { ready(); if (!editing) store.set('draft', say.value); });
  say.addEventListener('keydown', (event) => {
    // 229: a Vietnamese letter is still being composed.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || touched()) return;
    event.preventDefault();
    submit(outbox);
  });
  say.addEventListener('paste', (event) => {
    const pasted = event.clipboardData ? event.clipboardData.files : [];
    if (pasted.length) { event.preventDefault(); choose(pasted); }
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    if (event.dataTransfer && event.dataTransfer.files.length) choose(event.dataTransfer.files);
  });
  say.value = store.setting('draft') || '';
  ready();
}
