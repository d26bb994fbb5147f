// Keeps the pages, so that a reload without a network shows them; never anything of the API.

/** What each page consists of, by its address; written by the build. */
const PAGES = '__PAGES__';
const CACHE = 'orderpush-__VERSION__';
const PREFIX = 'orderpush-';
/** So long the service has for its answer, while a kept page is there. */
const ANSWER_MS = 4000;

const assets = new Set(Object.values(PAGES).flat());

/** The address under which the page of a request is kept; undefined: none of ours. */
function pageOf({ mode, method, url }) {
  const { origin, pathname } = new URL(url);
  if (mode !== 'navigate' || method !== 'GET' || origin !== self.location.origin) return undefined;
  const address = /^\/t\/[^/]+$/.test(pathname) ? '/t' : pathname.replace(/\/$/, '');
  return Object.keys(PAGES).includes(address) ? address : undefined;
}

const isHtml = (response) => response.ok && !response.redirected && (response.headers.get('Content-Type') ?? '').startsWith('text/html');

/** What is kept under that path, of this version rather than of an earlier one. */
async function find(path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? caches.match(path);
}

/** Under the page's own address, whatever stood behind it: a table's code is not kept. */
async function keep(address, response) {
  const cache = await caches.open(CACHE);
  for (const name of PAGES[address]) {
    if (!(await cache.match(name))) await cache.add(name);
  }
  // Behind what it consists of: a page that is kept can be shown.
  await cache.put(address, response);
}

/** As the service has it now; whether it was there. */
async function read(address) {
  const answer = await fetch(address, { cache: 'no-store' });
  if (!isHtml(answer)) return false;
  await keep(address, answer);
  return true;
}

/** The service's answer; the kept page where none comes in time, or only one that the service is not there. */
async function showPage(event, address) {
  const asked = fetch(event.request);
  event.waitUntil(
    asked.then((answer) => (isHtml(answer) ? keep(address, answer.clone()) : undefined)).catch(() => undefined), // not kept this time
  );
  const kept = await find(address);
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  const answer = await Promise.race([asked.then((one) => one.clone()), late]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
}

/** Its name says its content: one that is kept is the one. */
async function showAsset(event, pathname) {
  const kept = await find(pathname);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok && assets.has(pathname)) {
    const copy = answer.clone();
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(pathname, copy)).catch(() => undefined));
  }
  return answer;
}

self.addEventListener('install', () => self.skipWaiting());

/** Takes over what an earlier version kept, as it is now. True if nothing of it is needed any more. */
async function replace(name) {
  const former = await caches.open(name);
  const fresh = await caches.open(CACHE);
  const paths = (await former.keys()).map(({ url }) => new URL(url).pathname);
  for (const path of paths.filter((one) => assets.has(one))) {
    const response = await former.match(path);
    if (response && !(await fresh.match(path))) await fresh.put(path, response);
  }
  const reads = paths.filter((one) => Object.keys(PAGES).includes(one)).map((address) => read(address).catch(() => false));
  return (await Promise.all(reads)).every(Boolean);
}

/** Without the service an earlier version stays until the next one comes: its pages are all that there is. */
async function takeOver() {
  await self.clients.claim();
  for (const name of await caches.keys()) {
    if (name !== CACHE && name.startsWith(PREFIX) && (await replace(name))) await caches.delete(name);
  }
}

self.addEventListener('activate', (event) => event.waitUntil(takeOver().catch(() => undefined)));

/** A page that was there before this worker: it is kept as the service has it now. */
self.addEventListener('message', (event) => {
  const address = event.data?.keep;
  if (Object.keys(PAGES).includes(address)) event.waitUntil(read(address).catch(() => undefined)); // kept with the next visit
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = pageOf(request);
  if (address) return event.respondWith(showPage(event, address));
  const { origin, pathname } = new URL(request.url);
  if (request.method === 'GET' && origin === self.location.origin && pathname.startsWith('/assets/')) {
    event.respondWith(showAsset(event, pathname));
  }
});
