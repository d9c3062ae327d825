/** What is known about an account beyond the user store. */
export interface AccountState {
  /** Rises with each change that makes pending actions of the account worthless. */
  epoch: number;
  /** The canonical address that was proven. The user may have another one now, which is then unproven. */
  provenEmail: string | null;
  /** When the account will be deleted, because its owner has closed it. */
  closingAt: Date | null;
  /** When all second factors will be removed, because an operator has asked for it; 1970 from when that begins. */
  factorsResetAt: Date | null;
  /** Set for some time after a recovery, in which the account cannot be taken away from its owner. */
  brake: RecoveryBrake | null;
}

/** Until when a recovery is felt, and how many seconds that is from now. */
export interface RecoveryBrake {
  until: Date;
  seconds: number;
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

  /** Whether the account is to be deleted by now. */
  isDue(userId: string): Promise<boolean>;

  /** Up to `limit` accounts that are to be deleted by now, the longest overdue first. */
  listDue(limit: number): Promise<string[]>;

  /** The number of accounts that are to be deleted by now. */
  countDue(): Promise<number>;

  /** Lets the brakes of a recovery last so many seconds from now, or as long as they would anyway. */
  brake(userId: string, seconds: number): Promise<void>;

  /** Lets all second factors be removed after so many seconds, or with `null` not at all. Returns when. */
  setFactorsReset(userId: string, seconds: number | null): Promise<Date | null>;

  /**
   * From now on, the removal of the second factors can no longer be canceled. Returns `false` and changes nothing if it is
   * not due; `true` also if it has begun before and has not ended.
   */
  beginFactorsReset(userId: string): Promise<boolean>;

  /** The removal that has begun is complete. */
  endFactorsReset(userId: string): Promise<void>;

  /** Up to `limit` accounts whose second factors are to be removed by now, those first where that has begun. */
  listFactorsResets(limit: number): Promise<string[]>;

  /** The number of accounts whose second factors are to be removed by now. */
  countFactorsResets(): Promise<number>;

  /** Forgets the account. */
  remove(userId: string): Promise<void>;
}

export const UNKNOWN_ACCOUNT: AccountState = {
  epoch: 0,
  provenEmail: null,
  closingAt: null,
  factorsResetAt: null,
  brake: null,
};

/** In place of the time at which second factors will be removed: that has begun, and has to be completed. */
export const BEGUN = new Date(0);

/** Whether the removal of second factors has begun. */
export const hasBegun = (factorsResetAt: Date | null): boolean =>
  factorsResetAt?.getTime() === BEGUN.getTime();
