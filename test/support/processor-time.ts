/**
 * The processor time in milliseconds that this process spends on something. Unlike elapsed time, it does
 * not depend on what else the machine is doing.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/**
 * The least of up to ten runs, because whatever the process does besides (garbage collection, compilation) counts too. Ends
 * with the first run that takes less than `enough` milliseconds.
 */
export async function leastProcessorMs(work: () => unknown, enough: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 10 && least >= enough; run++) least = Math.min(least, await processorMs(work));
  return least;
}
