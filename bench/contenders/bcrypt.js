// Only bcrypt comparisons, as many at the same time as there are cores.
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { options, ready } from '../lib/contender.js';

const hash = await bcrypt.hash('correct horse battery staple', options.cost);
ready(
  {},
  {
    compare: async (count) => {
      const began = performance.now();
      let left = count;
      const worker = async () => {
        while (left-- > 0) await bcrypt.compare('correct horse battery staple', hash);
      };
      await Promise.all(Array.from({ length: Math.min(availableParallelism(), 3) }, worker));
      return { rate: (count * 1000) / (performance.now() - began) };
    },
  },
);
