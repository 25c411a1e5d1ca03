// The line to the server: catches up, then listens. Where streams do not get through, it asks
// again every so often.
import * as server from './server.js';
import * as store from './store.js';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const SILENCE_MS = 40000;
const POLL_MS = 20000;
const HIDDEN_MS = 60000;

// `hooks`: line(state), news(messages).
export function makeLine(hooks) {
  let source = null;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let joining = false;
  let hider = 0;

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(join, ms);
  }

  function close() {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
  }

  async function catchUp() {
    let page;
    let after = store.since();
    do {
      page = await server.messages(after);
      if (page.messages.length) after = page.messages[page.messages.length - 1].id;
      hooks.news(store.hear(page.messages));
    } while (page.more);
  }

  async function join() {
    if (joining) return;
    joining = true;
    close();
    try {
      await catchUp();
      wait = FIRST_WAIT_MS;
      hooks.line('ready');
      listen();
    } catch (error) {
      hooks.line(error.status === 401 ? 'stranger' : 'lost');
      later(wait * (0.8 + 0.4 * Math.random()));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
    joining = false;
  }

  function listen() {
    if (!window.EventSource) {
      later(POLL_MS);
      return;
    }
    const mine = new EventSource('/chat/stream?after=' + store.last());
    const alive = () => later(SILENCE_MS);
    source = mine;
    later(POLL_MS);
    mine.addEventListener('hello', alive);
    mine.addEventListener('beat', alive);
    mine.addEventListener('said', (event) => {
      alive();
      hooks.news(store.hear([JSON.parse(event.data)]));
    });
    mine.onerror = () => {
      if (source !== mine) return;
      close();
      later(wait * (0.8 + 0.4 * Math.random()));
    };
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(hider);
    if (document.hidden) hider = setTimeout(close, HIDDEN_MS); // spares the battery and the server
    else if (!source) join();
  });
  window.addEventListener('online', join);
  window.addEventListener('offline', () => {
    close();
    hooks.line('lost');
    later(LONGEST_WAIT_MS);
  });
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', (event) => { if (event.persisted) join(); });

  return { join };
}
