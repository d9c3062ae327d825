import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import type { BrowserContext } from './browser.js';

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGES = join(ROOT, 'examples/node_modules');

export const hasReact = existsSync(join(PACKAGES, 'react-dom'));

const FILES = {
  react: 'react/cjs/react.production.js',
  scheduler: 'scheduler/cjs/scheduler.production.js',
  'react-dom': 'react-dom/cjs/react-dom.production.js',
  'react-dom/client': 'react-dom/cjs/react-dom-client.production.js',
};

const PAGE = `<!doctype html><title>An app</title><div id="app"><p>unknown</p></div>
<script type="importmap">{ "imports": { "react": "/react.js" } }</script>
<script type="module">
import { createLatchkeyClient } from '/client/latchkey-client.js';
import { useSession } from '/use-session.js';
import { createElement, hydrateRoot, StrictMode } from 'react';

const client = createLatchkeyClient({ baseUrl: location.origin, transport: 'cookie' });
const errors = [];
let renderings = 0;
function App() {
  const { status, user } = useSession(client);
  renderings += 1;
  return createElement('p', null, status + (user ? ': ' + user.email : ''));
}
const start = () =>
  hydrateRoot(document.getElementById('app'), createElement(StrictMode, null, createElement(App)), {
    onRecoverableError: (error) => errors.push(String(error)),
  });
Object.assign(window, { client, errors, start, renderings: () => renderings });
</script>`;

/** Adds an app to the pages of the origin, at `/app`: what a server has rendered, to be taken over by React. */
export async function serveReactApp(context: BrowserContext, origin: string): Promise<void> {
  const serve = (path: string, contentType: string, body: string) =>
    context.route(`${origin}${path}`, (route) => route.fulfill({ contentType, body }));
  await serve('/app', 'text/html', PAGE);
  await serve('/react.js', 'text/javascript', react());
  await serve('/use-session.js', 'text/javascript', useSession());
}

/** The packages in one module, without a bundler. */
function react(): string {
  const modules = Object.entries(FILES).map(([name, file]) => {
    const code = readFileSync(join(PACKAGES, file), 'utf8');
    return `${JSON.stringify(name)}: function (require, module, exports) { ${code}\n },`;
  });
  return `
const modules = { ${modules.join('\n')} };
const process = { env: { NODE_ENV: 'production' } };
const loaded = {};
function require(name) {
  if (loaded[name]) return loaded[name].exports;
  const module = (loaded[name] = { exports: {} });
  modules[name](require, module, module.exports);
  return module.exports;
}
export const { createElement, StrictMode, useEffect, useSyncExternalStore } = require('react');
export const { hydrateRoot } = require('react-dom/client');`;
}

function useSession(): string {
  const source = readFileSync(join(ROOT, 'src/react/use-session.ts'), 'utf8');
  return transformSync(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }).code;
}
