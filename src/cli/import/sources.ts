import type { ImportedAccount } from '../../index.js';
import { firebaseHash, type HashConfig } from './firebase-hashes.js';
import { RowProblem } from './input-error.js';
import type { Row } from './rows.js';
import type { SourceName } from './source-names.js';
import { at, flag, fullName, isSet, objects, stillApplies, text, time } from './values.js';

/** What a row says about an account, without its roles. */
type Account = Omit<ImportedAccount, 'email' | 'roles' | 'permissions'> & { email: string | undefined };

interface Source {
  /** What it exports, if the beginning of the file does not tell. */
  usually: 'lines' | 'document';
  accountOf(row: Row, hashConfig?: HashConfig): Account;
}

/** The systems whose users can be imported, and how each of them describes a user. */
export const SOURCES: Record<SourceName, Source> = {
  latchkey: {
    usually: 'lines',
    accountOf: (row) => ({
      id: text(row, 'id'),
      email: text(row, 'email'),
      name: text(row, 'name'),
      passwordHash: text(row, 'passwordHash'),
      disabled: flag(row, 'disabled'),
      createdAt: time(row, 'createdAt'),
    }),
  },
  auth0: { usually: 'lines', accountOf: auth0 },
  clerk: { usually: 'document', accountOf: clerk },
  firebase: { usually: 'document', accountOf: firebase },
  keycloak: { usually: 'document', accountOf: keycloak },
  supabase: { usually: 'lines', accountOf: supabase },
  'better-auth': { usually: 'lines', accountOf: betterAuth },
};

/** The export of password hashes, an export of profiles, or both merged. */
function auth0(row: Row): Account {
  const oid = text(row, 'alt_id', '_id.$oid', '_id');
  const identifier = objects(row, 'identifiers').find(({ type }) => type === 'email');
  return {
    id: text(row, 'user_id') ?? (oid && `auth0|${oid}`),
    email: text(row, 'email') ?? (identifier && text(identifier, 'value')),
    name: text(row, 'name') ?? fullName(row, 'given_name', 'family_name'),
    passwordHash: text(row, 'passwordHash', 'password_hash', 'custom_password_hash.hash.value'),
    disabled: flag(row, 'blocked'),
    createdAt: time(row, 'created_at.$date', 'created_at'),
  };
}

/** The CSV of the dashboard, or users as the API describes them. */
function clerk(row: Row): Account {
  const addresses = objects(row, 'email_addresses');
  const primary = addresses.find(({ id }) => id === at(row, 'primary_email_address_id')) ?? addresses[0];
  return {
    id: text(row, 'id'),
    email: text(row, 'primary_email_address') ?? (primary && text(primary, 'email_address')),
    name: fullName(row, 'first_name', 'last_name'),
    passwordHash: text(row, 'password_digest'),
    disabled: flag(row, 'banned') || flag(row, 'locked'),
    createdAt: time(row, 'created_at'),
  };
}

function firebase(row: Row, hashConfig?: HashConfig): Account {
  const [hash, salt] = [text(row, 'passwordHash'), text(row, 'salt')];
  return {
    id: text(row, 'localId'),
    email: text(row, 'email'),
    name: text(row, 'displayName'),
    passwordHash: hash && hashConfig && firebaseHash(hashConfig, hash, salt ?? ''),
    disabled: flag(row, 'disabled'),
    createdAt: time(row, 'createdAt'),
  };
}

/** A user of a realm export. */
function keycloak(row: Row): Account {
  const password = objects(row, 'credentials').find(({ type }) => type === 'password');
  const { secretData, credentialData } = password ?? {};
  return {
    id: text(row, 'id'),
    email: text(row, 'email'),
    name: fullName(row, 'firstName', 'lastName'),
    passwordHash: password && JSON.stringify({ secretData, credentialData }),
    disabled: !flag(row, 'enabled'),
    createdAt: time(row, 'createdTimestamp'),
  };
}

/** A row of `auth.users`. */
function supabase(row: Row): Account {
  if (isSet(row, 'deleted_at')) throw new RowProblem('deleted_at is set: the user was deleted');
  return {
    id: text(row, 'id'),
    email: text(row, 'email'),
    name: text(row, 'raw_user_meta_data.full_name', 'raw_user_meta_data.name'),
    passwordHash: text(row, 'encrypted_password'),
    disabled: isSet(row, 'banned_until') && stillApplies(row, 'banned_until'),
    createdAt: time(row, 'created_at'),
  };
}

/** A user with the password of their account, or with a list of their accounts. */
function betterAuth(row: Row): Account {
  const credential = objects(row, 'accounts').find(({ providerId }) => providerId === 'credential');
  return {
    id: text(row, 'id'),
    email: text(row, 'email'),
    name: text(row, 'name'),
    passwordHash: text(row, 'password') ?? (credential && text(credential, 'password')),
    disabled: flag(row, 'banned') && stillApplies(row, 'banExpires'),
    createdAt: time(row, 'createdAt'),
  };
}
