import { frenchSpacing } from '../brand/french-spacing.js';
import type { MailTexts } from './mail-texts.js';

const IGNORE =
  'Ce n’était pas vous ? Ignorez cet e-mail : tant que personne n’utilise le lien, rien ne se passe.';
const RESET =
  'Ce n’était pas vous ? Quelqu’un d’autre a alors accès à votre compte. Réinitialisez votre mot de passe dès maintenant : tous les appareils seront déconnectés.';
const UNDO = 'Tous les appareils seront déconnectés, et vous choisirez un nouveau mot de passe.';

const texts: MailTexts = {
  greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
  expires: (time) => `Le lien est valable jusqu’au ${time}, et une seule fois.`,
  occasion: (at, from) =>
    `Cela s’est passé${at && ` le ${at}`}${from && ` (${from.replace(' on ', ' sur ')})`}.`,
  notices: {
    'factor-added': 'Un second facteur a été ajouté à votre compte',
    'factor-removed': 'Un second facteur a été retiré de votre compte',
    'recovery-code-used': 'Un code de secours a servi à se connecter à votre compte',
    'recovery-codes-renewed': 'Les codes de secours de votre compte ont été renouvelés',
    'passkey-suspended':
      'Une clé d’accès de votre compte a été suspendue, car il en existe peut-être une copie',
    'identity-linked': 'Un autre moyen de connexion a été lié à votre compte',
    'identity-unlinked': 'Un moyen de connexion a été retiré de votre compte',
    'factors-reset': 'Tous les seconds facteurs de votre compte ont été retirés',
  },
  templates: {
    'confirm-registration': ({ brand }) => ({
      subject: `Confirmez votre adresse e-mail pour ${brand}`,
      paragraphs: [`Confirmez que cette adresse est la vôtre pour créer votre compte ${brand}.`],
      button: 'Confirmer l’adresse',
      notYou: IGNORE,
    }),
    'address-taken': ({ brand }) => ({
      subject: `Vous avez déjà un compte ${brand}`,
      paragraphs: [
        'Quelqu’un a voulu créer un compte avec cette adresse. Vous en avez déjà un : rien n’a été modifié.',
        'Si c’était vous et que vous avez oublié votre mot de passe, choisissez-en un nouveau.',
      ],
      button: 'Réinitialiser le mot de passe',
      notYou:
        'Ce n’était pas vous ? Vous n’avez rien à faire : votre compte et votre mot de passe n’ont pas changé.',
    }),
    'verify-email': ({ brand }) => ({
      subject: `Confirmez votre adresse e-mail pour ${brand}`,
      paragraphs: ['Confirmez que cette adresse est la vôtre.'],
      button: 'Confirmer l’adresse',
      notYou: IGNORE,
    }),
    'reset-password': ({ brand }) => ({
      subject: `Réinitialisez votre mot de passe pour ${brand}`,
      paragraphs: [
        'Quelqu’un a demandé à réinitialiser le mot de passe de votre compte. Ce lien vous permet d’en choisir un nouveau.',
      ],
      button: 'Choisir un nouveau mot de passe',
      notYou: 'Ce n’était pas vous ? Ignorez cet e-mail : votre mot de passe reste inchangé.',
    }),
    'password-changed': ({ brand }) => ({
      subject: `Votre mot de passe pour ${brand} a été modifié`,
      paragraphs: [
        'Le mot de passe de votre compte a été modifié. Tous les autres appareils ont été déconnectés.',
      ],
      button: 'Ce n’était pas moi : réinitialiser le mot de passe',
      notYou: RESET,
    }),
    'password-reset': ({ brand }) => ({
      subject: `Votre mot de passe pour ${brand} a été réinitialisé`,
      paragraphs: [
        'Un nouveau mot de passe a été choisi à l’aide d’un lien envoyé à cette adresse. Tous les appareils ont été déconnectés.',
      ],
      button: 'Ce n’était pas moi : réinitialiser le mot de passe',
      notYou: `${RESET} Modifiez aussi le mot de passe de votre messagerie.`,
    }),
    'email-change-confirm': ({ brand }) => ({
      subject: `Confirmez votre nouvelle adresse e-mail pour ${brand}`,
      paragraphs: [`Confirmez cette adresse pour qu’elle devienne celle de votre compte ${brand}.`],
      button: 'Confirmer la nouvelle adresse',
      notYou: IGNORE,
    }),
    'email-change-requested': ({ brand, newEmail }) => ({
      subject: `Demande de modification de votre adresse pour ${brand}`,
      paragraphs: [
        `Quelqu’un a demandé à modifier l’adresse e-mail de votre compte${newEmail && ` (nouvelle adresse : ${newEmail})`}.`,
      ],
      button: 'Ce n’était pas moi : conserver cette adresse',
      notYou: `Ce n’était pas vous ? Le lien vous permet de conserver cette adresse. ${UNDO}`,
    }),
    'email-changed': ({ brand, newEmail }) => ({
      subject: `Votre adresse e-mail pour ${brand} a été modifiée`,
      paragraphs: [
        `L’adresse e-mail de votre compte a été modifiée${newEmail && ` (nouvelle adresse : ${newEmail})`}.`,
      ],
      button: 'Ce n’était pas moi : annuler la modification',
      notYou: `Ce n’était pas vous ? Le lien vous permet d’annuler la modification. ${UNDO}`,
    }),
    'account-closing': ({ brand, closes }) => ({
      subject: `Votre compte ${brand} est fermé`,
      paragraphs: [
        `Votre compte a été fermé, et tous les appareils ont été déconnectés. Il sera supprimé${closes && ` le ${closes}`}.`,
      ],
      button: 'Conserver mon compte',
      notYou:
        'Ce n’était pas vous, ou vous avez changé d’avis ? Le lien vous permet de conserver votre compte. Si ce n’était pas vous, modifiez aussi votre mot de passe.',
    }),
    'account-closed': ({ brand }) => ({
      subject: `Votre compte ${brand} a été supprimé`,
      paragraphs: [
        'Votre compte et toutes les données conservées à votre sujet ont été supprimés. Ceci est notre dernier e-mail.',
      ],
      notYou: `Ce n’était pas vous ? Contactez l’assistance de ${brand} : le compte lui-même ne peut pas être réactivé.`,
    }),
    'signed-in-on-new-device': ({ brand }) => ({
      subject: `Nouvelle connexion à ${brand}`,
      paragraphs: ['Quelqu’un s’est connecté à votre compte avec un appareil jamais utilisé auparavant.'],
      button: 'Voir mes appareils',
      notYou: 'Ce n’était pas vous ? Mettez fin à cette session et modifiez votre mot de passe.',
    }),
    'strangers-failed': ({ brand, count }) => ({
      subject: `Échecs de connexion à votre compte ${brand}`,
      paragraphs: [
        `${count} tentatives de connexion à votre compte ont échoué. Les tentatives suivantes sont ralenties, et vos appareils restent connectés.`,
        'Si vous ne pouvez pas vous connecter, choisissez un nouveau mot de passe.',
      ],
      button: 'Choisir un nouveau mot de passe',
      notYou:
        'Ce n’était pas vous ? Vous n’avez rien à faire, tant que vous n’utilisez votre mot de passe nulle part ailleurs.',
    }),
    'enrolment-code': ({ brand, code }) => ({
      subject: `Votre code pour ${brand}`,
      paragraphs: [
        'Votre compte a besoin d’un second facteur. Pour le configurer, saisissez ce code là où vous vous connectez :',
        code,
        'Le code est valable dix minutes.',
      ],
      button: 'Ce n’était pas moi : réinitialiser le mot de passe',
      notYou:
        'Ce n’était pas vous ? Quelqu’un d’autre connaît alors votre mot de passe. Réinitialisez-le dès maintenant, et ne communiquez ce code à personne.',
    }),
    'factors-reset-requested': ({ brand, resets }) => ({
      subject: `Vos seconds facteurs pour ${brand} seront retirés`,
      paragraphs: [
        `L’administration a été priée de retirer tous les seconds facteurs de votre compte, comme les applications d’authentification et les clés d’accès. Ce sera fait${resets && ` le ${resets}`}, et tous les appareils seront alors déconnectés. Ensuite, votre mot de passe suffira pour vous connecter.`,
      ],
      button: 'Conserver mes seconds facteurs',
      notYou:
        'Ce n’était pas vous ? Quelqu’un essaie peut-être d’accéder à votre compte. Le lien vous permet de conserver vos seconds facteurs. Modifiez aussi votre mot de passe.',
    }),
    'security-notice': ({ brand, notice, what }) => ({
      subject: `Sécurité de votre compte ${brand}`,
      paragraphs: [`${texts.notices[notice]}${what && ` : ${what}`}.`],
      button: 'Voir mon compte',
      notYou: 'Ce n’était pas vous ? Modifiez votre mot de passe et retirez ce que vous ne reconnaissez pas.',
    }),
  },
};

/** French. */
export const fr: MailTexts = frenchSpacing(texts);
