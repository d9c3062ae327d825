// One changing line on a terminal; elsewhere one line for each part, so that logs stay short.
import { settings } from './settings.js';

export class Progress {
  #done = 0;
  #began = performance.now();

  constructor(title, total) {
    this.title = title;
    this.total = total;
    if (!process.stderr.isTTY) console.error(`${title} …`);
  }

  /** @param what the work in progress */
  step(what) {
    this.#done++;
    if (!process.stderr.isTTY) return;
    const spent = (performance.now() - this.#began) / 1000;
    const left = this.#done > 1 ? (spent / (this.#done - 1)) * (this.total - this.#done + 1) : undefined;
    const rest = left === undefined || settings.smoke ? '' : `, about ${Math.ceil(left)} s left`;
    process.stderr.write(`\r\x1b[K${this.title}: ${this.#done} of ${this.total}, ${what}${rest}`);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}
