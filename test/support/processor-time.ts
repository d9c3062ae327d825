/**
 * Milliseconds of processor time this process spends on something: unlike time on the clock it does not depend on what
 * else the machine is doing.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
