import { Command as Program, CommanderError } from 'commander';
import type { CommandName } from './commands.js';
import type { Io } from './io.js';
import { EXIT, type ExitCode } from './outcome.js';
import { addUserCommands } from './user-usage.js';
import { packageVersion } from './version.js';

/** Runs `latchkey <args>`: prints what came of it and resolves to the exit code. */
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
    return error.exitCode === 0 ? 0 : EXIT.USAGE; // it has said why itself
  }
}

function programFor(io: Io, run: (name: CommandName, given: unknown[]) => Promise<void>): Program {
  const program = new Program('latchkey')
    .description(
      'Looks after a Latchkey service: reads the same environment variables as the service itself.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExit codes: 0 done, 1 not done, 2 wrong usage or configuration, 3 database away')
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
      // So that `latchkey keys list --json` does what `latchkey --json keys list` does.
      .on('option:json', () => program.setOptionValue('json', true))
      .copyInheritedSettings(program)
      // An id may begin with a dash: of key ids, in base64url, one in 64 does.
      .allowUnknownOption(/<k?id>/.test(usage))
      .action((...given: unknown[]) => run(name, given));

  const keys = program.command('keys').description('the managed key ring');
  add(keys, 'list', 'show every key and its state', 'listKeys');
  add(keys, 'rotate', 'add a key: published now, signing after a while', 'rotateKeys');
  add(keys, 'retire <kid>', 'have a key sign no more', 'retireKey');
  add(keys, 'remove <kid>', 'take a key out at once, for one that has leaked', 'removeKey');

  const clients = program
    .command('clients')
    .description('resource servers that may introspect and revoke tokens');
  add(clients, 'create <id>', 'register one and show its secret, once', 'createClient');
  add(clients, 'list', 'show all', 'listClients');
  add(clients, 'remove <id>', 'take one out', 'removeClient');

  addUserCommands(program, add);

  const sessions = program.command('sessions').description('sessions in the database');
  add(sessions, 'purge', 'delete those that ended long ago', 'purgeSessions');

  add(program, 'migrate', 'bring the schema up to date', 'migrateSchema');
  add(program, 'doctor', 'check everything and say what to do', 'doctor');
  return program;
}
