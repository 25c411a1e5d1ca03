// What a person did and the server does not have yet: sent in order, one at a time over all tabs,
// each with the id it was given when it was done, so that sending again can double nothing.
import * as files from './files.js';
import * as server from './server.js';
import * as store from './store.js';

const LEASE_MS = 60000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Run when no other tab does. A lease in localStorage serves browsers without locks: two tabs
// may then overlap for a moment, which the ids make harmless.
async function alone(act) {
  if (navigator.locks) return navigator.locks.request('lang-nghe.outbox', act);
  const me = server.newId();
  const held = () => store.setting('lease');
  const free = () => !held() || held().until < Date.now();
  while (!free()) await pause(500);
  store.set('lease', { by: me, until: Date.now() + LEASE_MS });
  await pause(30);
  if (held() && held().by !== me) return 'again';
  try {
    return await act();
  } finally {
    store.set('lease', null);
  }
}

// `hooks`: busy(yes), line(state, code), news(messages, more), progress(file id, fraction).
export function makeOutbox(hooks) {
  let running = false;
  let wanted = false;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let going = null; // the upload under way: {id, stop}

  async function flush() {
    wanted = true;
    clearTimeout(timer);
    if (running) return;
    running = true;
    let result = 'again';
    while (wanted || result === 'again') {
      wanted = false;
      try {
        result = await alone(once);
      } catch (error) {
        console.error(error); // a fault of ours: what waits must still go one day
        result = 'later';
      }
    }
    running = false;
    if (result === 'later') {
      timer = setTimeout(flush, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  async function once() {
    const entry = store.waiting()[0];
    if (!entry) return 'empty';
    hooks.busy(true);
    try {
      const event = entry.files ? await uploaded(entry) : entry.event;
      if (!event) return 'again';
      const answer = await server.say(entry.id, store.last(), event);
      wait = FIRST_WAIT_MS;
      (entry.files || []).forEach((file) => (entry.private ? files.drop(file.id) : files.sent(file.id)));
      settle(entry.key, { state: 'sent', tried: 0 });
      hooks.line('ready');
      hooks.news(store.hear(answer.messages), answer.more);
      return 'again';
    } catch (error) {
      return failed(entry, error);
    } finally {
      hooks.busy(false);
    }
  }

  function settle(key, part) {
    const entry = store.get(key);
    if (entry && entry.hidden) store.remove(key);
    else store.change(key, part);
  }

  function failed(entry, error) {
    if (!(error instanceof server.Refused)) throw error;
    if (error.passes || error.status === 401) {
      store.change(entry.key, { tried: (entry.tried || 0) + 1 });
      hooks.line(error.status === 401 ? 'stranger' : 'lost');
      return 'later';
    }
    if (error.code === 'file_unknown' && !entry.again) {
      entry.files.forEach((file) => { file.key = ''; });
      store.change(entry.key, { again: true });
      return 'again';
    }
    settle(entry.key, { state: 'bad', why: error.code });
    return 'again';
  }

  // The event of an album, once every file of it is with the server; null when none is left.
  async function uploaded(entry) {
    for (const file of entry.files.slice()) {
      if (!file.key && !file.why) await upload(entry.key, file);
    }
    const now = store.get(entry.key);
    if (!now) return null;
    const keys = now.files.filter((file) => file.key).map((file) => file.key);
    if (keys.length) return { type: 'sent_media', files: keys, caption: now.text || '' };
    store.change(entry.key, { state: 'bad', why: now.files[0].why });
    return null;
  }

  async function upload(key, file) {
    const part = (values) => {
      Object.assign(file, values);
      const entry = store.get(key);
      if (entry) store.change(key, { files: entry.files.map((f) => (f.id === file.id ? file : f)) });
    };
    const entry = store.get(key);
    if (!entry || !entry.files.some((f) => f.id === file.id)) return;
    const found = await files.find(file.id);
    if (!found || !found.blob) {
      part({ why: 'file_gone' });
      return;
    }
    const sending = server.upload(found.blob, file.name, (fraction) => hooks.progress(file.id, fraction));
    going = { id: file.id, stop: sending.stop };
    try {
      const kept = await sending;
      part({ key: kept.key });
    } catch (error) {
      if (error.code === 'stopped') return;
      if (error.passes || error.status === 401) throw error;
      part({ why: error.code });
    } finally {
      going = null;
    }
  }

  return {
    flush,

    // Say something; `event` is what the server hears, `shown` what this page shows of it.
    push(event, shown) {
      const entry = Object.assign({ who: 'me', id: server.newId(), at: Date.now(), state: 'wait', event }, shown);
      const safe = store.add(entry);
      flush();
      return safe;
    },

    // Send again what was refused or has failed, without waiting for its time.
    again(key) {
      const entry = store.get(key);
      if (!entry) return;
      const tries = entry.files && entry.files.map((file) => Object.assign(file, { why: '' }));
      store.change(key, Object.assign({ state: 'wait', why: '' }, tries ? { files: tries } : {}));
      wait = FIRST_WAIT_MS;
      flush();
    },

    // Take one file out of an album that has not been sent; the last one takes the album with it.
    dropFile(key, id) {
      const entry = store.get(key);
      if (!entry || entry.state === 'sent') return;
      const left = entry.files.filter((file) => file.id !== id);
      if (left.length) store.change(key, { files: left });
      else store.remove(key);
      if (going && going.id === id) going.stop();
      files.drop(id);
    },

    drop(key) {
      store.remove(key);
    },
  };
}
