export { examineAuditReceivers } from './examine-audit-receivers.js';
export { examineDataSource } from './examine-database.js';
export { examineFactors } from './examine-factors.js';
export { examineGrants, type UsedParts } from './examine-grants.js';
export { examineKeys } from './examine-keys.js';
export { type ExaminedMail, examineMail } from './examine-mail.js';
export { type ExaminedPasskeys, examinePasskeys, type PasskeyNames } from './examine-passkeys.js';
export { type ExaminedShard, examineShards } from './examine-shards.js';
export type { DoctorAdvice, Finding } from './finding.js';
