/** What is known about an account beyond the user store. */
export interface AccountState {
  /** Rises with each change that makes pending actions of the account worthless. */
  epoch: number;
  /** The canonical address that was proven. The user may have another one now, which is then unproven. */
  provenEmail: string | null;
  /** When the account will be deleted, because its owner has closed it. */
  closingAt: Date | null;
}

/** Where the states of accounts are kept. An unknown account has epoch 0 and nothing else. Each method is atomic. */
export interface AccountStates {
  /** Returns the state of an account. */
  of(userId: string): Promise<AccountState>;

  /** Like {@link of}; in a transaction, nobody else changes the state until it ends. */
  lock(userId: string): Promise<AccountState>;

  /** Makes all pending actions of the account unusable, except those that outlive epochs. */
  raiseEpoch(userId: string): Promise<void>;

  /** The owner of the account has proven to read the mail of this address. */
  prove(userId: string, email: string): Promise<void>;

  /** Lets the account be deleted after so many seconds, or with `null` not at all. Returns when. */
  setClosing(userId: string, seconds: number | null): Promise<Date | null>;

  /** Up to `limit` accounts that are to be deleted by now, the longest overdue first. */
  listDue(limit: number): Promise<string[]>;

  /** The number of accounts that are to be deleted by now. */
  countDue(): Promise<number>;

  /** Forgets the account. */
  remove(userId: string): Promise<void>;
}

export const UNKNOWN_ACCOUNT: AccountState = { epoch: 0, provenEmail: null, closingAt: null };
