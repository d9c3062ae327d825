import { Command as Program, CommanderError } from 'commander';
import { migrate } from '../database.js';
import { createClient, listClients, removeClient } from './clients.commands.js';
import { doctor } from './doctor.command.js';
import type { Io } from './io.js';
import { listKeys, removeKey, retireKey, rotateKeys } from './keys.commands.js';
import { done, EXIT, type ExitCode, type Outcome } from './outcome.js';
import { type Command, report, withApp, withDatabase } from './run.js';
import { purgeSessions } from './sessions.commands.js';
import { createUser, disableUser, enableUser, type NewUserOptions } from './users.commands.js';

/** Runs `latchkey <args>`: prints what came of it and resolves to the exit code. */
export async function runProgram(args: string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = programFor(io, async (work) => {
    exitCode = await report(work, io, program.opts<{ json?: boolean }>());
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT.USAGE; // it has said why itself
  }
}

function programFor(io: Io, say: (work: Promise<Outcome>) => Promise<void>): Program {
  const program = new Program('latchkey')
    .description(
      'Looks after a Latchkey service: reads the same environment variables as the service itself.',
    )
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExit codes: 0 done, 1 not done, 2 wrong usage or configuration, 3 database away')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .exitOverride();

  const add = (parent: Program, usage: string, description: string, command: Command) =>
    inherit(parent.command(usage).description(description))
      // An id may begin with a dash: of key ids, in base64url, one in 64 does.
      .allowUnknownOption(/<k?id>/.test(usage))
      .action((...values: unknown[]) =>
        say(withApp(io, (app) => command(app, ...values.filter((value) => typeof value === 'string')))),
      );

  /** So that `latchkey keys list --json` does what `latchkey --json keys list` does. */
  const inherit = (command: Program) =>
    command
      .option('--json', 'answer in JSON')
      .on('option:json', () => program.setOptionValue('json', true))
      .copyInheritedSettings(program);

  const keys = program.command('keys').description('the managed key ring');
  add(keys, 'list', 'show every key and its state', listKeys);
  add(keys, 'rotate', 'add a key: published now, signing after a while', rotateKeys);
  add(keys, 'retire <kid>', 'have a key sign no more', retireKey);
  add(keys, 'remove <kid>', 'take a key out at once, for one that has leaked', removeKey);

  const clients = program
    .command('clients')
    .description('resource servers that may introspect and revoke tokens');
  add(clients, 'create <id>', 'register one and show its secret, once', createClient);
  add(clients, 'list', 'show all', listClients);
  add(clients, 'remove <id>', 'take one out', removeClient);

  const users = program.command('user').description('accounts');
  inherit(users.command('create <email>').description('add an account'))
    .option('--name <name>', 'what to call them')
    .option('--role <role...>', 'roles to give')
    .option('--permission <permission...>', 'permissions to give')
    .option('--password-stdin', 'read the password from the standard input, instead of making one')
    .action((email: string, options: NewUserOptions) =>
      say(withApp(io, (app) => createUser(app, email, options, io.stdin))),
    );
  add(users, 'disable <email>', 'lock out and end every session', disableUser);
  add(users, 'enable <email>', 'let in again', enableUser);

  const sessions = program.command('sessions').description('sessions in the database');
  add(sessions, 'purge', 'delete those that ended long ago', purgeSessions);

  inherit(program.command('migrate').description('bring the schema up to date')).action(() =>
    say(
      withDatabase(io, async (_configuration, url) => {
        await migrate(url);
        return done('The schema is up to date.');
      }),
    ),
  );
  inherit(program.command('doctor').description('check everything and say what to do')).action(() =>
    say(doctor(io)),
  );
  return program;
}
