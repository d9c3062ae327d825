import type { Finding } from './finding.js';

/** What passkeys depend on, as it was accepted at the start. */
export interface ExaminedPasskeys {
  rpId: string;
  origins: readonly string[];
  publicUrl: string | undefined;
  /** Whether pages at `publicUrl` use passkeys. Default `false`. */
  hasPages?: boolean;
  /** Whether it serves others than whoever develops it. Default `false`. */
  isProduction?: boolean;
}

/** What those who set it call it. */
export type PasskeyNames = Record<'rpId' | 'origins', string>;

/**
 * Of the Public Suffix List (https://publicsuffix.org), what a service is most often below. It has ten thousand others, so
 * what is not found here may still be one.
 */
const HOSTING = new Set(
  (
    'github.io gitlab.io vercel.app netlify.app pages.dev workers.dev web.app firebaseapp.com herokuapp.com fly.dev ' +
    'onrender.com azurewebsites.net azurestaticapps.net cloudfront.net appspot.com run.app deno.dev ngrok.io ngrok.app ' +
    'ngrok-free.app trycloudflare.com'
  ).split(' '),
);
const OF_A_COUNTRY = /^(?:ac|co|com|edu|go|gob|gouv|gov|ne|net|or|org)\.[a-z]{2}$/;

/** Checks what the start cannot know for certain about passkeys: which pages browsers let use them. */
export function examinePasskeys(examined: ExaminedPasskeys, names: PasskeyNames): Finding[] {
  const { rpId, origins } = examined;
  const warnings = [suffix, local, useless, related, ownPages].flatMap((judge) => judge(examined, names));
  if (warnings.length === 0)
    return [finding('ok', `belong to ${rpId}, and ${origins.length} origins use them`)];
  return warnings.map((message) => finding('warning', message));
}

type Judge = (examined: ExaminedPasskeys, names: PasskeyNames) => string[];

const suffix: Judge = ({ rpId }, names) =>
  HOSTING.has(rpId) || OF_A_COUNTRY.test(rpId)
    ? [
        `${names.rpId} ${rpId} seems to be a public suffix, below which anybody can have pages: browsers refuse it, so name your own domain below it`,
      ]
    : [];

const local: Judge = ({ rpId, isProduction = false }, names) =>
  isProduction && isLocal(rpId) ? [`${names.rpId} is ${rpId}: passkeys work on this machine only`] : [];

/** Related origins need a domain that somebody has registered. */
const useless: Judge = ({ rpId, origins }, names) =>
  foreign(rpId, origins)
    .filter((origin) => isLocal(new URL(origin).hostname))
    .map((origin) => `${origin} can never use passkeys of ${rpId}: remove it from ${names.origins}`);

const related: Judge = ({ rpId, origins, publicUrl }) => {
  const others = foreign(rpId, origins).filter((origin) => !isLocal(new URL(origin).hostname));
  if (others.length === 0 || originOf(publicUrl) === `https://${rpId}`) return [];
  const they = others.length === 1 ? 'is' : 'are';
  return [
    `${others.join(', ')} ${they} not below ${rpId}: browsers ask https://${rpId}/.well-known/webauthn whether that is meant, so it must lead here`,
  ];
};

const ownPages: Judge = ({ origins, publicUrl, hasPages = false }, names) => {
  const own = originOf(publicUrl);
  return hasPages && own !== undefined && !origins.includes(own)
    ? [`the account pages are at ${own}, which is not one of ${names.origins}: passkeys do not work there`]
    : [];
};

/** Pages whose host is neither the domain nor below it. Apps have no host. */
function foreign(rpId: string, origins: readonly string[]): string[] {
  return origins.filter((origin) => {
    if (!/^https?:/.test(origin)) return false;
    const { hostname } = new URL(origin);
    return hostname !== rpId && !hostname.endsWith(`.${rpId}`);
  });
}

const isLocal = (host: string) => host === 'localhost' || host.endsWith('.localhost');

const originOf = (url: string | undefined) =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;

function finding(state: Finding['state'], message: string): Finding {
  return { check: 'passkeys', state, message };
}
