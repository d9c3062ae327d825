/** Reports each trouble once, until it is over. */
export class Reports {
  private reported = new Set<string>();

  constructor(private readonly warn: (message: string) => void) {}

  /** @param troubles all there are now */
  update(troubles: readonly string[]): void {
    for (const trouble of troubles) if (!this.reported.has(trouble)) this.warn(trouble);
    this.reported = new Set(troubles);
  }
}
