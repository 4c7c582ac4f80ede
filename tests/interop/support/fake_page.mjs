// What a browser's page offers and Node.js does not: events of the page, and storage of its tab.

/** For this test; the result tells the page's listeners of an event and gives access to the tab's storage. */
export function fake_page(t, storage = new Map()) {
  const listeners = {};
  const globals = {
    addEventListener: (type, listener) => (listeners[type] ??= new Set()).add(listener),
    removeEventListener: (type, listener) => listeners[type]?.delete(listener),
    sessionStorage: {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
      removeItem: (key) => storage.delete(key),
    },
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true });
  t.after(() => Object.keys(globals).forEach((name) => delete globalThis[name]));
  return {
    storage,
    happens: (type) => listeners[type]?.forEach((listener) => listener({ type })),
    get listeners() {
      return Object.values(listeners).reduce((sum, { size }) => sum + size, 0);
    },
  };
}
