#!/usr/bin/env node
import 'reflect-metadata';
import { runProgram } from './program.js';

const { stdin, stdout, stderr } = process;
process.exitCode = await runProgram(process.argv.slice(2), { stdin, stdout, stderr });
