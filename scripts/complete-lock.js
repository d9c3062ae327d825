// `node scripts/complete-lock.js [folder]`: adds the optional packages of platforms that the current registry (for
// example, a mirror) does not carry to package-lock.json. Without them, npm writes a lock file that `npm ci` then
// reports as out of sync.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OSES = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const file = join(import.meta.dirname, '..', process.argv[2] ?? '', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

let added = 0;
for (const [parent, { optionalDependencies = {}, dev }] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const place = `node_modules/${name}`;
    const isPlatformBinary = OSES.some((os) => name.includes(`-${os}-`) || name.includes(`/${os}-`));
    if (!isPlatformBinary || !/^\d/.test(version) || lock.packages[place]) continue;
    if (lock.packages[`${parent}/${place}`]) continue;
    lock.packages[place] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
    added++;
  }
}
if (added > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}
console.log(`${added} packages added`);

function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.find((word) => OSES.includes(word));
  const [cpu, libc] = words.slice(words.indexOf(os) + 1);
  return { cpu: [cpu], os: [os], ...(os === 'linux' && LIBC[libc] && { libc: [LIBC[libc]] }) };
}
