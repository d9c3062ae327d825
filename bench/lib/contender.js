// The contender's side of `processes.js`.
export const options = JSON.parse(process.argv[2] ?? '{}');

const offers = {
  /** Microseconds of processor time used so far, by all threads. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory: () => {
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    return { rss, heapUsed, arrayBuffers };
  },
};

/** Signals that measuring may begin. */
export function ready(info, ownOffers = {}) {
  Object.assign(offers, ownOffers);
  process.on('message', async ({ what, argument }) => {
    try {
      process.send({ result: await offers[what](argument) });
    } catch (error) {
      process.send({ error: error.stack });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send(info);
}
