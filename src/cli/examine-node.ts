import type { Finding } from '../index.js';

/** Until when each supported version receives fixes. */
const SUPPORTED: Record<number, string> = { 22: '2027-04-30', 24: '2028-04-30', 26: '2029-04-30' };
/** Works for as long as the dependencies do. */
const LEAST_OF_20 = 19;

/** Checks the version of Node.js that runs this command, which should be the one that runs the service. */
export function examineNode(version = process.versions.node, now = new Date()): Finding {
  const finding = (state: Finding['state'], message: string): Finding => ({
    check: 'node',
    state,
    message: `Node.js ${version} ${message}`,
  });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const end = SUPPORTED[major];
  if (end !== undefined)
    return new Date(end) > now
      ? finding('ok', `is supported until ${end}`)
      : finding('warning', `has received no fixes since ${end}: use a newer one`);
  if (major === 20 && minor >= LEAST_OF_20)
    return finding('warning', 'has received no fixes since 2026-04-30: use 24, or another supported version');
  if (major > Math.max(...Object.keys(SUPPORTED).map(Number)))
    return finding('warning', 'is newer than this version of Latchkey was tested with: use 24 or 26');
  return finding('problem', 'is not supported: use 24, or another of 22, 24 and 26');
}
