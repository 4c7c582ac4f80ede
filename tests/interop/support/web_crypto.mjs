// Browsers and Node.js from 20 on have it; the client's README tells those on Node.js 18 to do the same.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
