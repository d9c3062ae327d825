#!/usr/bin/env node
import 'reflect-metadata';
import { exitWithoutServers, stopSignals } from '../settings/stop-servers.js';
import { runProgram } from './program.js';

const LEFTOVERS_MS = 1_000;
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
// Stays, because a second signal would end the process before its database has been stopped.
for (const signal of stopSignals())
  process.on(signal, () => exitWithoutServers(128 + SIGNAL_NUMBERS[signal]!));

const { stdin, stdout, stderr } = process;
// Whoever reads the output may stop early, as `head` does. The command is done by then, and its exit code still counts.
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
void runProgram(process.argv.slice(2), { stdin, stdout, stderr }).then((code) => {
  process.exitCode = code;
  // What a failed start has left open must not keep the process.
  setTimeout(() => exitWithoutServers(code), LEFTOVERS_MS).unref();
});
