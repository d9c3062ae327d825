import type { MailTexts } from './mail-texts.js';

const IGNORE = 'Das waren nicht Sie? Dann beachten Sie diese E-Mail nicht: Ohne den Link geschieht nichts.';
const RESET =
  'Das waren nicht Sie? Dann hat jemand anders Zugang zu Ihrem Konto. Setzen Sie jetzt Ihr Passwort zurück; dabei werden alle Geräte abgemeldet.';
const UNDO = 'Dabei werden alle Geräte abgemeldet, und Sie wählen ein neues Passwort.';

/** German. */
export const de: MailTexts = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  expires: (time) => `Der Link gilt bis ${time} und nur einmal.`,
  occasion: (at, from) => `Das geschah${at && ` am ${at}`}${from && ` von ${from}`}.`,
  notices: {
    'factor-added': 'Ihrem Konto wurde ein zweiter Faktor hinzugefügt',
    'factor-removed': 'Von Ihrem Konto wurde ein zweiter Faktor entfernt',
    'recovery-code-used': 'Mit einem Wiederherstellungscode wurde Ihr Konto geöffnet',
    'recovery-codes-renewed': 'Die Wiederherstellungscodes Ihres Kontos wurden erneuert',
    'passkey-suspended': 'Ein Passkey Ihres Kontos wurde gesperrt, weil es eine Kopie davon geben könnte',
    'identity-linked': 'Ihrem Konto wurde ein weiterer Weg zur Anmeldung hinzugefügt',
    'identity-unlinked': 'Von Ihrem Konto wurde ein Weg zur Anmeldung entfernt',
    'factors-reset': 'Alle zweiten Faktoren Ihres Kontos wurden entfernt',
  },
  templates: {
    'confirm-registration': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre Adresse für ${brand}`,
      paragraphs: [`Bestätigen Sie, dass dies Ihre Adresse ist. Dann ist Ihr Konto bei ${brand} bereit.`],
      button: 'Adresse bestätigen',
      notYou: IGNORE,
    }),
    'address-taken': ({ brand }) => ({
      subject: `Sie haben schon ein Konto bei ${brand}`,
      paragraphs: [
        'Jemand wollte mit dieser Adresse ein Konto anlegen. Sie haben schon eines, und nichts wurde geändert.',
        'Wenn Sie es waren und Ihr Passwort vergessen haben, wählen Sie ein neues.',
      ],
      button: 'Passwort zurücksetzen',
      notYou: 'Das waren nicht Sie? Dann ist nichts zu tun: Ihr Konto und Ihr Passwort sind, wie sie waren.',
    }),
    'verify-email': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre Adresse für ${brand}`,
      paragraphs: ['Bestätigen Sie, dass diese Adresse Ihnen gehört.'],
      button: 'Adresse bestätigen',
      notYou: IGNORE,
    }),
    'reset-password': ({ brand }) => ({
      subject: `Ihr Passwort für ${brand} zurücksetzen`,
      paragraphs: [
        'Jemand möchte das Passwort Ihres Kontos zurücksetzen. Wählen Sie mit diesem Link ein neues.',
      ],
      button: 'Neues Passwort wählen',
      notYou: 'Das waren nicht Sie? Dann beachten Sie diese E-Mail nicht: Ihr Passwort bleibt, wie es ist.',
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
        'Mit einem Link, der an diese Adresse ging, wurde ein neues Passwort gewählt. Alle Geräte wurden abgemeldet.',
      ],
      button: 'Das war ich nicht: Passwort zurücksetzen',
      notYou: `${RESET} Ändern Sie auch das Passwort Ihres Postfachs.`,
    }),
    'email-change-confirm': ({ brand }) => ({
      subject: `Bestätigen Sie Ihre neue Adresse für ${brand}`,
      paragraphs: [`Bestätigen Sie diese Adresse, dann wird sie die Ihres Kontos bei ${brand}.`],
      button: 'Neue Adresse bestätigen',
      notYou: IGNORE,
    }),
    'email-change-requested': ({ brand, newEmail }) => ({
      subject: `Ihre Adresse für ${brand} soll geändert werden`,
      paragraphs: [`Jemand möchte die Adresse Ihres Kontos ändern${newEmail && `, in ${newEmail}`}.`],
      button: 'Das war ich nicht: Adresse behalten',
      notYou: `Das waren nicht Sie? Dann behalten Sie diese Adresse mit dem Link. ${UNDO}`,
    }),
    'email-changed': ({ brand, newEmail }) => ({
      subject: `Ihre Adresse für ${brand} wurde geändert`,
      paragraphs: [`Die Adresse Ihres Kontos wurde geändert${newEmail && `, in ${newEmail}`}.`],
      button: 'Das war ich nicht: Änderung rückgängig machen',
      notYou: `Das waren nicht Sie? Dann machen Sie die Änderung mit dem Link rückgängig. ${UNDO}`,
    }),
    'account-closing': ({ brand, closes }) => ({
      subject: `Ihr Konto bei ${brand} ist geschlossen`,
      paragraphs: [
        `Ihr Konto wurde geschlossen, und alle Geräte wurden abgemeldet. Es wird${closes && ` am ${closes}`} gelöscht.`,
      ],
      button: 'Konto behalten',
      notYou:
        'Das waren nicht Sie, oder Sie haben es sich anders überlegt? Dann behalten Sie Ihr Konto mit dem Link und ändern Sie Ihr Passwort.',
    }),
    'account-closed': ({ brand }) => ({
      subject: `Ihr Konto bei ${brand} wurde gelöscht`,
      paragraphs: [
        'Ihr Konto und was über Sie gespeichert war, wurde gelöscht. Dies ist unsere letzte E-Mail.',
      ],
      notYou: `Das waren nicht Sie? Dann schreiben Sie dem Support von ${brand}: Das Konto selbst lässt sich nicht wiederherstellen.`,
    }),
    'signed-in-on-new-device': ({ brand }) => ({
      subject: `Neue Anmeldung bei ${brand}`,
      paragraphs: [
        'Jemand hat sich mit einem Gerät in Ihrem Konto angemeldet, das noch nicht benutzt wurde.',
      ],
      button: 'Meine Geräte ansehen',
      notYou: 'Das waren nicht Sie? Dann beenden Sie diese Sitzung und ändern Sie Ihr Passwort.',
    }),
    'strangers-failed': ({ brand, count }) => ({
      subject: `Fehlgeschlagene Anmeldungen bei ${brand}`,
      paragraphs: [
        `${count} Versuche, sich in Ihrem Konto anzumelden, sind fehlgeschlagen. Sie werden gebremst, und Ihre Geräte bleiben angemeldet.`,
        'Wenn Sie sich nicht anmelden können, wählen Sie ein neues Passwort.',
      ],
      button: 'Neues Passwort wählen',
      notYou:
        'Das waren nicht Sie? Dann ist nichts zu tun, solange Sie Ihr Passwort nirgends sonst benutzen.',
    }),
    'security-notice': ({ brand, notice, what }) => ({
      subject: `Sicherheit Ihres Kontos bei ${brand}`,
      paragraphs: [`${de.notices[notice]}${what && `: ${what}`}.`],
      button: 'Mein Konto ansehen',
      notYou: 'Das waren nicht Sie? Dann ändern Sie Ihr Passwort und entfernen Sie, was Sie nicht kennen.',
    }),
  },
};
