import { Agent, request as open } from 'node:http';
import { kolmogorovSmirnov, median, shuffled } from '../kolmogorov-smirnov.js';

/** One connection, one request after the other: what is measured is one answer. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const WARM_UP = 20;
/** So many answers may be 503 and are asked for again: a machine that stands still for a second makes the database late. */
const MOST_STALLS = 3;
/** Three standard deviations of chance further than the 0.01 at which a difference is suspicious. */
const SURELY_FOUND_P = 1e-8;
const NEVER_EQUAL = new Set(['date', 'x-request-id']);

/**
 * Sends the requests of all kinds in a random order, so that whatever the machine does affects all of them. What an answer
 * leaves to do (a mail, for one) slows the next one: each kind follows every kind equally often, itself too.
 * @param requests by kind, equally many of each. The first ones warm up, and do not count
 * @returns by kind: `times` in milliseconds, and `answers`, each once, without what differs between any two answers
 */
export async function measure(url, requests, onRequest = () => undefined) {
  const kinds = Object.keys(requests);
  const measured = Object.fromEntries(kinds.map((kind) => [kind, { times: [], answers: new Set() }]));
  const order = turns(kinds, requests[kinds[0]].length);
  let stalls = 0;
  for (const [done, { kind, number }] of order.entries()) {
    onRequest(done, order.length);
    let { time, answer } = await ask(url, requests[kind][number]);
    while (answer.startsWith('503') && ++stalls <= MOST_STALLS)
      ({ time, answer } = await ask(url, requests[kind][number]));
    if (!answer.startsWith('202')) throw new Error(`${requests[kind][number].path}: ${answer}`);
    measured[kind].answers.add(answer);
    if (number >= WARM_UP) measured[kind].times.push(time);
  }
  return measured;
}

/** @returns `count` turns of each kind: first those that warm up, then the others, both in a random order */
export function turns(kinds, count) {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const all = kinds.flatMap((kind) => numbers.map((number) => ({ kind, number })));
  const isWarmUp = ({ number }) => number < WARM_UP;
  return [...shuffled(all.filter(isWarmUp)), ...shuffled(all.filter((turn) => !isWarmUp(turn)))];
}

/** How many requests of each kind `measure` needs for so many samples. */
export const requestsFor = (samples) => samples + WARM_UP;

/** @returns both measurements as one */
export function together(earlier, later) {
  const kinds = Object.entries(earlier);
  return Object.fromEntries(
    kinds.map(([kind, { times, answers }]) => [
      kind,
      { times: [...times, ...later[kind].times], answers: new Set([...answers, ...later[kind].answers]) },
    ]),
  );
}

/** @returns whether there are samples enough to find a difference of so many milliseconds, as noisy as the machine is */
export function wouldFind(measured, ms) {
  const [{ times }] = Object.values(measured);
  const slower = times.map((time) => time + ms);
  return kolmogorovSmirnov(times, slower).p <= SURELY_FOUND_P;
}

/**
 * Compares each kind with the first one.
 * @returns rows with `kind`, `samples` (how many), `median`, and for all but the first `d`, `p` and `isEqual`: whether
 *   status, headers and body were the same bytes
 */
export function compare(measured) {
  const [[first, reference], ...others] = Object.entries(measured);
  const [expected] = reference.answers;
  const isEqual = ({ answers }) => answers.size === 1 && answers.has(expected);
  return [
    {
      kind: first,
      samples: reference.times.length,
      median: median(reference.times),
      isEqual: isEqual(reference),
    },
    ...others.map(([kind, own]) => ({
      kind,
      samples: own.times.length,
      median: median(own.times),
      ...kolmogorovSmirnov(own.times, reference.times),
      isEqual: isEqual(own),
    })),
  ];
}

function ask(url, { path, headers, body }) {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const type = payload && { 'content-type': 'application/json' };
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = open(
      new URL(path, url),
      {
        agent,
        method: 'POST',
        headers: { ...headers, ...type, 'content-length': Buffer.byteLength(payload) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => {
          const time = performance.now() - began;
          resolve({ time, answer: seen(response, text) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** Everything in an answer that could tell something, in the order in which it came. */
function seen({ statusCode, rawHeaders }, text) {
  const lines = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (NEVER_EQUAL.has(name.toLowerCase())) lines.push(name);
    // A random secret in base64url.
    else lines.push(`${name}: ${rawHeaders[i + 1].replaceAll(/=[\w-]{43}(?=;|$)/g, '=…')}`);
  }
  return [statusCode, ...lines, '', text].join('\n');
}
