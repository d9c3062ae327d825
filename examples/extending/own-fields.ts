// Fields of your own: columns in Latchkey's table of users, set at registration, shown by /auth/me.
import { AuthModule, defineRegistration, ForbiddenError, RegisterDto, User } from 'latchkey';
import { Length } from 'class-validator';
import { Column, Entity, type MigrationInterface, type QueryRunner } from 'typeorm';

@Entity('users')
export class Customer extends User {
  @Column({ type: 'varchar', length: 80, default: '' })
  company: string;

  @Column({ type: 'text', default: 'free' })
  plan: string;
}

export class AddCustomerColumns1770000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE users
      ADD company varchar(80) NOT NULL DEFAULT '', ADD plan text NOT NULL DEFAULT 'free'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users DROP company, DROP plan');
  }
}

export class CustomerRegisterDto extends RegisterDto {
  @Length(1, 80)
  company: string;

  @Length(8, 40)
  invitation: string;
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  userEntity: Customer,
  registration: defineRegistration({
    dto: CustomerRegisterDto,
    async onRegister(user, { invitation }, { manager }) {
      const sql = 'UPDATE invitations SET user_id = $2 WHERE code = $1 AND user_id IS NULL';
      const [, used] = await manager.query(sql, [invitation, user.id]);
      if (used === 0) throw new ForbiddenError({ message: 'This invitation cannot be used.' });
    },
  }),
  userView: ({ company, plan }: Customer) => ({ company, plan }),
});
