import type { Command as Program } from 'commander';
import type { CommandName } from './commands.js';

type Add = (parent: Program, usage: string, description: string, name: CommandName) => Program;

/** The commands of `latchkey user`, and their options. */
export function addUserCommands(program: Program, add: Add): void {
  const users = program.command('user').description('accounts');

  add(users, 'create <email>', 'add an account', 'createUser')
    .option('--name <name>', 'what to call them')
    .option('--role <role...>', 'roles to give')
    .option('--permission <permission...>', 'permissions to give')
    .option('--password-stdin', 'read the password from the standard input, instead of making one');

  add(users, 'list', 'list accounts by address, one page at a time', 'listUsers')
    .option('--email <part>', 'only addresses that contain this')
    .option('--locked', 'only accounts whose password is off after too many failures')
    .option('--disabled', 'only disabled accounts')
    .option('--limit <n>', 'accounts on a page, 1 to 200 (default: 50)', Number)
    .option('--cursor <cursor>', 'continue after the previous page: its nextCursor');

  add(users, 'show <email|id>', 'show everything about an account except its password', 'showUser');

  add(users, 'roles <email|id>', 'show roles and permissions, or set exactly those given', 'userRoles')
    .option('--role <role...>', 'roles to set')
    .option('--permission <permission...>', 'permissions to set')
    .option('--none', 'remove all of them');

  add(users, 'disable <email|id>', 'lock out and end every session', 'disableUser');
  add(users, 'enable <email|id>', 'let in again, and turn the password on again', 'enableUser');
  add(users, 'sessions <email|id>', 'show live sessions', 'listUserSessions');
  add(users, 'end-sessions <email|id> [sid]', 'end one session, or all', 'endUserSessions');

  add(users, 'delete <email|id>', 'end every session and delete the account', 'deleteUser').option(
    '--yes',
    'confirm the deletion',
  );
}
