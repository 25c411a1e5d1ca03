// The conversation as this device knows it: one key of localStorage for each message, so that
// two tabs can add to it at once and neither overwrites what the other has just written.
const PREFIX = 'lang-nghe.';
const MESSAGE = PREFIX + 'm.';
const MOST = 300;
const OVERLAP = 5;

const memory = new Map();
const listeners = [];
const entries = new Map();
let box = null;
let stamp = 0;
let telling = false;

try {
  box = window.localStorage;
  box.setItem(PREFIX + 'x', '1');
  box.removeItem(PREFIX + 'x');
} catch (error) {
  box = null; // private mode or blocked: the page works, and forgets when it is closed
}

function read(key) {
  const text = box ? box.getItem(key) : memory.get(key);
  try {
    return text ? JSON.parse(text) : null;
  } catch (error) {
    return null;
  }
}

function write(key, value) {
  // What is told in confidence is never kept here, but for what still waits to be sent.
  if (value && value.private && value.state !== 'wait') {
    erase(key);
    return true;
  }
  const text = JSON.stringify(value);
  if (!box) {
    memory.set(key, text);
    return true;
  }
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      box.setItem(key, text);
      return true;
    } catch (error) {
      if (!trim(Math.floor(entries.size / 2))) return false;
    }
  }
  return false;
}

function erase(key) {
  if (box) box.removeItem(key);
  else memory.delete(key);
}

// Tell of many changes at once: a page of old messages is one change to look at.
function told() {
  if (telling) return;
  telling = true;
  Promise.resolve().then(() => {
    telling = false;
    listeners.forEach((listener) => listener());
  });
}

// The last message that was told in this place: the entry's own, or one that changed it.
const newest = (entry) => entry.now || entry.id;

// Two tabs may have written the same message of the bot: both keep the one that was first.
function keep(entry) {
  const twin = entry.who === 'bot' && all().find((other) => other.who === 'bot' && other.id === entry.id);
  if (twin && twin.key === entry.key && newest(twin) > newest(entry)) return;
  const extra = twin && (twin.key < entry.key ? entry : twin);
  if (!extra || extra === twin) entries.set(entry.key, entry);
  if (extra && twin.key !== entry.key) remove(extra.key, true);
  stamp = Math.max(stamp, Number(entry.key.slice(MESSAGE.length).split('-')[0]));
}

if (box) {
  Object.keys(box).filter((key) => key.startsWith(MESSAGE)).sort().forEach((key) => {
    const entry = read(key);
    if (entry) keep(entry);
  });
  window.addEventListener('storage', (event) => {
    if (event.key === null) entries.clear();
    else if (!event.key.startsWith(MESSAGE)) return;
    else if (event.newValue === null) entries.delete(event.key);
    else keep(JSON.parse(event.newValue));
    told();
  });
}

// Forget the oldest but what still waits to be sent; returns how many went.
function trim(most) {
  const old = all().filter((entry) => entry.state !== 'wait').slice(0, Math.max(0, entries.size - most));
  old.forEach((entry) => remove(entry.key, true));
  return old.length;
}

export const setting = (name) => read(PREFIX + name);
// What is being typed in confidence is not kept either.
export const set = (name, value) => write(PREFIX + name, name === 'draft' && inPrivate() ? '' : value);

export const onchange = (listener) => { listeners.push(listener); };

export function all() {
  return Array.from(entries.values()).sort((a, b) => (a.key < b.key ? -1 : 1));
}

export const get = (key) => entries.get(key);

export const waiting = () => all().filter((entry) => entry.who === 'me' && entry.state === 'wait');

// Whether the bot's last question was asked in confidence: then the answer is, too.
function inPrivate() {
  const asked = all().filter((entry) => entry.who === 'bot' && entry.step > 0).pop();
  return Boolean(asked && asked.private);
}

// Add a message at the end; returns whether it will survive the closing of the page.
export function add(entry) {
  if (entry.who === 'me' && inPrivate()) entry.private = true;
  stamp = Math.max(Date.now(), stamp + 1);
  entry.key = MESSAGE + String(stamp).padStart(14, '0') + '-' + Math.random().toString(36).slice(2, 6);
  entries.set(entry.key, entry);
  const safe = write(entry.key, entry);
  trim(MOST);
  told();
  return safe;
}

export function change(key, part) {
  const entry = entries.get(key);
  if (!entry) return;
  Object.assign(entry, part);
  write(key, entry);
  told();
}

export function remove(key, quietly) {
  entries.delete(key);
  erase(key);
  if (!quietly) told();
}

// The last message of the bot that is known here.
export const last = () => setting('last') || 0;

// Where to ask from when the page opens: a little before the last, in case one came late.
export function since() {
  const ids = all().filter((entry) => entry.who === 'bot').map(newest).sort((a, b) => a - b);
  return ids.length > OVERLAP ? ids[ids.length - 1 - OVERLAP] : setting('floor') || 0;
}

const shown = (message) => ({
  text: message.text, lang: message.lang, step: message.step, choices: message.choices,
  expects: message.expects, given: message.files, qr: message.qr, private: message.private,
});

// Take in one message of the bot; whether it says anything new here. One that changes another is
// put in its place, or stands for itself when that is not known here.
function take(message, known, floor) {
  if (message.forget && message.id > last()) forgetBefore(message.id);
  const id = message.replaces || message.id;
  const entry = known.get(id);
  if (message.id <= floor || (entry && newest(entry) >= message.id)) return false;
  const changed = message.replaces ? { now: message.id, edited: message.step === 0 } : {};
  const part = Object.assign(shown(message), changed);
  if (entry) change(entry.key, part);
  else {
    const fresh = Object.assign({ who: 'bot', id, at: Date.parse(message.at) }, part);
    known.set(id, fresh);
    add(fresh);
  }
  return true;
}

// Add messages of the bot that are new here; returns them.
export function hear(messages) {
  const known = new Map(all().filter((entry) => entry.who === 'bot').map((entry) => [entry.id, entry]));
  const floor = setting('floor') || 0;
  const fresh = messages.filter((message) => take(message, known, floor));
  if (messages.length) set('last', Math.max(last(), messages[messages.length - 1].id));
  return fresh;
}

// Keep nothing of what was said before the message of this id; what is on the screen goes, too.
function forgetBefore(id) {
  set('floor', id - 1);
  set('draft', '');
  all().filter((entry) => entry.state !== 'wait').forEach((entry) => remove(entry.key, true));
}

// Forget the conversation on this device, but nothing that has not been sent yet.
export function forget() {
  set('floor', last());
  set('draft', '');
  all().filter((entry) => entry.state !== 'wait').forEach((entry) => remove(entry.key, true));
  told();
}
