// All commands. Loaded only when a command runs: help and usage errors do not need them.
import {
  auditReceivers,
  type DeadLettersOptions,
  discardDeadLetters,
  exportAudit,
  type ExportOptions,
  listDeadLetters,
  type ReceiversOptions,
  retryDeadLetters,
} from './audit.commands.js';
import { createClient, listClients, removeClient } from './clients.commands.js';
import { doctor, type DoctorOptions } from './doctor.command.js';
import {
  listUserFactors,
  type ResetFactorsOptions,
  resetUserFactors,
  rotateFactorSecrets,
} from './factors.commands.js';
import type { Io } from './io.js';
import { listKeys, removeKey, retireKey, rotateKeys } from './keys.commands.js';
import { listMails, type MailListOptions, retryMails } from './mails.commands.js';
import { type MigrateOptions, migrateSchema } from './migrate.command.js';
import type { Outcome } from './outcome.js';
import { type Command, report, withApp, withKeys, withUsers } from './run.js';
import { endSessions, type EndOptions, purgeSessions } from './sessions.commands.js';
import {
  askForYes,
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  type NewUserOptions,
} from './user.commands.js';
import { importUsers } from './user-import.command.js';
import type { ImportCliOptions } from './import/import-settings.js';
import { listUsers, type ListOptions } from './user-list.command.js';
import { endUserSessions, listUserSessions } from './user-sessions.commands.js';
import { type RolesOptions, showUser, userRoles } from './user-show.commands.js';

/** The arguments of a command, followed by its options and the command itself. */
type Given = unknown[];

const runWith =
  (run: typeof withApp) =>
  (command: Command) =>
  (io: Io, given: Given): Promise<Outcome> =>
    run(io, (app) => command(app, ...given.filter((value) => typeof value === 'string')));

const onApp = runWith(withApp);
const onUsers = runWith(withUsers);
const onKeys = runWith(withKeys);

const COMMANDS = {
  listKeys: onKeys(listKeys),
  rotateKeys: onKeys(rotateKeys),
  retireKey: onKeys(retireKey),
  removeKey: onKeys(removeKey),
  rotateFactorSecrets: onApp(rotateFactorSecrets),
  listUserFactors: onUsers(listUserFactors),
  resetUserFactors: (io: Io, given: Given) => {
    const [who, options] = given as [string, ResetFactorsOptions];
    return withUsers(io, (app) => resetUserFactors(app, who, options));
  },
  createClient: onApp(createClient),
  listClients: onApp(listClients),
  removeClient: onApp(removeClient),
  createUser: (io: Io, given: Given) => {
    const [email, options] = given as [string, NewUserOptions];
    return withUsers(io, (app) => createUser(app, email, options, io.stdin));
  },
  importUsers: (io: Io, given: Given) => {
    const [file, options] = given as [string, ImportCliOptions];
    return importUsers(io, file, options);
  },
  listUsers: (io: Io, given: Given) => {
    const [options] = given as [ListOptions];
    return withUsers(io, (app) => listUsers(app, options));
  },
  showUser: onUsers(showUser),
  userRoles: (io: Io, given: Given) => {
    const [who, options] = given as [string, RolesOptions];
    return withUsers(io, (app) => userRoles(app, who, options));
  },
  disableUser: onUsers(disableUser),
  enableUser: onUsers(enableUser),
  listUserSessions: onUsers(listUserSessions),
  endUserSessions: onUsers(endUserSessions),
  deleteUser: async (io: Io, given: Given) => {
    const [who, { yes }] = given as [string, { yes?: boolean }];
    return yes ? onUsers(deleteUser)(io, given) : askForYes(who);
  },
  purgeSessions: onApp(purgeSessions),
  endSessions: (io: Io, given: Given) => {
    const [options] = given as [EndOptions];
    return endSessions(io, options);
  },
  auditReceivers: (io: Io, [options]: Given) => auditReceivers(io, options as ReceiversOptions),
  exportAudit: (io: Io, [options]: Given) => exportAudit(io, options as ExportOptions),
  listDeadLetters: (io: Io, [options]: Given) => listDeadLetters(io, options as DeadLettersOptions),
  retryDeadLetters: (io: Io, [ids, options]: Given) =>
    retryDeadLetters(io, ids as string[], options as DeadLettersOptions),
  discardDeadLetters: (io: Io, [ids, options]: Given) =>
    discardDeadLetters(io, ids as string[], options as DeadLettersOptions),
  listMails: (io: Io, [options]: Given) => listMails(io, options as MailListOptions),
  retryMails: (io: Io, [ids, options]: Given) =>
    retryMails(io, ids as string[], options as { failed?: boolean }),
  migrateSchema: (io: Io, given: Given) => {
    const [options] = given as [MigrateOptions];
    return migrateSchema(io, options);
  },
  doctor: (io: Io, given: Given) => {
    const [options] = given as [DoctorOptions];
    return doctor(io, options);
  },
};

export type CommandName = keyof typeof COMMANDS;

/** Runs a command, prints its outcome, and resolves to the exit code. */
export const perform = (name: CommandName, given: Given, io: Io, output: { json?: boolean }) =>
  report(COMMANDS[name](io, given), io, output);
