import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 10_000;

/** Shows how far an import has come: a bar on a terminal, and otherwise a line every ten seconds. */
export class ProgressDisplay {
  private readonly bar: SingleBar | undefined;
  private lastLine = Date.now();

  /** @param totalBytes 0 if the size is not known */
  constructor(
    private readonly stderr: Writable,
    private readonly totalBytes: number,
  ) {
    if (!(stderr as Writable & { isTTY?: boolean }).isTTY || totalBytes === 0) return;
    const format = '{bar} {percentage}% | {users} users | {eta_formatted} left';
    const options = { stream: stderr as NodeJS.WritableStream, format, clearOnComplete: true };
    this.bar = new SingleBar(options, Presets.shades_classic);
    this.bar.start(totalBytes, 0, { users: 0 });
  }

  update(bytes: number, users: number): void {
    this.bar?.update(Math.min(bytes, this.totalBytes), { users });
    if (this.bar || Date.now() - this.lastLine < LINE_EVERY_MS) return;
    this.lastLine = Date.now();
    const share = this.totalBytes ? `, ${Math.floor((100 * bytes) / this.totalBytes)} %` : '';
    this.stderr.write(`${users} users read${share}\n`);
  }

  stop(): void {
    this.bar?.stop();
  }
}
