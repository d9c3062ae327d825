import type { MailTexts } from './mail-texts.js';

const IGNORE =
  'Das waren nicht Sie? Dann ignorieren Sie diese E-Mail: Solange niemand den Link benutzt, geschieht nichts.';
const RESET =
  'Das waren nicht Sie? Dann hat jemand anderes Zugang zu Ihrem Konto. Setzen Sie jetzt Ihr Passwort zurück; dabei werden alle Geräte abgemeldet.';
const UNDO = 'Dabei werden alle Geräte abgemeldet, und Sie wählen ein neues Passwort.';

/** German. */
export const de: MailTexts = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  expires: (time) => `Der Link gilt bis zum ${time} und nur einmal.`,
  occasion: (at, from) =>
    `Das geschah${at && ` am ${at}`}${from && ` (${from.replace(' on ', ' unter ')})`}.`,
  notices: {
    'factor-added': 'Ihrem Konto wurde ein zweiter Faktor hinzugefügt',
    'factor-removed': 'Von Ihrem Konto wurde ein zweiter Faktor entfernt',
    'recovery-code-used': 'Jemand hat sich mit einem Wiederherstellungscode in Ihrem Konto angemeldet',
    'recovery-codes-renewed': 'Die Wiederherstellungscodes Ihres Kontos wurden erneuert',
    'passkey-suspended': 'Ein Passkey Ihres Kontos wurde gesperrt, weil es eine Kopie davon geben könnte',
    'identity-linked': 'Ihrem Konto wurde ein weiterer Weg zur Anmeldung hinzugefügt',
    'identity-unlinked': 'Von Ihrem Konto wurde ein Weg zur Anmeldung entfernt',
    'factors-reset': 'Alle zweiten Faktoren Ihres Kontos wurden entfernt',
  },
  templates: {
    'confirm-registration': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre E-Mail-Adresse für ${brand}`,
      paragraphs: [`Bestätigen Sie, dass dies Ihre Adresse ist, um Ihr Konto bei ${brand} zu erstellen.`],
      button: 'Adresse bestätigen',
      notYou: IGNORE,
    }),
    'address-taken': ({ brand }) => ({
      subject: `Sie haben schon ein Konto bei ${brand}`,
      paragraphs: [
        'Jemand wollte mit dieser Adresse ein Konto erstellen. Sie haben schon eines; es wurde nichts geändert.',
        'Wenn Sie das waren und Ihr Passwort vergessen haben, wählen Sie ein neues.',
      ],
      button: 'Passwort zurücksetzen',
      notYou: 'Das waren nicht Sie? Dann müssen Sie nichts tun: Ihr Konto und Ihr Passwort sind unverändert.',
    }),
    'verify-email': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre E-Mail-Adresse für ${brand}`,
      paragraphs: ['Bestätigen Sie, dass diese Adresse Ihnen gehört.'],
      button: 'Adresse bestätigen',
      notYou: IGNORE,
    }),
    'reset-password': ({ brand }) => ({
      subject: `Ihr Passwort für ${brand} zurücksetzen`,
      paragraphs: [
        'Jemand möchte das Passwort Ihres Kontos zurücksetzen. Mit diesem Link können Sie ein neues wählen.',
      ],
      button: 'Neues Passwort wählen',
      notYou: 'Das waren nicht Sie? Dann ignorieren Sie diese E-Mail: Ihr Passwort bleibt unverändert.',
    }),
    'password-changed': ({ brand }) => ({
      subject: `Ihr Passwort für ${brand} wurde geändert`,
      paragraphs: ['Das Passwort Ihres Kontos wurde geändert. Alle anderen Geräte wurden abgemeldet.'],
      button: 'Das war ich nicht: Passwort zurücksetzen',
      notYou: RESET,
    }),
    'password-reset': ({ brand }) => ({
      subject: `Ihr Passwort für ${brand} wurde zurückgesetzt`,
      paragraphs: [
        'Über einen Link, der an diese Adresse ging, wurde ein neues Passwort gewählt. Alle Geräte wurden abgemeldet.',
      ],
      button: 'Das war ich nicht: Passwort zurücksetzen',
      notYou: `${RESET} Ändern Sie auch das Passwort Ihres Postfachs.`,
    }),
    'email-change-confirm': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre neue E-Mail-Adresse für ${brand}`,
      paragraphs: [`Bestätigen Sie diese Adresse, damit sie für Ihr Konto bei ${brand} gilt.`],
      button: 'Neue Adresse bestätigen',
      notYou: IGNORE,
    }),
    'email-change-requested': ({ brand, newEmail }) => ({
      subject: `Ihre E-Mail-Adresse für ${brand} soll geändert werden`,
      paragraphs: [`Jemand möchte die E-Mail-Adresse Ihres Kontos${newEmail && ` in ${newEmail}`} ändern.`],
      button: 'Das war ich nicht: Adresse behalten',
      notYou: `Das waren nicht Sie? Über den Link behalten Sie diese Adresse. ${UNDO}`,
    }),
    'email-changed': ({ brand, newEmail }) => ({
      subject: `Ihre E-Mail-Adresse für ${brand} wurde geändert`,
      paragraphs: [`Die E-Mail-Adresse Ihres Kontos wurde${newEmail && ` in ${newEmail}`} geändert.`],
      button: 'Das war ich nicht: Änderung rückgängig machen',
      notYou: `Das waren nicht Sie? Über den Link machen Sie die Änderung rückgängig. ${UNDO}`,
    }),
    'account-closing': ({ brand, closes }) => ({
      subject: `Ihr Konto bei ${brand} ist geschlossen`,
      paragraphs: [
        `Ihr Konto wurde geschlossen, und alle Geräte wurden abgemeldet. Es wird${closes && ` am ${closes}`} gelöscht.`,
      ],
      button: 'Konto behalten',
      notYou:
        'Das waren nicht Sie, oder Sie haben es sich anders überlegt? Über den Link behalten Sie Ihr Konto. Wenn Sie es nicht waren, ändern Sie auch Ihr Passwort.',
    }),
    'account-closed': ({ brand }) => ({
      subject: `Ihr Konto bei ${brand} wurde gelöscht`,
      paragraphs: [
        'Ihr Konto und alle über Sie gespeicherten Daten wurden gelöscht. Dies ist unsere letzte E-Mail an Sie.',
      ],
      notYou: `Das waren nicht Sie? Dann wenden Sie sich an den Support von ${brand}: Das Konto selbst lässt sich nicht wiederherstellen.`,
    }),
    'signed-in-on-new-device': ({ brand }) => ({
      subject: `Neue Anmeldung bei ${brand}`,
      paragraphs: ['Jemand hat sich mit einem bisher nicht verwendeten Gerät in Ihrem Konto angemeldet.'],
      button: 'Meine Geräte ansehen',
      notYou: 'Das waren nicht Sie? Dann beenden Sie diese Sitzung und ändern Sie Ihr Passwort.',
    }),
    'strangers-failed': ({ brand, count }) => ({
      subject: `Fehlgeschlagene Anmeldungen bei ${brand}`,
      paragraphs: [
        `${count} Versuche, sich in Ihrem Konto anzumelden, sind fehlgeschlagen. Weitere Versuche werden verlangsamt, und Ihre Geräte bleiben angemeldet.`,
        'Wenn Sie sich nicht anmelden können, wählen Sie ein neues Passwort.',
      ],
      button: 'Neues Passwort wählen',
      notYou:
        'Das waren nicht Sie? Dann müssen Sie nichts tun, solange Sie Ihr Passwort nirgends sonst verwenden.',
    }),
    'enrolment-code': ({ brand, code }) => ({
      subject: `Ihr Code für ${brand}`,
      paragraphs: [
        'Ihr Konto braucht einen zweiten Faktor. Um ihn einzurichten, geben Sie diesen Code dort ein, wo Sie sich gerade anmelden:',
        code,
        'Der Code gilt zehn Minuten.',
      ],
      button: 'Das war ich nicht: Passwort zurücksetzen',
      notYou:
        'Das waren nicht Sie? Dann kennt jemand anderes Ihr Passwort. Setzen Sie es jetzt zurück, und geben Sie diesen Code nicht weiter.',
    }),
    'factors-reset-requested': ({ brand, resets }) => ({
      subject: `Ihre zweiten Faktoren für ${brand} werden entfernt`,
      paragraphs: [
        `Die Verwaltung wurde gebeten, alle zweiten Faktoren Ihres Kontos zu entfernen, zum Beispiel Authenticator-Apps und Passkeys. Das geschieht${resets && ` am ${resets}`}, und alle Geräte werden dann abgemeldet. Danach genügt zum Anmelden Ihr Passwort.`,
      ],
      button: 'Meine zweiten Faktoren behalten',
      notYou:
        'Das waren nicht Sie? Dann versucht vielleicht jemand, in Ihr Konto zu gelangen. Über den Link behalten Sie Ihre zweiten Faktoren. Ändern Sie auch Ihr Passwort.',
    }),
    'security-notice': ({ brand, notice, what }) => ({
      subject: `Sicherheit Ihres Kontos bei ${brand}`,
      paragraphs: [`${de.notices[notice]}${what && `: ${what}`}.`],
      button: 'Mein Konto ansehen',
      notYou:
        'Das waren nicht Sie? Dann ändern Sie Ihr Passwort und entfernen Sie alles, was Sie nicht kennen.',
    }),
  },
};
