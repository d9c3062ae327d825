import { DEFAULT_NAME } from '../brand/brand.js';
import type { AuthModuleOptions } from '../index.js';
import type { ServiceSettings } from './service-settings.js';

type Look = Pick<
  ServiceSettings,
  'brandName' | 'brandAccent' | 'brandLogo' | 'accountLocale' | 'accountPages'
>;

/** Mails look like the pages, and passwords must not contain the name of the product, unless options say otherwise. */
export function fillInBrand(auth: AuthModuleOptions, look: Look): void {
  if (look.brandName !== DEFAULT_NAME) auth.passwords = { serviceName: look.brandName, ...auth.passwords };
  if (!auth.mail) return;
  const { accountLocale: locale } = look;
  auth.mail = {
    ...(locale && { locale }),
    ...auth.mail,
    brand: { ...brandOf(auth, look), ...auth.mail.brand },
  };
}

function brandOf(auth: AuthModuleOptions, { brandName: name, brandAccent: accent, ...look }: Look) {
  const logoUrl = logoUrlOf(auth, look);
  // The name in MAIL_FROM counts unless another one was chosen.
  return { ...(name !== DEFAULT_NAME && { name }), accent, ...(logoUrl && { logoUrl }) };
}

/** The address of the logo for mail programs, which load no SVG, and nothing without HTTPS. */
function logoUrlOf(
  { publicUrl }: AuthModuleOptions,
  { brandLogo, accountPages }: Pick<Look, 'brandLogo' | 'accountPages'>,
): string | undefined {
  const isShown = accountPages && brandLogo?.type === 'image/png' && publicUrl?.startsWith('https:');
  return isShown ? `${publicUrl!.replace(/\/+$/, '')}/account/mark` : undefined;
}
