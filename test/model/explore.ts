/** A model: where it begins, and everything that can happen next. */
export interface Model<State, Step extends { name: string; after: State }> {
  initial: State;
  stepsFrom(state: State): Step[];
  /** Equal for states from which the same can happen. */
  keyOf(state: State): string;
  /** The names of the promises that a step breaks. */
  brokenBy(before: State, step: Step): string[];
}

export interface Exploration {
  states: number;
  transitions: number;
  /** The first violation, by one of the shortest ways to it. */
  violation?: { broken: string[]; path: string[] };
}

/** Visits every state that can be reached, nearest first, and stops at the first step that breaks a promise. */
export function explore<State, Step extends { name: string; after: State }>(
  { initial, stepsFrom, keyOf, brokenBy }: Model<State, Step>,
  visit: (state: State) => void = () => {},
): Exploration {
  const known = new Set([keyOf(initial)]);
  /** How each state was reached: from which other, and by what. */
  const origins: { from: number; name: string }[] = [{ from: -1, name: '' }];
  const pathTo = (index: number): string[] =>
    index === 0 ? [] : [...pathTo(origins[index]!.from), origins[index]!.name];
  const waiting = new Map([[0, initial]]);

  let transitions = 0;
  // A Map is iterated in the order of its insertions, including those made meanwhile.
  for (const [index, state] of waiting) {
    waiting.delete(index);
    visit(state);
    for (const step of stepsFrom(state)) {
      transitions++;
      const broken = brokenBy(state, step);
      if (broken.length > 0)
        return {
          states: known.size,
          transitions,
          violation: { broken, path: [...pathTo(index), step.name] },
        };
      const key = keyOf(step.after);
      if (known.has(key)) continue;
      waiting.set(known.size, step.after);
      known.add(key);
      origins.push({ from: index, name: step.name });
    }
  }
  return { states: known.size, transitions };
}
