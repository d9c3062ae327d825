import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { binariesIn, findBinaries, tryBinaries } from '../../src/embedded-postgres/binaries.js';
import { copyBinaries } from '../../src/embedded-postgres/binaries-copy.js';
import { canEnter } from '../../src/embedded-postgres/data-dir.js';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { openScratchFolder, startService } from '../support/embedded-postgres.js';

/** For these tests, the user `nobody` can be any user except root and `postgres`. */
const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const readable = isRoot && (await canEnter(join(process.cwd(), 'node_modules/pg'), nobody));
const asRoot = isRoot ? describe : describe.skip;

const lines: string[] = [];
const start = (dataDir: string) => startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
let scratch: Awaited<ReturnType<typeof openScratchFolder>>;

beforeAll(async () => {
  scratch = await openScratchFolder();
});

afterAll(() => scratch.close());

asRoot('as root (skipped for other users)', () => {
  it('stores the cluster elsewhere, and says where, when PostgreSQL cannot enter the data folder', async () => {
    const closed = join(scratch.folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, 'data'));
    expect(first.folder).toMatch(/^\/var\/lib\/latchkey\/[0-9a-f]{12}\/postgres$/);
    expect(lines).toContainEqual(expect.stringMatching(/cannot enter .*closed\/data.*kept in \/var\/lib/));
    await first.stop();
    // The folder could be entered now, but the data stays where it is.
    await chmod(closed, 0o755);
    const second = await start(join(closed, 'data'));
    expect(second.folder).toBe(first.folder);
    await second.stop();
  });

  it('copies the programs to where others can run them', async () => {
    const binaries = await findBinaries();
    const parent = join(scratch.folder, 'programs');
    const copies = await Promise.all([copyBinaries(binaries, parent), copyBinaries(binaries, parent)]);
    expect(copies[0]).toEqual(copies[1]);
    expect(await tryBinaries(copies[0], nobody)).toMatchObject({ ok: true });
    expect((await tryBinaries(binariesIn(join(parent, 'none')), nobody)).ok).toBe(false);
  });
});

const asNormalUser = readable || !isRoot ? describe : describe.skip;

asNormalUser('as a normal user (skipped for root in a checkout that only root can read)', () => {
  it('runs the cluster as that user, in the data folder; root later does the same', async () => {
    const home = join(scratch.folder, 'home');
    await mkdir(home);
    if (isRoot) await chown(home, nobody.uid, nobody.gid);
    const dataDir = join(home, 'data');
    const service = await startService(dataDir, isRoot ? nobody : undefined);
    expect(service.folder).toBe(join(dataDir, 'postgres'));
    expect((await stat(service.folder)).uid).toBe(isRoot ? nobody.uid : process.getuid?.());
    await service.stop();
    const again = await start(dataDir);
    expect(again.folder).toBe(service.folder);
    await again.stop();
  });
});
