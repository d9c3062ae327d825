import type { Texts } from './en.js';

export const flows: Texts['flows'] = {
  lookIntoMail:
    'Sehen Sie in Ihre E-Mails: Dort finden Sie einen Link, mit dem Ihr Konto erstellt wird. Er gilt 24 Stunden.',
  forgot: {
    title: 'Passwort vergessen?',
    text: 'Wir schicken Ihnen einen Link, mit dem Sie ein neues wählen.',
    submit: 'Link schicken',
    done: 'Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs.',
  },
  links: {
    confirm: {
      title: 'Registrierung bestätigen',
      text: 'Damit wird Ihr Konto erstellt. Tun Sie das nur, wenn Sie selbst sich registriert haben.',
      submit: 'Mein Konto erstellen',
      done: 'Ihr Konto ist erstellt.',
    },
    verify: {
      title: 'E-Mail-Adresse bestätigen',
      text: 'Damit sagen Sie, dass das Konto und diese Adresse Ihnen gehören.',
      submit: 'Bestätigen',
      done: 'Ihre E-Mail-Adresse ist bestätigt.',
    },
    reset: {
      title: 'Neues Passwort wählen',
      text: 'Es ersetzt das alte und beendet alle Sitzungen.',
      submit: 'Passwort ändern',
      done: 'Ihr Passwort ist geändert.',
    },
    'confirm-email': {
      title: 'Neue E-Mail-Adresse bestätigen',
      text: 'Sie ersetzt die alte und beendet Ihre anderen Sitzungen.',
      submit: 'Diese Adresse verwenden',
      done: 'Ihre E-Mail-Adresse ist geändert.',
    },
    'undo-email': {
      title: 'E-Mail-Adresse behalten',
      text: 'Macht die Änderung der Adresse rückgängig, beendet alle Sitzungen und schaltet das Passwort ab, bis Sie ein neues wählen.',
      submit: 'Änderung rückgängig machen',
      done: 'Das Konto hat wieder seine frühere Adresse. Wählen Sie jetzt ein neues Passwort.',
    },
    restore: {
      title: 'Konto wiederherstellen',
      text: 'Ihr Konto ist geschlossen und wird bald gelöscht. Hiermit verhindern Sie das.',
      submit: 'Mein Konto wiederherstellen',
      done: 'Ihr Konto ist wieder offen. Sie können sich anmelden.',
    },
  },
  profile: {
    title: 'Name und Adresse',
    changeName: 'Name ändern',
    newEmail: 'Neue E-Mail-Adresse',
    emailHint: 'Sie gilt, sobald Sie dem Link folgen, den wir dorthin schicken.',
    changeEmail: 'Adresse ändern',
    data: 'Ihre Daten',
    export: 'Herunterladen',
    exportHint: 'Eine Datei mit allem, was über Sie gespeichert ist.',
    close: 'Konto schließen',
    closeHint:
      'Ihr Konto wird zwei Wochen später gelöscht. Bis dahin stellt ein Link in einer E-Mail es wieder her.',
    closing: 'Ihr Konto schließen?',
    closingText:
      'Alle Sitzungen enden jetzt. Das Konto wird in zwei Wochen gelöscht, wenn Sie nicht dem Link in der E-Mail folgen.',
    stepUp: 'Bestätigen Sie, dass Sie es sind',
    confirm: 'Bestätigen',
    cancel: 'Abbrechen',
    script: {
      nameChanged: 'Ihr Name ist geändert.',
      linkSent: 'Eine E-Mail mit einem Link ist unterwegs an {email}.',
      exported: 'Ihre Daten sind heruntergeladen.',
    },
  },
};
