import { Command as Program, CommanderError } from 'commander';
import { addAuditCommands } from './audit-usage.js';
import type { CommandName } from './commands.js';
import type { Io } from './io.js';
import { EXIT, type ExitCode } from './outcome.js';
import { addUserCommands, pageSize } from './user-usage.js';
import { packageVersion } from '../settings/package-version.js';

/** Runs `latchkey <args>`: prints the outcome and resolves to the exit code. */
export async function runProgram(args: string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = programFor(io, async (name, given) => {
    const { perform } = await import('./commands.js');
    exitCode = await perform(name, given, io, program.opts<{ json?: boolean }>());
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT.USAGE; // commander has printed the reason
  }
}

function programFor(io: Io, run: (name: CommandName, given: unknown[]) => Promise<void>): Program {
  const program = new Program('latchkey')
    .description('Manages a Latchkey service. Reads the same environment variables as the service.')
    .version(packageVersion(), '--version', 'print the version')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 success, 1 failure, 2 invalid usage or configuration, 3 database unavailable',
    )
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .exitOverride();

  const add = (parent: Program, usage: string, description: string, name: CommandName) =>
    parent
      .command(usage)
      .description(description)
      .option('--json', 'answer in JSON')
      // Makes `latchkey keys list --json` equivalent to `latchkey --json keys list`.
      .on('option:json', () => program.setOptionValue('json', true))
      .copyInheritedSettings(program)
      // An id may begin with a dash: one in 64 key ids does, because they are base64url.
      .allowUnknownOption(/<k?id>/.test(usage))
      .action((...given: unknown[]) => run(name, given));

  const keys = program.command('keys').description('the managed key ring');
  add(keys, 'list', 'show every key and its state', 'listKeys');
  add(keys, 'rotate', 'add a key that is published now and signs later', 'rotateKeys');
  add(keys, 'retire <kid>', 'stop signing with a key', 'retireKey');
  add(keys, 'remove <kid>', 'remove a key immediately, for example because it has leaked', 'removeKey');

  const mfa = program.command('mfa').description('second factors');
  add(
    mfa,
    'rotate',
    'encrypt the secrets of authenticator apps with the newest secret',
    'rotateFactorSecrets',
  );

  const clients = program
    .command('clients')
    .description('resource servers that may introspect and revoke tokens');
  add(clients, 'create <id>', 'register a client and show its secret once', 'createClient');
  add(clients, 'list', 'show all clients', 'listClients');
  add(clients, 'remove <id>', 'remove a client', 'removeClient');

  addUserCommands(program, add);
  addAuditCommands(program, add);

  const mails = program.command('mails').description('mails to the owners of accounts');
  add(mails, 'list', 'show mails, the newest first, one page at a time', 'listMails')
    .option('--failed', 'only those that were given up')
    .option('--queued', 'only those that wait')
    .option('--limit <n>', 'mails per page, 1 to 200 (default: 50)', pageSize)
    .option('--cursor <cursor>', 'start after the previous page: its nextCursor');
  add(mails, 'retry [id...]', 'try mails again now', 'retryMails').option(
    '--failed',
    'all that were given up',
  );

  const sessions = program.command('sessions').description('sessions in the database');
  add(sessions, 'purge', 'delete sessions that ended long ago', 'purgeSessions');
  add(sessions, 'end', 'end many sessions, for example after a backup was restored', 'endSessions')
    .option('--all', 'all sessions of all users')
    .option(
      '--before <time>',
      'all sessions that began before this time: ISO 8601, such as 2026-11-28T12:00:00Z',
    )
    .option('--user <email|id>', 'all sessions of a user, who need not exist any more')
    .option('--yes', 'do not ask for confirmation');

  add(program, 'migrate', 'bring the schema up to date', 'migrateSchema')
    .option('--no-users', 'without a table of users, for an app that keeps them in its own')
    .option('--revert', 'undo the migration that ran last, instead')
    .option('--yes', 'do not ask for confirmation');
  add(program, 'doctor', 'check the whole setup and suggest fixes', 'doctor')
    .option('--app <file>', 'check an app with Latchkey as a module: the compiled file of its root module')
    .option('--export <name>', 'what that file calls the module (default: AppModule)');
  return program;
}
