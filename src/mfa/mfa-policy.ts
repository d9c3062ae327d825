/** Who must have a second factor: nobody, everybody, or the users with any of these roles. */
export type MfaPolicy = 'optional' | 'required' | { roles: string[] };

/** Whether the policy requires a second factor of this user. */
export function isRequiredOf(policy: MfaPolicy, { roles }: { roles: readonly string[] }): boolean {
  if (typeof policy === 'string') return policy === 'required';
  return policy.roles.some((role) => roles.includes(role));
}
