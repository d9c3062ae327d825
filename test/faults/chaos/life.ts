import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountChanges } from './account-changes.js';
import type { Random } from '../support/random.js';
import type { Device, Person } from './person.js';

/** The operations of a life, and how often each is chosen. */
const CHOICES = {
  visit: 30,
  visitAll: 8,
  refresh: 25,
  refreshTwice: 8,
  repeat: 6,
  steal: 2,
  haunt: 8,
  login: 3,
  guess: 1,
  logout: 4,
  logoutEverywhere: 1,
  changePassword: 1.5,
  resetPassword: 0.7,
  disable: 0.15,
};
/** Somebody with a second factor keeps the password, to find out whether it alone is enough. */
const WITH_FACTOR = { ...CHOICES, login: 8, changePassword: 0, resetPassword: 0 };
/** Of all people, those with a second factor. */
const FACTOR_SHARE = 0.15;
const PAUSE_MS: [number, number] = [200, 900];

/** Does one thing after the other until it is over; then every session is brought to an end that is known. */
export async function live(
  person: Person,
  changes: AccountChanges,
  random: Random,
  isOver: () => boolean,
  check: () => void,
): Promise<void> {
  await person.register();
  const choices = random.chance(FACTOR_SHARE) ? WITH_FACTOR : CHOICES;
  if (choices === WITH_FACTOR) await person.addFactor();
  while (!isOver()) {
    await step(person, changes, random, choices);
    check();
    await sleep(random.whole(...PAUSE_MS));
  }
  for (const device of person.devices.slice()) await person.refresh(device);
  for (const device of person.lost.slice(-10)) await person.haunt(device);
}

async function step(
  person: Person,
  changes: AccountChanges,
  random: Random,
  choices: typeof CHOICES,
): Promise<void> {
  const device = random.of(person.devices);
  if (!device) return person.login();
  const choice = random.weighted(choices);
  switch (choice) {
    case 'login':
      return person.login();
    case 'guess':
      return person.login('a sentence that is not the right one');
    case 'haunt':
      return haunt(person, random);
    case 'resetPassword':
    case 'disable':
      await changes[choice]();
      return haunt(person, random);
    case 'changePassword':
      return changes.changePassword(device);
    case 'visit':
      return visit(person, device);
    default:
      await person[choice](device);
      return choice === 'steal' || choice === 'logoutEverywhere' ? haunt(person, random) : undefined;
  }
}

/** A client that is told that its access token has expired refreshes. */
async function visit(person: Person, device: Device): Promise<void> {
  const answer = await person.visit(device);
  if (answer?.status === 401) await person.refresh(device);
}

async function haunt(person: Person, random: Random): Promise<void> {
  const device = random.chance(0.7) ? person.lost.at(-1) : random.of(person.lost);
  if (device) await person.haunt(device);
}
