// app/dashboard/log-out.tsx
'use client';

export function LogOut() {
  async function logOut() {
    await fetch('/api/auth/logout', { method: 'POST' });
    location.assign('/sign-in');
  }
  return <button onClick={logOut}>Log out</button>;
}
