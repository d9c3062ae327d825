import { type Command as Program, InvalidArgumentError, Option } from 'commander';
import type { CommandName } from './commands.js';
import { SOURCE_NAMES } from './import/source-names.js';

type Add = (parent: Program, usage: string, description: string, name: CommandName) => Program;

const ABOUT_IMPORT = `add the users of another system with their password hashes

Reads lines of JSON, a JSON document or CSV; "-" is standard input. Accounts that exist are never
changed. After an interruption, run the same command again: nobody is added twice.
Exit codes: 0 everything is there, 1 users were rejected or --on-conflict fail stopped the import,
2 the file or an option cannot be used, 3 database unavailable.`;

/** Adds the commands of `latchkey user` and their options. */
export function addUserCommands(program: Program, add: Add): void {
  const users = program.command('user').description('accounts');

  add(users, 'create <email>', 'add an account', 'createUser')
    .option('--name <name>', 'the name of the user')
    .option('--role <role...>', 'roles to grant')
    .option('--permission <permission...>', 'permissions to grant')
    .option('--password-stdin', 'read the password from standard input instead of generating one');

  add(users, 'import <file>', 'add the users of another system with their password hashes', 'importUsers')
    .summary('add the users of another system with their password hashes')
    .description(ABOUT_IMPORT)
    .addOption(
      new Option('--from <system>', 'where the file comes from').choices(SOURCE_NAMES).default('latchkey'),
    )
    .option('--dry-run', 'only say what would be imported')
    .addOption(
      new Option('--on-conflict <what>', 'if an address or id belongs to another account')
        .choices(['skip', 'reject', 'fail'])
        .default('skip'),
    )
    .option('--require-password', 'reject users without a password hash that can be verified')
    .option('--roles <field>', 'grant the roles in this field of the file, such as app_metadata.roles')
    .option('--ids <file>', 'write the old and the new id of each user to this file')
    .option('--rejected <file>', 'where to write rejected users (default: <file>.rejected.ndjson)')
    .option('--hash-config <file>', "Firebase's password hash parameters");

  add(users, 'list', 'list accounts by email address, one page at a time', 'listUsers')
    .option('--email <part>', 'only accounts whose address contains this text')
    .option('--locked', 'only accounts that failed attempts slow down, or whose password they turned off')
    .option('--disabled', 'only disabled accounts')
    .option('--limit <n>', 'accounts per page, 1 to 200 (default: 50)', pageSize)
    .option('--cursor <cursor>', 'start after the previous page: its nextCursor');

  add(users, 'show <email|id>', 'show everything about an account except its password', 'showUser');

  add(
    users,
    'roles <email|id>',
    'show roles and permissions, or replace the given ones and keep the others',
    'userRoles',
  )
    .option('--role <role...>', 'roles to set')
    .option('--permission <permission...>', 'permissions to set')
    .option('--none', 'remove all roles and permissions');

  add(users, 'disable <email|id>', 'lock a user out and end every session', 'disableUser');
  add(
    users,
    'enable <email|id>',
    'let a user log in again, even if the password was turned off',
    'enableUser',
  );
  add(users, 'factors <email|id>', 'show second factors', 'listUserFactors');
  add(
    users,
    'reset-factors <email|id>',
    'remove all second factors and trusted devices after MFA_RESET_DELAY, in which the owner can cancel it',
    'resetUserFactors',
  ).option('--cancel', 'keep them: take back an earlier request');
  add(users, 'sessions <email|id>', 'show live sessions', 'listUserSessions');
  add(users, 'end-sessions <email|id> [sid]', 'end one session, or all of them', 'endUserSessions');

  add(users, 'delete <email|id>', 'end every session and delete the account', 'deleteUser')
    // Not required here: without it, the command itself explains what to add.
    .option('--yes', 'confirm that the account is deleted for good');
}

/** Parses `--limit`. */
export function pageSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 200) return size;
  throw new InvalidArgumentError('limit must be a whole number from 1 to 200');
}
