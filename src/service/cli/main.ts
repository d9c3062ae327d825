#!/usr/bin/env node
import 'reflect-metadata';
import { Command as Program } from 'commander';
import { migrate } from '../database.js';
import { createClient, listClients, removeClient } from './clients.commands.js';
import { doctor } from './doctor.command.js';
import { listKeys, removeKey, retireKey, rotateKeys } from './keys.commands.js';
import { done, EXIT } from './outcome.js';
import { type Command, report, withApp, withDatabase } from './run.js';
import { purgeSessions } from './sessions.commands.js';
import { createUser, disableUser, enableUser, type NewUserOptions } from './users.commands.js';

const program = new Program('latchkey')
  .description('Looks after a Latchkey service: reads the same environment variables as the service itself.')
  .option('--json', 'answer in JSON')
  .addHelpText('after', '\nExit codes: 0 done, 1 not done, 2 wrong usage or configuration, 3 database away')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.USAGE));

const json = () => program.opts<{ json?: boolean }>();

function add(parent: Program, usage: string, description: string, command: Command): Program {
  return inherit(parent.command(usage).description(description)).action((...values: unknown[]) =>
    report(
      withApp((app) => command(app, ...values.filter((value) => typeof value === 'string'))),
      json(),
    ),
  );
}

/** So that `latchkey keys list --json` does what `latchkey --json keys list` does. */
function inherit(command: Program): Program {
  return command
    .option('--json', 'answer in JSON')
    .on('option:json', () => program.setOptionValue('json', true))
    .copyInheritedSettings(program);
}

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
    report(
      withApp((app) => createUser(app, email, options)),
      json(),
    ),
  );
add(users, 'disable <email>', 'lock out and end every session', disableUser);
add(users, 'enable <email>', 'let in again', enableUser);

const sessions = program.command('sessions').description('sessions in the database');
add(sessions, 'purge', 'delete those that ended long ago', purgeSessions);

inherit(program.command('migrate').description('bring the schema up to date')).action(() =>
  report(
    withDatabase(async (_configuration, url) => {
      await migrate(url);
      return done('The schema is up to date.');
    }),
    json(),
  ),
);
inherit(program.command('doctor').description('check everything and say what to do')).action(() =>
  report(doctor(), json()),
);

await program.parseAsync();
