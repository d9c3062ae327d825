// All commands. Loaded only when a command runs: help and usage errors do not need them.
import { createClient, listClients, removeClient } from './clients.commands.js';
import { doctor } from './doctor.command.js';
import type { Io } from './io.js';
import { listKeys, removeKey, retireKey, rotateKeys } from './keys.commands.js';
import { migrateSchema } from './migrate.command.js';
import type { Outcome } from './outcome.js';
import { type Command, report, withApp } from './run.js';
import { purgeSessions } from './sessions.commands.js';
import {
  askForYes,
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  type NewUserOptions,
} from './user.commands.js';
import { listUsers, type ListOptions } from './user-list.command.js';
import { endUserSessions, listUserSessions } from './user-sessions.commands.js';
import { type RolesOptions, showUser, userRoles } from './user-show.commands.js';

/** The arguments of a command, followed by its options and the command itself. */
type Given = unknown[];

const onApp =
  (command: Command) =>
  (io: Io, given: Given): Promise<Outcome> =>
    withApp(io, (app) => command(app, ...given.filter((value) => typeof value === 'string')));

const COMMANDS = {
  listKeys: onApp(listKeys),
  rotateKeys: onApp(rotateKeys),
  retireKey: onApp(retireKey),
  removeKey: onApp(removeKey),
  createClient: onApp(createClient),
  listClients: onApp(listClients),
  removeClient: onApp(removeClient),
  createUser: (io: Io, given: Given) => {
    const [email, options] = given as [string, NewUserOptions];
    return withApp(io, (app) => createUser(app, email, options, io.stdin));
  },
  listUsers: (io: Io, given: Given) => {
    const [options] = given as [ListOptions];
    return withApp(io, (app) => listUsers(app, options));
  },
  showUser: onApp(showUser),
  userRoles: (io: Io, given: Given) => {
    const [who, options] = given as [string, RolesOptions];
    return withApp(io, (app) => userRoles(app, who, options));
  },
  disableUser: onApp(disableUser),
  enableUser: onApp(enableUser),
  listUserSessions: onApp(listUserSessions),
  endUserSessions: onApp(endUserSessions),
  deleteUser: async (io: Io, given: Given) => {
    const [who, { yes }] = given as [string, { yes?: boolean }];
    return yes ? onApp(deleteUser)(io, given) : askForYes(who);
  },
  purgeSessions: onApp(purgeSessions),
  migrateSchema,
  doctor,
};

export type CommandName = keyof typeof COMMANDS;

/** Runs a command, prints its outcome, and resolves to the exit code. */
export const perform = (name: CommandName, given: Given, io: Io, output: { json?: boolean }) =>
  report(COMMANDS[name](io, given), io, output);
