import type { Texts } from './en.js';

export const flows: Texts['flows'] = {
  lookIntoMail:
    'Wir haben einen Link an {email} geschickt. Öffnen Sie ihn innerhalb von 24 Stunden, um die Registrierung abzuschließen. Wenn er nicht ankommt, sehen Sie im Spam-Ordner nach.',
  forgot: {
    title: 'Passwort vergessen?',
    text: 'Wir schicken Ihnen per E-Mail einen Link, mit dem Sie ein neues Passwort wählen können.',
    submit: 'Link schicken',
    done: 'Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs.',
  },
  links: {
    confirm: {
      title: 'Registrierung bestätigen',
      text: 'Damit wird Ihr Konto erstellt. Fahren Sie nur fort, wenn Sie sich selbst registriert haben.',
      submit: 'Mein Konto erstellen',
      done: 'Ihr Konto wurde erstellt.',
    },
    verify: {
      title: 'E-Mail-Adresse bestätigen',
      text: 'Damit bestätigen Sie, dass das Konto und diese Adresse Ihnen gehören.',
      submit: 'Bestätigen',
      done: 'Ihre E-Mail-Adresse ist bestätigt.',
    },
    reset: {
      title: 'Neues Passwort wählen',
      text: 'Es ersetzt das alte und beendet alle Sitzungen.',
      submit: 'Passwort ändern',
      done: 'Ihr Passwort wurde geändert.',
    },
    'confirm-email': {
      title: 'Neue E-Mail-Adresse bestätigen',
      text: 'Sie ersetzt die alte und beendet Ihre anderen Sitzungen.',
      submit: 'Diese Adresse verwenden',
      done: 'Ihre E-Mail-Adresse wurde geändert.',
    },
    'undo-email': {
      title: 'E-Mail-Adresse behalten',
      text: 'Damit wird die Änderung der Adresse rückgängig gemacht. Alle Sitzungen enden, und das Passwort gilt nicht mehr, bis Sie ein neues wählen.',
      submit: 'Änderung rückgängig machen',
      done: 'Das Konto hat wieder seine frühere Adresse. Wählen Sie jetzt ein neues Passwort.',
    },
    restore: {
      title: 'Konto wiederherstellen',
      text: 'Ihr Konto ist geschlossen und wird bald gelöscht. Noch können Sie es behalten.',
      submit: 'Mein Konto wiederherstellen',
      done: 'Ihr Konto ist wieder offen. Sie können sich anmelden.',
    },
    'cancel-reset': {
      title: 'Zweite Faktoren behalten',
      text: 'Die Verwaltung wurde gebeten, die zweiten Faktoren Ihres Kontos zu entfernen. Hiermit verhindern Sie das.',
      submit: 'Meine zweiten Faktoren behalten',
      done: 'Ihre zweiten Faktoren bleiben. Wenn Sie nicht um das Entfernen gebeten haben, ändern Sie jetzt Ihr Passwort.',
    },
  },
  profile: {
    title: 'Name und Adresse',
    unproven: 'Sie haben Ihre E-Mail-Adresse noch nicht bestätigt.',
    resend: 'Link erneut schicken',
    changeName: 'Name ändern',
    newEmail: 'Neue E-Mail-Adresse',
    emailHint: 'Sie gilt, sobald Sie den Link öffnen, den wir dorthin schicken.',
    changeEmail: 'Adresse ändern',
    data: 'Ihre Daten',
    export: 'Herunterladen',
    exportHint: 'Eine Datei mit allem, was über Sie gespeichert ist.',
    close: 'Konto schließen',
    closeHint:
      'Ihr Konto wird zwei Wochen später gelöscht. Bis dahin stellt ein Link in einer E-Mail es wieder her.',
    closing: 'Ihr Konto schließen?',
    closingText:
      'Alle Sitzungen enden jetzt. Das Konto wird in zwei Wochen gelöscht, wenn Sie bis dahin nicht den Link in der E-Mail öffnen.',
    stepUp: 'Bestätigen Sie, dass Sie es sind',
    confirm: 'Bestätigen',
    cancel: 'Abbrechen',
    script: {
      nameChanged: 'Ihr Name wurde geändert.',
      linkSent: 'Eine E-Mail mit einem Link ist unterwegs an {email}.',
      exported: 'Ihre Daten wurden heruntergeladen.',
    },
  },
};
