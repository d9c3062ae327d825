import type { Command as Program } from 'commander';
import type { CommandName } from './commands.js';

type Add = (parent: Program, usage: string, description: string, name: CommandName) => Program;

const SINCE = '<time>: ISO 8601, such as 2026-11-28T12:00:00Z';

/** Adds the commands of `latchkey audit` and their options. */
export function addAuditCommands(program: Program, add: Add): void {
  const audit = program.command('audit').description('the audit trail for other systems');

  add(audit, 'receivers', 'show each receiver, how far behind it is, and its last error', 'auditReceivers')
    .option('--rewind <name>', 'send it the events since a time again (with --since)')
    .option('--since <time>', `where to begin again, ${SINCE}`)
    .option('--remove <name>', 'forget a receiver, with its cursor and its dead letters');

  add(audit, 'export', 'write events to standard output, a line of JSON each', 'exportAudit')
    .option('--since <time>', `begin with events of this time, ${SINCE}`)
    .option('--follow', 'wait for more events at the end')
    .option('--receiver <name>', 'remember what has been written, and begin there next time');

  const letters = audit.command('dead-letters').description('events that a receiver did not take');
  const which = (command: Program) => command.option('--receiver <name>', 'only those of this receiver');
  which(add(letters, 'list', 'show dead letters, the oldest first', 'listDeadLetters'));
  which(add(letters, 'retry [id...]', 'let the service send events again', 'retryDeadLetters')).option(
    '--all',
    'all of them',
  );
  which(add(letters, 'discard [id...]', 'delete dead letters', 'discardDeadLetters')).option(
    '--all',
    'all of them',
  );
}
