import { authenticator } from './authenticator.js';
import { factorsOf } from './client/account.js';
import { dialog } from './dialog.js';
import { submits } from './form.js';
import { deviceOf, item, moveTo, quietButton, separated, showList, withTime } from './lists.js';
import { attempt, element, say } from './page.js';
import { recoveryCodes } from './recovery-codes.js';
import { counted, data, fill } from './words.js';

const words = data.security;
const { lang } = document.documentElement;

/** The section for second factors and passkeys. `refreshed` loads the other lists again, which changes here concern. */
export function security(user, { confirming, refreshed }) {
  const factors = factorsOf(confirming);
  const heading = element('security-heading');
  const sure = dialog('removing', () => undefined);
  const showCodes = data.factors.recoveryCodes && newCodes(user);

  const load = () => Promise.allSettled([showFactors(), showDevices()]);
  const changed = () => Promise.allSettled([load(), refreshed()]);
  const tellBrowser = (kind) => kind === 'passkey' && factors.signalPasskeys().catch(() => undefined);

  async function added({ recoveryCodes: codes }, news) {
    if (codes) await showCodes(codes);
    await changed();
    say(heading, 'notice', news);
    heading.focus();
  }

  /** The buttons of one factor. */
  const BUTTONS = {
    totp: (factor) => [removeButton(factor)],
    passkey: (factor) => [renameButton(factor), removeButton(factor)],
    'recovery-codes': () => [renewButton()],
  };

  async function showFactors() {
    const all = await factors.list();
    const rows = all.map((factor) => {
      const row = item(nameOf(factor), ...detailsOf(factor));
      row.append(...(BUTTONS[factor.kind]?.(factor) ?? []));
      return row;
    });
    showList(element('factors'), rows.length > 0 ? rows : [item(words.noFactor)]);
  }

  function removeButton(factor) {
    return quietButton(words.remove, fill(words.removeOf, { name: nameOf(factor) }), (button) =>
      attempt(button, async () => {
        if (!(await sure())) return;
        const index = [...element('factors').children].indexOf(button.closest('li'));
        await factors.remove(factor.id);
        await tellBrowser(factor.kind);
        await changed();
        say(heading, 'notice', words.removed);
        moveTo(element('factors'), index, heading);
      }),
    );
  }

  function renameButton({ id, kind, name }) {
    return quietButton(words.rename, fill(words.renameOf, { name }), (button) =>
      attempt(button, async () => {
        const index = [...element('factors').children].indexOf(button.closest('li'));
        if (!(await renamed(id, name))) return;
        await tellBrowser(kind);
        await changed();
        say(heading, 'notice', words.renamed);
        moveTo(element('factors'), index, heading);
      }),
    );
  }

  let renaming;
  const askName =
    element('renaming') && dialog('renaming', ({ name }) => factors.renamePasskey(renaming, name));
  function renamed(id, name) {
    renaming = id;
    return askName({ name });
  }

  const sureToRenew = data.factors.recoveryCodes && dialog('renewing', () => undefined);
  function renewButton() {
    return quietButton(words.renew, words.renewOf, (button) =>
      attempt(button, async () => {
        if (await sureToRenew()) await added(await factors.renewRecoveryCodes(), '');
      }),
    );
  }

  async function showDevices() {
    if (data.factors.trustedDays === 0) return;
    const devices = await factors.devices();
    const rows = devices.map((device) => {
      const date = new Date(device.expiresAt).toLocaleDateString(lang);
      const used = withTime(words.lastUsed, device.lastUsedAt);
      const row = item(deviceOf(device), ...separated(used, [fill(words.until, { date })]));
      row.append(revokeButton(device));
      return row;
    });
    showList(element('devices'), rows);
    element('trusted').hidden = rows.length === 0;
  }

  function revokeButton(device) {
    return quietButton(words.revoke, fill(words.revokeOf, { device: deviceOf(device) }), (button) =>
      attempt(button, async () => {
        const index = [...element('devices').children].indexOf(button.closest('li'));
        await factors.removeDevice(device.id);
        await changed();
        say(heading, 'notice', words.revoked);
        moveTo(element('devices'), index, heading);
      }),
    );
  }

  if (data.factors.totp) addsApps(factors, added);
  element('add-passkey')?.addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      await added(await factors.addPasskey(), words.passkeyAdded);
      await tellBrowser('passkey');
    }),
  );
  load();
}

const nameOf = ({ kind, name }) => name ?? words.kinds[kind] ?? kind;

function detailsOf({ kind, name, createdAt, lastUsedAt, synced, suspended, remaining }) {
  const isNamed = name !== null && name !== words.kinds[kind];
  return separated(
    isNamed && [words.kinds[kind] ?? kind],
    remaining !== undefined && [counted(words.remaining, remaining)],
    withTime(words.added, createdAt),
    lastUsedAt ? withTime(words.lastUsed, lastUsedAt) : remaining === undefined && [words.neverUsed],
    synced && [words.synced],
    suspended && [words.suspended],
  );
}

/** Adds an authenticator app in a dialog: its name, its secret, its first code. */
function addsApps(factors, added) {
  const box = element('app');
  const start = element('app-start');
  const showApp = authenticator(factors, async (answer) => {
    box.close();
    await added(answer, words.appAdded);
  });
  box.querySelector('.cancel').addEventListener('click', () => box.close());
  submits(start, async ({ name }) => {
    showApp(await factors.addTotp({ name: name.trim() || null }));
    start.hidden = true;
  });
  element('add-app').addEventListener('click', () => {
    start.reset();
    start.hidden = false;
    element('app-secret').hidden = true;
    box.showModal();
  });
}

/** Shows recovery codes in a dialog; resolves when they have been saved. */
function newCodes(user) {
  const box = element('codes');
  const show = recoveryCodes();
  // There is no way back to them.
  box.addEventListener('cancel', (event) => event.preventDefault());
  return (codes) =>
    new Promise((resolve) => {
      box.addEventListener('close', resolve, { once: true });
      box.showModal();
      show(user.email, codes, () => box.close());
    });
}
