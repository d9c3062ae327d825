// app/sign-in/page.tsx
'use client';
import { useState } from 'react';

export default function SignIn() {
  const [problem, setProblem] = useState('');

  async function signIn(form: FormData) {
    const answer = await fetch('/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(form)),
    });
    if (answer.ok) location.assign('/dashboard');
    else setProblem(((await answer.json()) as { message: string }).message);
  }

  return (
    <form action={signIn}>
      <label>
        Email <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button>Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}
