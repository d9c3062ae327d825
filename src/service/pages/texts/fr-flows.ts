import type { Texts } from './en.js';

export const flows: Texts['flows'] = {
  lookIntoMail:
    'Nous avons envoyé un lien à {email}. Ouvrez-le dans les 24 heures pour terminer l’inscription. S’il n’arrive pas, vérifiez le dossier des indésirables.',
  forgot: {
    title: 'Mot de passe oublié ?',
    text: 'Nous vous enverrons par e-mail un lien pour en choisir un nouveau.',
    submit: 'Envoyer le lien',
    done: 'Si un compte existe avec cette adresse, un e-mail est en route.',
  },
  links: {
    confirm: {
      title: 'Confirmer votre inscription',
      text: 'Votre compte sera créé. Ne continuez que si cette inscription vient bien de vous.',
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
      text: 'Il remplacera l’ancien et mettra fin à toutes les sessions.',
      submit: 'Modifier le mot de passe',
      done: 'Votre mot de passe a été modifié.',
    },
    'confirm-email': {
      title: 'Confirmer votre nouvelle adresse e-mail',
      text: 'Elle remplacera l’ancienne et mettra fin à vos autres sessions.',
      submit: 'Utiliser cette adresse',
      done: 'Votre adresse e-mail a été modifiée.',
    },
    'undo-email': {
      title: 'Conserver votre adresse e-mail',
      text: 'Le changement d’adresse sera annulé, toutes les sessions prendront fin et le mot de passe sera désactivé jusqu’à ce que vous en choisissiez un nouveau.',
      submit: 'Annuler le changement',
      done: 'Le compte a retrouvé son ancienne adresse. Choisissez maintenant un nouveau mot de passe.',
    },
    restore: {
      title: 'Réactiver votre compte',
      text: 'Votre compte est fermé et sera bientôt supprimé. Vous pouvez encore le conserver.',
      submit: 'Réactiver mon compte',
      done: 'Votre compte est de nouveau ouvert. Vous pouvez vous connecter.',
    },
    'cancel-reset': {
      title: 'Conserver vos seconds facteurs',
      text: 'L’administration a été priée de retirer les seconds facteurs de votre compte. Vous pouvez l’empêcher ici.',
      submit: 'Conserver mes seconds facteurs',
      done: 'Vos seconds facteurs sont conservés. Si vous n’avez pas demandé leur retrait, modifiez votre mot de passe dès maintenant.',
    },
  },
  profile: {
    title: 'Nom et adresse',
    unproven: 'Vous n’avez pas encore confirmé votre adresse e-mail.',
    resend: 'Renvoyer le lien',
    changeName: 'Modifier le nom',
    newEmail: 'Nouvelle adresse e-mail',
    emailHint: 'Elle sera prise en compte dès que vous aurez ouvert le lien que nous y enverrons.',
    changeEmail: 'Modifier l’adresse',
    data: 'Vos données',
    export: 'Télécharger',
    exportHint: 'Un fichier contenant toutes les données que nous conservons à votre sujet.',
    close: 'Fermer le compte',
    closeHint:
      'Votre compte sera supprimé deux semaines plus tard. D’ici là, un lien reçu par e-mail permet de le réactiver.',
    closing: 'Fermer votre compte ?',
    closingText:
      'Toutes les sessions prendront fin immédiatement. Le compte sera supprimé dans deux semaines, sauf si vous ouvrez le lien reçu par e-mail.',
    stepUp: 'Confirmez que c’est bien vous',
    confirm: 'Confirmer',
    cancel: 'Annuler',
    script: {
      nameChanged: 'Votre nom a été modifié.',
      linkSent: 'Un e-mail contenant un lien a été envoyé à {email}.',
      exported: 'Vos données ont été téléchargées.',
    },
  },
};
