import { newEmail, PASSWORD } from '../../support/client.js';
import {
  BUILT,
  productionSettings,
  type ServiceProcess,
  startServiceProcess,
} from '../../support/service-process.js';

export { productionSettings };
export type { ServiceProcess };

/** The built service, which starts faster. `wrap` is a command to run it under, such as `faketime`. */
export function startBuilt(settings: Record<string, string>, wrap: string[] = []): Promise<ServiceProcess> {
  return startServiceProcess(settings, [...wrap, ...BUILT]);
}

/** @returns the address of a new account */
export async function newAccount({ client }: ServiceProcess): Promise<string> {
  const email = newEmail();
  const { status } = await client.post('/auth/register', { email, password: PASSWORD });
  if (status !== 201) throw new Error(`register: ${status}`);
  return email;
}
