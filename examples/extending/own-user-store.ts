// Users that are stored elsewhere: implement `UserStore` on top of that. Latchkey then stores only sessions.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuthModule, type UserRecord, type UserStore } from 'latchkey';

@Injectable()
export class CustomerStore implements UserStore {
  private readonly customers = new Map<string, UserRecord>(); // your database, your API

  async findById(id: string): Promise<UserRecord | null> {
    return this.customers.get(id) ?? null;
  }

  async findByEmail(email: string): Promise<UserRecord | null> {
    return [...this.customers.values()].find((customer) => customer.email === email) ?? null;
  }

  /** `null` if the address is taken. Let a unique index decide that, not a query beforehand. */
  async create({ email, name, passwordHash }: Pick<UserRecord, 'email' | 'name' | 'passwordHash'>) {
    if (await this.findByEmail(email)) return null;
    const fresh = { roles: ['customer'], permissions: [], disabled: false, createdAt: new Date() };
    const customer: UserRecord = { id: randomUUID(), email, name, passwordHash, ...fresh };
    this.customers.set(customer.id, customer);
    return customer;
  }

  /** One compare-and-set: false if the hash is no longer the expected one. */
  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    const customer = this.customers.get(id);
    if (customer?.passwordHash !== expected) return false;
    this.customers.set(id, { ...customer, passwordHash: next });
    return true;
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  userStore: CustomerStore,
});
