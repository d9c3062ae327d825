/** What hosts may use of the audit export. */
export { AuditExport, type AuditPage, type ConsumeOptions, isReceiverName } from './audit-export.js';
export type { DeadLetter, DeadLetterQuery } from './dead-letters.js';
export type { ExportedEvent } from './exported-event.js';
export type { AuditReceiverStatus } from './receiver.store.js';
export { AuditDeadLetter } from '../events/audit-dead-letter.entity.js';
export { AuditReceiver } from '../events/audit-receiver.entity.js';
