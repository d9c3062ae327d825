// Users in MongoDB, with Mongoose. Latchkey keeps sessions in PostgreSQL all the same.
import { Injectable } from '@nestjs/common';
import { AuthModule, type NewUser, type UserRecord, type UserStore } from 'latchkey';
import { model, Schema, type Types } from 'mongoose';

type Document = Omit<UserRecord, 'id'> & { _id: Types.ObjectId };

const text = { type: String, default: null };
const fields = { email: { type: String, unique: true }, name: text, passwordHash: text };
const rights = { roles: [String], permissions: [String], disabled: { type: Boolean, default: false } };
const schema = new Schema({ ...fields, ...rights }, { timestamps: { createdAt: true, updatedAt: false } });
export const users = model<Document>('User', schema as unknown as Schema<Document>);
const ID = /^[0-9a-f]{24}$/; // Mongoose casts other texts, so that an id would have several spellings

@Injectable()
export class MongooseUserStore implements UserStore {
  async findById(id: string): Promise<UserRecord | null> {
    return ID.test(id) ? toRecord(await users.findById(id).lean<Document>()) : null;
  }
  async findByEmail(email: string): Promise<UserRecord | null> {
    return toRecord(await users.findOne({ email }).lean<Document>());
  }
  async create(user: NewUser): Promise<UserRecord | null> {
    try {
      return toRecord((await users.create(user)).toObject());
    } catch (error) {
      if ((error as { code?: unknown }).code === 11_000) return null; // the unique index
      throw error;
    }
  }
  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    const isExpected = { _id: id, passwordHash: expected };
    return (await users.updateOne(isExpected, { passwordHash: next })).modifiedCount === 1;
  }
}

function toRecord(user: Document | null): UserRecord | null {
  if (!user) return null;
  const { _id, email, name, passwordHash, roles, permissions, disabled, createdAt } = user;
  return { id: _id.toHexString(), email, name, passwordHash, roles, permissions, disabled, createdAt };
}

export const authModule = AuthModule.forRoot({
  database: { url: process.env.DATABASE_URL! },
  jwt: { accessSecret: process.env.JWT_ACCESS_SECRET!, refreshSecret: process.env.JWT_REFRESH_SECRET! },
  userStore: MongooseUserStore,
});
