import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuditExport } from '../../audit-export/audit-export.js';
import { AuditSenders } from '../../audit-export/audit-senders.js';
import { AuditStream } from '../../audit-export/audit-stream.js';
import { DeadLetters } from '../../audit-export/dead-letters.js';
import { ReceiverStore } from '../../audit-export/receiver.store.js';
import { Renumbering } from '../../audit-export/renumber.js';
import { Leases } from '../../database/leases.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { AuthDataSource } from '../auth-data-source.js';
import { provide } from './provide.js';

/** The audit trail for other systems. Without receivers, nothing runs. */
export const auditExportProviders: Provider[] = [
  provide(
    AuditExport,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { audit }: ResolvedAuthOptions) => {
      const names = audit.enabled ? audit.receivers.map(({ name }) => name) : [];
      const stores = [new AuditStream(source), new ReceiverStore(source), new DeadLetters(source)] as const;
      const leases = new Leases(source);
      return new AuditExport(...stores, leases, new Renumbering(source, leases), names);
    },
  ),
  provide(
    AuditSenders,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { audit }: ResolvedAuthOptions) => {
      if (!audit.enabled || audit.receivers.length === 0) return undefined;
      const logger = new Logger('AuditExport');
      const leases = new Leases(source);
      return new AuditSenders(audit.receivers, {
        leases,
        stream: new AuditStream(source),
        store: new ReceiverStore(source),
        deadLetters: new DeadLetters(source),
        renumbering: new Renumbering(source, leases),
        warn: (line) => logger.warn(line),
        giveUpAfterMs: audit.giveUpAfter * 1_000,
      });
    },
  ),
];
