#!/usr/bin/env node
import 'reflect-metadata';
import { runProgram } from './program.js';

const { stdin, stdout, stderr } = process;
void runProgram(process.argv.slice(2), { stdin, stdout, stderr }).then((code) => {
  process.exitCode = code;
});
