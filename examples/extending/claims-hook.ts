// Claims of your own in every access token, read afresh at each refresh. `@CurrentUser('claims')` has them.
import { AuthModule } from 'latchkey';

const tenantOf = async (userId: string) => `tenant of ${userId}`; // your database

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  claims: async ({ id }) => ({ tenant: await tenantOf(id) }),
});
