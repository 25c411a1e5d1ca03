// The offline shell: the page opens without a network; what is said goes by the network alone.
const CACHE = 'lang-nghe-{version}';
const SHELL = ['/'].concat('{names}'.split(' ').map((name) => '/web/{version}/' + name));

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('lang-nghe-') && name !== CACHE;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  const page = event.request.mode === 'navigate' && url.pathname === '/';
  if (!page && !url.pathname.startsWith('/web/')) return;
  event.respondWith(
    caches.open(CACHE)
      .then((cache) => cache.match(page ? '/' : event.request))
      .then((found) => found || fetch(event.request))
  );
});
