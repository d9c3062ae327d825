import { ResourceClients } from '../index.js';
import { done, failed, table, timeOf } from './outcome.js';
import type { Command } from './run.js';

export const createClient: Command = async (app, id) => {
  const client = await app.get(ResourceClients).create(id!);
  if (!client) return failed(`There is already a client ${id}: choose another id, or remove it first.`);
  return done(`Client id: ${client.id}\nSecret:    ${client.secret}\nThe secret is not shown again.`, client);
};

export const listClients: Command = async (app) => {
  const clients = await app.get(ResourceClients).list();
  const rows = clients.map(({ id, createdAt }) => [id, timeOf(createdAt)]);
  return done(table(['client id', 'created'], rows), clients);
};

export const removeClient: Command = async (app, id) => {
  const removed = await app.get(ResourceClients).remove(id!);
  return removed ? done(`The client ${id} has been removed.`) : failed(`There is no client ${id}.`);
};
