// app/dashboard/page.tsx
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { latchkey, serviceUrl } from '../../lib/latchkey';
import { LogOut } from './log-out';

export default async function Dashboard() {
  const session = await latchkey.getSession(await cookies());
  if (!session) redirect('/sign-in');

  // Most pages need only `session`. This one asks for the user, and so also notices a session that was ended elsewhere.
  const headers = { authorization: `Bearer ${session.accessToken}` };
  const answer = await fetch(`${serviceUrl}/auth/me`, { headers, cache: 'no-store' });
  if (answer.status === 401) redirect('/sign-in');
  const { user } = (await answer.json()) as { user: { email: string } };

  return (
    <>
      <p>Signed in as {user.email}</p>
      <LogOut />
    </>
  );
}
