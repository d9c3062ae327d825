import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../../support/client.js';
import { otherTime, type ServiceProcess, startBuilt } from '../support/service.js';
import type { TcpProxy } from '../support/tcp-proxy.js';

const RETRY_MS = 300;
const MOST_STARTS = 100;
/** Of what it has printed, in the report of its end. */
const LAST_CHARACTERS = 2_000;

/** The networks between one instance and what it needs. */
export interface Networks {
  database: TcpProxy[];
  redis: TcpProxy;
}

/** One of the three: always the same address, networks and clock, but not always the same process. */
export class Instance {
  readonly client: Client;
  /** What no instance may do. */
  readonly misdeeds: string[] = [];
  private readonly clockFile: string;
  private running: ServiceProcess | undefined;
  private isWanted = false;

  /** @param settings of this moment: secrets change */
  constructor(
    readonly name: string,
    readonly port: number,
    readonly networks: Networks,
    folder: string,
    private readonly settings: () => Record<string, string>,
  ) {
    this.client = new Client(`http://127.0.0.1:${port}`);
    this.clockFile = join(folder, `clock-${name}`);
    this.setClock(0);
  }

  /** Starts until it runs: without a database, it ends again. */
  async start(attempts = MOST_STARTS): Promise<void> {
    this.isWanted = true;
    const { FAKETIME: _, ...library } = otherTime('+0');
    const clock = { ...library, FAKETIME_TIMESTAMP_FILE: this.clockFile, FAKETIME_CACHE_DURATION: '1' };
    for (let attempt = 1; this.isWanted; attempt++) {
      const settings = { ...this.settings(), ...clock, PORT: String(this.port) };
      const started = await startBuilt(settings).catch((error: Error) => error);
      if (!(started instanceof Error)) return this.adopt(started);
      if (attempt >= attempts) throw started;
      await sleep(RETRY_MS);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.isWanted = false;
    await this.running?.end(signal);
  }

  signal(signal: NodeJS.Signals): void {
    this.running?.process.kill(signal);
  }

  /** Sets its clock wrong by that many seconds, from now on and in the processes to come. */
  setClock(seconds: number): void {
    writeFileSync(this.clockFile, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  }

  async isReady(): Promise<boolean> {
    const signal = AbortSignal.timeout(2_000);
    return this.client.get('/health/ready', { signal }).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  private async adopt(started: ServiceProcess): Promise<void> {
    this.running = started;
    if (!this.isWanted) return void (await started.end('SIGKILL'));
    started.process.once('close', () => {
      const output = started.output();
      if (output.includes('INTERNAL_ERROR'))
        this.misdeeds.push(`${this.name} had an internal error: ${output}`);
      if (this.isWanted && this.running === started)
        this.misdeeds.push(`${this.name} ended by itself: ${output.slice(-LAST_CHARACTERS)}`);
    });
  }
}
