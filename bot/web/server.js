// What the page asks of the server.
const PATIENCE = 45000;

// Why a request failed: status 0 is a lost connection.
export class Refused extends Error {
  constructor(status, code) {
    super(code || 'network');
    this.status = status;
    this.code = code || 'network';
  }

  // Whether the same request may succeed later.
  get passes() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function ask(path, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(path, Object.assign({ credentials: 'same-origin', signal: stop.signal }, options));
    const body = await response.json().catch(() => null);
    if (!response.ok || !body) throw new Refused(response.ok ? 0 : response.status, body && body.code);
    return body;
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(0);
  } finally {
    clearTimeout(timer);
  }
}

// Ask again once with a new cookie when the server does not know us.
async function known(path, options) {
  try {
    return await ask(path, options);
  } catch (error) {
    if (error.status !== 401) throw error;
    await fetch('/', { cache: 'no-store', credentials: 'same-origin' }).catch(() => null);
    return ask(path, options);
  }
}

export function say(id, after, event) {
  return known('/chat/say', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, after, event }),
  });
}

export const messages = (after) => known('/chat/messages?after=' + after);

// Send one file; progress is told as a fraction. The returned promise has `stop()`.
// A line on which nothing moves for a while counts as lost.
export function upload(blob, name, progress) {
  const request = new XMLHttpRequest();
  let timer = 0;
  let stopped = false;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), PATIENCE);
  };
  const sent = new Promise((done, fail) => {
    request.open('POST', '/chat/files?name=' + encodeURIComponent(name));
    request.responseType = 'json';
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => {
      moved();
      progress(event.loaded / (event.total || blob.size));
    };
    request.onloadend = () => clearTimeout(timer);
    request.onload = () => {
      if (request.status === 200 && request.response) done(request.response);
      else fail(new Refused(request.status, request.response && request.response.code));
    };
    request.onerror = () => fail(new Refused(0));
    request.onabort = () => fail(new Refused(0, stopped ? 'stopped' : ''));
    request.send(blob);
    moved();
  });
  sent.stop = () => {
    stopped = true;
    request.abort();
  };
  return sent;
}
