// Nothing but bcrypt compares, as many at once as the cores take.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { options, ready } from '../lib/contender.js';

const hash = await bcrypt.hash('correct horse battery staple', options.cost);
ready(
  {},
  {
    compare: async (seconds) => {
      const began = performance.now();
      let done = 0;
      const worker = async () => {
        while (performance.now() - began < seconds * 1000) {
          await bcrypt.compare('correct horse battery staple', hash);
          done++;
        }
      };
      await Promise.all(Array.from({ length: Math.min(availableParallelism(), 3) }, worker));
      return { rate: (done * 1000) / (performance.now() - began) };
    },
  },
);
