import type { SessionLimits } from '../../src/sessions/session-types.js';
import type { Row } from './session-row.js';

export const LIMITS: SessionLimits = {
  leeway: 60,
  idleTtl: 1_000,
  absoluteTtl: 2_500,
  rotation: true,
  maxPerUser: 0,
  whenFull: 'evict',
};
const { leeway, idleTtl, absoluteTtl } = LIMITS;
/** The database's clock runs on while a statement is tried. */
const SLACK = 20;

/** Times that mean the same to the model, in seconds before now. */
export interface Shape {
  rotated: readonly [withinLeeway: number, later: number, expired: number];
  pastAbsoluteLimit: number;
}

/** In the middle between two limits, just before and just after each of them. */
export const SHAPES: readonly Shape[] = [
  { rotated: [5, 500, 1_300], pastAbsoluteLimit: 4_000 },
  { rotated: [0, leeway + 1, idleTtl + 1], pastAbsoluteLimit: absoluteTtl + 1 },
  { rotated: [leeway - SLACK, idleTtl - SLACK, absoluteTtl - SLACK], pastAbsoluteLimit: absoluteTtl + 1 },
];

/** When the row was created and rotated, in seconds before now. */
export function timesOf({ age, life, previous }: Row, shape: Shape): { created: number; rotated: number } {
  const isPast = life === 3;
  const rotated = shape.rotated[age]!;
  if (isPast)
    return { created: shape.pastAbsoluteLimit, rotated: previous ? rotated : shape.pastAbsoluteLimit };
  return { created: previous ? Math.min(rotated + 100, absoluteTtl - SLACK) : rotated, rotated };
}
