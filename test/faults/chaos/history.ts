import { createWriteStream, mkdirSync, rmSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Operation } from './operation.js';

/** Everything that was done and answered, in a file, with the counts and the times of it. */
export class History {
  readonly counts = new Map<string, number>();
  /** In milliseconds. */
  longestWithoutSuccess = 0;
  slowest = 0;
  private lastSuccess: number | undefined;
  private readonly stream: WriteStream;

  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.stream = createWriteStream(file);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  add(operation: Operation): void {
    const { kind, outcome, at, sentAt } = operation;
    const key = `${kind}: ${outcome}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (operation.to !== 'command line') this.slowest = Math.max(this.slowest, at - sentAt);
    if (outcome === 'done') {
      this.longestWithoutSuccess = Math.max(this.longestWithoutSuccess, at - (this.lastSuccess ?? at));
      this.lastSuccess = at;
    }
    this.write(JSON.stringify(operation));
  }

  write(line: string): void {
    this.stream.write(`${new Date().toISOString()} ${line}\n`);
  }

  /** @param isKept for whoever has to find out what has happened */
  async close(isKept: boolean): Promise<void> {
    await new Promise((resolve) => this.stream.end(resolve));
    if (!isKept) rmSync(this.file);
  }
}
