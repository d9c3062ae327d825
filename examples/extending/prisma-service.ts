// The part of a generated Prisma client that ./prisma.ts uses, for `model User { id String @id @default(uuid()) … }`.
import { Injectable } from '@nestjs/common';
import type { NewUser, UserRecord } from 'latchkey';

/** In an app: `export class PrismaService extends PrismaClient {}`. */
@Injectable()
export class PrismaService {
  declare readonly user: {
    findUnique(query: { where: { id: string } | { email: string } }): Promise<UserRecord | null>;
    createManyAndReturn(query: { data: NewUser[]; skipDuplicates: boolean }): Promise<UserRecord[]>;
    updateMany(query: {
      where: { id: string; passwordHash: string };
      data: { passwordHash: string };
    }): Promise<{ count: number }>;
  };
}
