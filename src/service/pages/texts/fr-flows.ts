import type { Texts } from './en.js';

export const flows: Texts['flows'] = {
  lookIntoMail:
    'Consultez vos e-mails : vous y trouverez un lien pour créer votre compte. Il est valable 24 heures.',
  forgot: {
    title: 'Mot de passe oublié ?',
    text: 'Nous vous envoyons un lien pour en choisir un nouveau.',
    submit: 'Envoyer le lien',
    done: 'S’il existe un compte avec cette adresse, un e-mail est en route.',
  },
  links: {
    confirm: {
      title: 'Confirmer votre inscription',
      text: 'Votre compte sera créé. Ne le faites que si c’est bien vous qui vous êtes inscrit.',
      submit: 'Créer mon compte',
      done: 'Votre compte a été créé.',
    },
    verify: {
      title: 'Confirmer votre adresse e-mail',
      text: 'Vous confirmez que le compte et cette adresse sont les vôtres.',
      submit: 'Confirmer',
      done: 'Votre adresse e-mail est confirmée.',
    },
    reset: {
      title: 'Choisir un nouveau mot de passe',
      text: 'Il remplace l’ancien et met fin à toutes les sessions.',
      submit: 'Changer le mot de passe',
      done: 'Votre mot de passe a été changé.',
    },
    'confirm-email': {
      title: 'Confirmer votre nouvelle adresse e-mail',
      text: 'Elle remplace l’ancienne et met fin à vos autres sessions.',
      submit: 'Utiliser cette adresse',
      done: 'Votre adresse e-mail a été changée.',
    },
    'undo-email': {
      title: 'Garder votre adresse e-mail',
      text: 'Annule le changement d’adresse, met fin à toutes les sessions et désactive le mot de passe jusqu’à ce que vous en choisissiez un nouveau.',
      submit: 'Annuler le changement',
      done: 'Le compte a retrouvé son ancienne adresse. Choisissez maintenant un nouveau mot de passe.',
    },
    restore: {
      title: 'Rétablir votre compte',
      text: 'Votre compte est fermé et sera bientôt supprimé. Vous pouvez l’empêcher ici.',
      submit: 'Rétablir mon compte',
      done: 'Votre compte est de nouveau ouvert. Vous pouvez vous connecter.',
    },
  },
  profile: {
    title: 'Nom et adresse',
    changeName: 'Changer le nom',
    newEmail: 'Nouvelle adresse e-mail',
    emailHint: 'Elle est prise en compte dès que vous suivez le lien que nous y envoyons.',
    changeEmail: 'Changer l’adresse',
    data: 'Vos données',
    export: 'Télécharger',
    exportHint: 'Un fichier avec tout ce qui est conservé à votre sujet.',
    close: 'Fermer le compte',
    closeHint:
      'Votre compte est supprimé deux semaines plus tard. D’ici là, un lien reçu par e-mail le rétablit.',
    closing: 'Fermer votre compte ?',
    closingText:
      'Toutes les sessions se terminent maintenant. Le compte est supprimé dans deux semaines, sauf si vous suivez le lien de l’e-mail.',
    stepUp: 'Confirmez que c’est bien vous',
    confirm: 'Confirmer',
    cancel: 'Annuler',
    script: {
      nameChanged: 'Votre nom a été changé.',
      linkSent: 'Un e-mail avec un lien est en route vers {email}.',
      exported: 'Vos données ont été téléchargées.',
    },
  },
};
