// Files that wait on this device: their bytes until they are sent, their small pictures for longer.
// IndexedDB, because a phone may close the page while the network is away.
const memory = new Map();
let opened = null;

function open() {
  if (!opened) {
    opened = new Promise((done) => {
      try {
        const request = indexedDB.open('lang-nghe', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('files');
        request.onsuccess = () => done(request.result);
        request.onerror = () => done(null);
      } catch (error) {
        done(null); // not allowed here: the files live as long as the page
      }
    });
  }
  return opened;
}

async function run(mode, act) {
  const database = await open();
  if (!database) return undefined;
  return new Promise((done) => {
    try {
      const transaction = database.transaction('files', mode);
      const request = act(transaction.objectStore('files'));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => done(undefined);
      transaction.onerror = () => done(undefined);
    } catch (error) {
      done(undefined);
    }
  });
}

// A file is `{blob, thumb}`; its blob goes once it is sent.
export async function keep(id, file) {
  memory.set(id, file);
  await run('readwrite', (store) => store.put(file, id));
}

export async function find(id) {
  return memory.get(id) || (await run('readonly', (store) => store.get(id))) || null;
}

export async function sent(id) {
  const file = await find(id);
  if (file) await keep(id, { blob: null, thumb: file.thumb });
}

export async function drop(id) {
  memory.delete(id);
  await run('readwrite', (store) => store.delete(id));
}

export async function forget(kept) {
  const ids = (await run('readonly', (store) => store.getAllKeys())) || Array.from(memory.keys());
  await Promise.all(ids.filter((id) => !kept.has(id)).map(drop));
}
