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
