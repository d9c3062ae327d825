// Your own claims in every access token, read again at each refresh. `@CurrentUser('claims')` returns them.
import { AuthModule } from 'latchkey';

const tenantOf = async (userId: string) => `tenant of ${userId}`; // your database

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  claims: async ({ id }) => ({ tenant: await tenantOf(id) }),
});
