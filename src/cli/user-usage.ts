import { type Command as Program, InvalidArgumentError } from 'commander';
import type { CommandName } from './commands.js';

type Add = (parent: Program, usage: string, description: string, name: CommandName) => Program;

/** Adds the commands of `latchkey user` and their options. */
export function addUserCommands(program: Program, add: Add): void {
  const users = program.command('user').description('accounts');

  add(users, 'create <email>', 'add an account', 'createUser')
    .option('--name <name>', 'the name of the user')
    .option('--role <role...>', 'roles to grant')
    .option('--permission <permission...>', 'permissions to grant')
    .option('--password-stdin', 'read the password from standard input instead of generating one');

  add(users, 'list', 'list accounts by email address, one page at a time', 'listUsers')
    .option('--email <part>', 'only accounts whose address contains this text')
    .option('--locked', 'only accounts whose password is off after too many failures')
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
  add(users, 'sessions <email|id>', 'show live sessions', 'listUserSessions');
  add(users, 'end-sessions <email|id> [sid]', 'end one session, or all of them', 'endUserSessions');

  add(users, 'delete <email|id>', 'end every session and delete the account', 'deleteUser')
    // Not required here: without it, the command itself explains what to add.
    .option('--yes', 'confirm that the account is deleted for good');
}

function pageSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 200) return size;
  throw new InvalidArgumentError('limit must be a whole number from 1 to 200');
}
